"""What was written back through a connection lately, for its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.written_back import Kind, Written
from callassist.models import Incident, PmsConnection, PmsMessage

SHOWN = 5
_SHOWN_STATES = (Written.SENT, Written.FAILED, Written.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class WrittenBack:
    """One message or note that a system was asked to take."""

    at: datetime
    is_note: bool
    state: Written
    error: str
    incident_id: str | None  # public


def written_lately(session: Session, connection: PmsConnection) -> list[WrittenBack]:
    """The last few, newest first; what our own rules held back stands on its incident."""
    query = (
        select(PmsMessage, Incident.public_id)
        .outerjoin(Incident, Incident.id == PmsMessage.incident_id)
        .where(
            PmsMessage.connection_id == connection.id,
            PmsMessage.account_id == connection.account_id,
            PmsMessage.state.in_([str(one) for one in _SHOWN_STATES]),
        )
        .order_by(PmsMessage.id.desc())
        .limit(SHOWN)
    )
    return [
        WrittenBack(
            at=row.sent_at or row.asked_at or row.created_at,
            is_note=row.kind == Kind.NOTE,
            state=Written(row.state),
            error=row.error or "",
            incident_id=incident_id,
        )
        for row, incident_id in session.execute(query)
    ]
