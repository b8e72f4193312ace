"""Claiming due timers, and those that this transaction has claimed but not fired yet.

A handler may arm or disarm a timer that is due at the same moment and was claimed with it. That
timer must not fire any more (never early, never after it was disarmed), although its row already
says so: `take_back` removes it from the list that the firing works through.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from callassist.models import Timer

_KEY = "callassist_claimed_timers"
_table = Timer.__table__
_OPEN = _table.c.fired_at.is_(None)
_COLUMNS = (_table.c.id, _table.c.kind, _table.c.subject, _table.c.due_at, _table.c.failures)


@dataclass(frozen=True, kw_only=True, slots=True)
class DueTimer:
    """A deadline that has come; `due_at` is the instant it was armed for, however late it is."""

    id: int
    kind: str
    subject: str
    due_at: datetime
    failures: int = 0


def claim(session: Session, now: datetime, limit: int) -> list[DueTimer]:
    """Up to `limit` due timers, oldest first, then what failed and is due again."""
    fresh = select(_table.c.id).where(_OPEN, _table.c.retry_at.is_(None), _table.c.due_at <= now)
    timers = _claim(session, fresh.order_by(_table.c.due_at, _table.c.id).limit(limit), now)
    if len(timers) < limit:
        failed = select(_table.c.id).where(_OPEN, _table.c.retry_at <= now)
        failed = failed.order_by(_table.c.retry_at, _table.c.id).limit(limit - len(timers))
        timers += _claim(session, failed, now)
    _remember(session, timers)
    return timers


def claim_one(session: Session, timer: DueTimer, now: datetime) -> bool:
    """Claim it again after a rollback; False when it was moved or removed meanwhile."""
    by_id = select(_table.c.id).where(_table.c.id == timer.id, _OPEN, _table.c.due_at <= now)
    timers = _claim(session, by_id, now)
    _remember(session, timers)
    return bool(timers)


def release(session: Session, timers: Iterable[DueTimer]) -> None:
    """Give back what was claimed and not fired."""
    ids = [timer.id for timer in timers if start(session, timer)]
    if ids:
        session.connection().execute(
            update(Timer).where(_table.c.id.in_(ids)).values(fired_at=None)
        )


def start(session: Session, timer: DueTimer) -> bool:
    """Whether it is still to be fired; from here on it can no longer be taken back."""
    claimed: dict[tuple[str, str], int] = session.info[_KEY]
    return claimed.pop((timer.kind, timer.subject), None) is not None


def take_back(session: Session, kind: str, subject: str) -> bool:
    """Make a claimed timer as if it had never been armed; False when there is none."""
    claimed: dict[tuple[str, str], int] | None = session.info.get(_KEY)
    timer_id = claimed.pop((kind, subject), None) if claimed else None
    if timer_id is None:
        return False
    session.connection().execute(delete(Timer).where(_table.c.id == timer_id))
    return True


def _claim(session: Session, due: Select[tuple[int]], now: datetime) -> list[DueTimer]:
    # One statement finds and claims; the rows that it returns are ours.
    rows = session.connection().execute(
        update(Timer)
        .where(_table.c.id.in_(due.with_for_update(skip_locked=True)), _OPEN)
        .values(fired_at=now, error=None)
        .returning(*_COLUMNS)
    )
    timers = [
        DueTimer(id=row[0], kind=row[1], subject=row[2], due_at=row[3], failures=row[4])
        for row in rows
    ]
    return sorted(timers, key=lambda timer: (timer.due_at, timer.id))


def _remember(session: Session, timers: Iterable[DueTimer]) -> None:
    session.info[_KEY] = {(timer.kind, timer.subject): timer.id for timer in timers}
