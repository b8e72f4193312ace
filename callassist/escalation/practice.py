"""The practice alert: the whole escalation in about two minutes, on fake numbers (DESIGN 3.10).

It walks the production path: an incident, call tasks at the desk, dials, results, messages, report.
Three things differ: its times are short, its calls can only reach the simulated network
(`Escalation.network_of`), and whatever no operator does within seconds, a robot does.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log, timers
from callassist.domain.call_task import Party, TaskEvent, TaskState
from callassist.domain.incident import IncidentEvent, IncidentState
from callassist.domain.log_action import LogAction
from callassist.domain.results import AttemptOutcome, Disposition, Result
from callassist.errors import Conflict
from callassist.escalation.closing import close
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.dialling import dial
from callassist.escalation.locks import lock_incident
from callassist.escalation.moves import move_task, state_of
from callassist.escalation.new_incident import OpenedBy, new_incident
from callassist.escalation.opening import home_policy
from callassist.escalation.requesting import request_call
from callassist.escalation.saving import complete
from callassist.escalation.tasks import disarm_waiting, open_task
from callassist.models import CallTask, Incident, Property
from callassist.storage.facts import dialling_allowed

# in real time, whatever the clock's speed: somebody watches
STEP = timedelta(seconds=2)
NOISE_LASTS = timedelta(seconds=8)  # stands for the half hour before a call is requested
ROBOT_AFTER = timedelta(seconds=6)  # so long an operator may take a call
QUIET_AFTER = timedelta(seconds=8)  # stands for the follow-up


def begin_practice(session: Session, ctx: Escalation, home: Property, *, now: datetime) -> Incident:
    """Begin a rehearsal for this home; Conflict while the account has another one running.

    Real noise in the same home meanwhile opens an incident of its own, beside it.
    """
    if not dialling_allowed(session):
        raise Conflict("this database is a restored copy and dials nobody; run resume first")
    running = select(Incident).where(
        Incident.account_id == home.account_id,
        Incident.practice.is_(True),
        Incident.closed_at.is_(None),
    )
    if session.scalar(running.limit(1)) is not None:
        raise Conflict("a practice alert is running already; watch it to its end first")
    incident = _open(session, home, now)
    _arm(session, ctx, incident, now)
    return incident


def on_practice_step(session: Session, ctx: Escalation, incident_id: int, now: datetime) -> None:
    """Do what is due of a rehearsal and nobody has done; looks again until it is closed."""
    incident = lock_incident(session, incident_id)
    if not incident.practice or incident.closed_at is not None:
        return
    state = state_of(incident)
    if state is IncidentState.WATCHING:
        if now >= incident.opened_at + ctx.real(NOISE_LASTS):
            request_call(session, ctx, incident, "host", now=now)
    elif state is IncidentState.FOLLOWING_UP:
        contact = incident.latest_contact_at or now
        if now >= contact + ctx.real(QUIET_AFTER):
            incident.noise_ended_at = now
            close(session, incident, IncidentEvent.NOISE_ENDED, now=now)
    else:
        task = open_task(session, incident.id)
        if task is not None:
            _be_the_robot(session, ctx, incident, task, now)
    if incident.closed_at is None:
        _arm(session, ctx, incident, now)


def _open(session: Session, home: Property, now: datetime) -> Incident:
    """Without breach, stay or guest: nothing of it can be said or flagged about anybody."""
    incident = new_incident(
        session, home, home_policy(home), OpenedBy.HOST, at=now, now=now, practice=True
    )
    data = {"by": str(OpenedBy.HOST), "practice": True}
    incident_log.append(session, incident.id, LogAction.INCIDENT_OPENED, data, now=now)
    return incident


def _be_the_robot(
    session: Session, ctx: Escalation, incident: Incident, task: CallTask, now: datetime
) -> None:
    """Take and dial what waits, and save the result of what the robot itself has dialled."""
    waited = now >= task.available_at + ctx.real(ROBOT_AFTER)
    if task.state == TaskState.PENDING and waited:
        move_task(task, TaskEvent.PULL)
        task.assigned_at = now
        disarm_waiting(session, task.id)
        data = {"task_id": task.id, "operator_id": None, "desk_name": None, "robot": True}
        incident_log.append(session, incident.id, LogAction.TASK_TAKEN, data, now=now)
        dial(session, ctx, incident, task, now)
    elif task.state == TaskState.WRAPPING_UP and task.operator_id is None:
        attempt = task.attempts[-1]
        result = _what_happened(task, attempt.outcome)
        complete(session, ctx, incident, task, attempt, result, note=None, now=now)


def _what_happened(task: CallTask, outcome: str | None) -> Result:
    answered = outcome == AttemptOutcome.ANSWERED
    if task.party == Party.HOST:
        return Disposition.HOST_REACHED if answered else Disposition.HOST_NOT_REACHED
    if answered:
        return Disposition.GUEST_AGREED
    return AttemptOutcome(outcome) if outcome else Disposition.NO_CONVERSATION


def _arm(session: Session, ctx: Escalation, incident: Incident, now: datetime) -> None:
    timers.arm(session, Deadline.PRACTICE_STEP, incident.id, now + ctx.real(STEP), now=now)
