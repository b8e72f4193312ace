"""The host ends it: take over, cancel, pause. A talk in hand finishes with its wrap-up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import incident_log, timers
from callassist.domain.call_task import TaskState
from callassist.domain.dial import DialState
from callassist.domain.incident import IncidentEvent, IncidentState, Resolution
from callassist.domain.incident import move as incident_move
from callassist.domain.log_action import LogAction
from callassist.escalation.closing import close
from callassist.escalation.locks import lock_incident
from callassist.escalation.moves import state_of
from callassist.escalation.opening import open_incident_of
from callassist.escalation.tasks import open_task, unsettled_attempt
from callassist.models import CallTask, Incident, Property


def take_over(session: Session, incident_id: int, by: str, *, now: datetime) -> Incident:
    """The host deals with it; repeated requests are fine, a closed incident is a Conflict."""
    return _end(
        session,
        incident_id,
        IncidentEvent.TAKE_OVER,
        Resolution.HOST_TOOK_OVER,
        LogAction.TAKEN_OVER,
        {"by": by},
        now,
    )


def cancel(session: Session, incident_id: int, by: str, *, now: datetime) -> Incident:
    """The host wants no more calls about this one."""
    return _end(
        session,
        incident_id,
        IncidentEvent.CANCEL,
        Resolution.CANCELLED,
        LogAction.CANCELLED,
        {"by": by},
        now,
    )


def pause_home(
    session: Session, home: Property, until: datetime, by: str, *, now: datetime
) -> Incident | None:
    """Cancel what runs for a home that is being paused; the pause itself is on the property."""
    look_at_home(session, home, now=now)
    incident = open_incident_of(session, home.id)
    if incident is None:
        return None
    return _end(
        session,
        incident.id,
        IncidentEvent.CANCEL,
        Resolution.CANCELLED,
        LogAction.PAUSED,
        {"by": by, "until": until.isoformat()},
        now,
    )


def look_at_home(session: Session, home: Property, *, now: datetime) -> None:
    """Let detection notice at once that a pause of this home began or ended."""
    timers.arm(session, "noise_tick", home.id, now, now=now)


def _end(
    session: Session,
    incident_id: int,
    event: IncidentEvent,
    resolution: Resolution,
    action: LogAction,
    data: dict[str, object],
    now: datetime,
) -> Incident:
    incident = lock_incident(session, incident_id)
    state = state_of(incident)
    if state is not IncidentState.CLOSED and incident.ending == resolution:
        return incident
    incident_move(state, event)  # refuses a closed incident before anything is written
    incident_log.append(session, incident.id, action, data, now=now)
    task = open_task(session, incident.id)
    if task is not None and _somebody_talks(session, task):
        incident.ending = str(resolution)
    else:
        close(session, incident, event, now=now)
    return incident


def _somebody_talks(session: Session, task: CallTask) -> bool:
    """A talk finishes with its wrap-up; a ringing call is hung up."""
    if task.state == TaskState.WRAPPING_UP:
        return True
    attempt = unsettled_attempt(session, task.id)
    return attempt is not None and attempt.state == DialState.TALKING
