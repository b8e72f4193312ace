"""What the log says of a dial, whoever puts it through."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.log_action import LogAction
from callassist.models import CallAttempt, IncidentLogEntry

_LOGGED = select(IncidentLogEntry.data).where(
    IncidentLogEntry.incident_id == bindparam("incident"),
    IncidentLogEntry.action == LogAction.DIAL_STARTED,
)


def log_dial_started(
    session: Session, incident_id: int, attempt: CallAttempt, now: datetime
) -> None:
    """Write the log entry of a dial that begins now: once, however often a network put it off."""
    logged = session.scalars(_LOGGED, {"incident": incident_id})
    if any(data["attempt_id"] == attempt.id for data in logged):
        return
    incident_log.append(
        session,
        incident_id,
        LogAction.DIAL_STARTED,
        {
            "attempt_id": attempt.id,
            "task_id": attempt.task_id,
            "dial_number": attempt.dial_number,
            "party": attempt.party,
            "attempt_number": attempt.attempt_number,
            "mask": attempt.number_mask,
        },
        now=now,
    )
