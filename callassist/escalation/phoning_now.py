"""Whether somebody is phoning us about an incident at this moment: our own dials wait for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.phoning_back import UNFINISHED
from callassist.models import IncomingCall

LONGEST_MENU = timedelta(seconds=90)  # nobody tells us that a caller hung up in the menu


def phones_now(
    session: Session, incident_ids: Collection[int], now: datetime
) -> IncomingCall | None:
    """The call that is in its menu or rings an operator; None when there is none."""
    waiting = (
        select(IncomingCall)
        .where(
            IncomingCall.incident_id.in_(incident_ids),
            IncomingCall.state.in_([str(one) for one in UNFINISHED]),
            IncomingCall.attempt_id.is_(None),
            IncomingCall.changed_at > now - LONGEST_MENU,
        )
        .order_by(IncomingCall.id.desc())
    )
    return session.scalars(waiting.limit(1)).first()
