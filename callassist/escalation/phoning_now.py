"""Whether somebody is phoning us about an incident at this moment: our own dials wait for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callassist.domain.phoning_back import UNFINISHED
from callassist.models import IncomingCall

LONGEST_MENU = timedelta(seconds=90)  # nobody tells us that a caller hung up in the menu
_WAITING = (
    select(IncomingCall)
    .where(
        IncomingCall.incident_id.in_(bindparam("incidents", expanding=True)),
        IncomingCall.state.in_([str(one) for one in UNFINISHED]),
        IncomingCall.attempt_id.is_(None),
        IncomingCall.changed_at > bindparam("since"),
    )
    .order_by(IncomingCall.id.desc())
    .limit(1)
)


def phones_now(
    session: Session, incident_ids: Collection[int], now: datetime
) -> IncomingCall | None:
    """The call that is in its menu or rings an operator; None when there is none."""
    wanted = {"incidents": list(incident_ids), "since": now - LONGEST_MENU}
    return session.scalars(_WAITING, wanted).first()
