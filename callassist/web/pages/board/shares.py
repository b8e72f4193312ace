"""How a desk kept what hosts are promised, over the last day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from callassist.models import CallAttempt, Desk, Incident

LOOKS_BACK = timedelta(hours=24)
FIRST_CALL_WITHIN = timedelta(minutes=5)  # the promise to hosts (DESIGN 3.5)
_LATELY = (
    Incident.desk_id == bindparam("desk"),
    Incident.call_requested_at >= bindparam("since"),
)
_FIRST_DIAL = (
    select(CallAttempt.incident_id, func.min(CallAttempt.dial_at).label("at"))
    .join(Incident, Incident.id == CallAttempt.incident_id)
    .where(*_LATELY)
    .group_by(CallAttempt.incident_id)
    .subquery()
)
_CALLED = (
    select(
        Incident.call_requested_at,
        _FIRST_DIAL.c.at,
        Incident.calling_ended_at,
        Incident.first_contact,
    )
    .outerjoin(_FIRST_DIAL, _FIRST_DIAL.c.incident_id == Incident.id)
    .where(*_LATELY, Incident.practice.is_(False), Incident.shadow.is_(False))
)


def shares(session: Session, desk: Desk, now: datetime) -> tuple[int | None, int | None]:
    """Of the incidents of the last 24 hours: called in time, and reached, in per cent.

    None: there was none yet of which it could be said.
    """
    rows = session.execute(_CALLED, {"desk": desk.id, "since": now - LOOKS_BACK}).all()
    judged = [
        dialled is not None and dialled - requested <= FIRST_CALL_WITHIN
        for requested, dialled, _ended, _contact in rows
        if dialled is not None or requested <= now - FIRST_CALL_WITHIN
    ]
    over = [contact is not None for *_rest, ended, contact in rows if ended is not None]
    return _per_cent(judged), _per_cent(over)


def _per_cent(hits: Sequence[bool]) -> int | None:
    return round(100 * sum(hits) / len(hits)) if hits else None
