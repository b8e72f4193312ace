"""After a contact: does it get quiet? Fifteen minutes, thirty minutes, then close."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.incident import IncidentEvent, IncidentState
from callassist.domain.log_action import LogAction
from callassist.escalation.closing import close, note_noise_end
from callassist.escalation.context import Escalation
from callassist.escalation.locks import lock_incident
from callassist.escalation.moves import state_of
from callassist.escalation.telling import needs_you
from callassist.models import Breach, Incident


def on_still_loud(session: Session, ctx: Escalation, incident_id: int, now: datetime) -> None:
    """Still loud 15 minutes after the contact: the host is needed at once."""
    incident = lock_incident(session, incident_id)
    if state_of(incident) is not IncidentState.FOLLOWING_UP or not _is_loud(session, incident):
        return
    contact = incident.latest_contact_at or now
    minutes = int((now - contact).total_seconds() // 60)
    incident_log.append(session, incident.id, LogAction.STILL_LOUD, {"minutes": minutes}, now=now)
    needs_you(session, incident, "still_loud", now=now, minutes=minutes)


def on_follow_up_over(session: Session, ctx: Escalation, incident_id: int, now: datetime) -> None:
    """Thirty minutes after the contact (or quiet already): close."""
    incident = lock_incident(session, incident_id)
    if state_of(incident) is not IncidentState.FOLLOWING_UP:
        return
    quiet = note_noise_end(session, incident)
    event = IncidentEvent.NOISE_ENDED if quiet else IncidentEvent.FOLLOW_UP_OVER
    close(session, incident, event, now=now)


def _is_loud(session: Session, incident: Incident) -> bool:
    if incident.breach_id is None:
        return False
    breach = session.get_one(Breach, incident.breach_id)
    return breach.ended_at is None and breach.frozen_since is None
