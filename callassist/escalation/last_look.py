"""The last look: asked before every dial, as late as possible."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.log_action import LogAction
from callassist.escalation.closing import note_noise_end
from callassist.models import Breach, CallTask, Incident, PropertyNoise

QUIET = "quiet"


def last_look(session: Session, incident: Incident, task: CallTask, now: datetime) -> str:
    """Whether it is still loud: loud, quiet, unknown, no_breach or no_sensor; logged."""
    verdict = "no_sensor"
    if incident.breach_id is not None:
        breach = session.get_one(Breach, incident.breach_id, populate_existing=True)
        if breach.end_reason == "sensor_lost" or breach.frozen_since is not None:
            verdict = "unknown"
        elif breach.ended_at is None:
            verdict = "loud"
        else:
            verdict = QUIET
            note_noise_end(session, incident)
    elif session.get(PropertyNoise, incident.property_id) is not None:
        verdict = "no_breach"  # opened by hand: the complaint stands, whatever the level
    incident_log.append(
        session,
        incident.id,
        LogAction.LAST_LOOK,
        {"task_id": task.id, "verdict": verdict},
        now=now,
    )
    return verdict
