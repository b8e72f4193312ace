"""The only place where the state of an incident or a call task is assigned."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log, timers
from callassist.domain.call_task import TaskEvent, TaskState
from callassist.domain.call_task import move as task_move
from callassist.domain.incident import IncidentEvent, IncidentState, Move
from callassist.domain.incident import move as incident_move
from callassist.domain.log_action import LogAction
from callassist.escalation.deadlines import Deadline
from callassist.models import CallTask, Incident


def state_of(incident: Incident) -> IncidentState:
    """The incident's state as a word of the table."""
    return IncidentState(incident.state)


def move_incident(
    session: Session, incident: Incident, event: IncidentEvent, *, now: datetime
) -> Move:
    """Move by the table and log it; IllegalMove (a named refusal) changes nothing."""
    before = state_of(incident)
    made = incident_move(before, event)
    incident.state = str(made.to)
    incident_log.append(
        session,
        incident.id,
        LogAction.STATE_CHANGED,
        {"from": str(before), "to": str(made.to), "event": str(event)},
        now=now,
    )
    if before is IncidentState.CALLING_GUEST:
        _free_joined(session, incident, now)
    return made


def _free_joined(session: Session, incident: Incident, now: datetime) -> None:
    """Other homes may have joined this one's calls: they go on in a transaction of their own."""
    joined = select(Incident.id).where(
        Incident.led_by_id == incident.id, Incident.state == IncidentState.CALLING_GUEST
    )
    if session.scalar(joined.limit(1)) is not None:
        timers.arm(session, Deadline.LEADER_LEFT, incident.id, now, now=now)


def move_task(task: CallTask, event: TaskEvent) -> TaskState:
    """Move a call task by its table; IllegalMove changes nothing."""
    state = task_move(TaskState(task.state), event)
    task.state = str(state)
    return state


def is_calling(incident: Incident) -> bool:
    """Whether guest or host is being phoned."""
    return state_of(incident) in (IncidentState.CALLING_GUEST, IncidentState.CALLING_HOST)
