"""Timers that this transaction has claimed but not fired yet.

A handler may arm or disarm a timer that is due at the same moment and was claimed with it. That
timer must not fire any more (never early, never after it was disarmed), although its row already
says so: `take_back` removes it from the list that the firing works through.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete
from sqlalchemy.orm import Session

from callassist.models import Timer

_KEY = "callassist_claimed_timers"


def remember(session: Session, claimed: Iterable[tuple[str, str, int]]) -> None:
    """`(kind, subject, id)` of what was claimed; replaces what was remembered before."""
    session.info[_KEY] = {(kind, subject): timer_id for kind, subject, timer_id in claimed}


def start(session: Session, kind: str, subject: str) -> bool:
    """Whether it is still to be fired; from here on it can no longer be taken back."""
    claimed: dict[tuple[str, str], int] = session.info[_KEY]
    return claimed.pop((kind, subject), None) is not None


def take_back(session: Session, kind: str, subject: str) -> bool:
    """Make a claimed timer as if it had never been armed; False when there is none."""
    claimed: dict[tuple[str, str], int] | None = session.info.get(_KEY)
    timer_id = claimed.pop((kind, subject), None) if claimed else None
    if timer_id is None:
        return False
    session.connection().execute(delete(Timer).where(Timer.__table__.c.id == timer_id))
    return True
