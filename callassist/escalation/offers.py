"""Offers and pulls: an operator takes a call task, declines it, or misses it."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log, outbox, roster, timers
from callassist.domain.call_task import TaskEvent, TaskState
from callassist.domain.log_action import LogAction
from callassist.domain.presence import PresenceState
from callassist.errors import Conflict, NotFound
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.giving_back import parse_reason
from callassist.escalation.locks import lock_task
from callassist.escalation.moves import move_task
from callassist.escalation.ring_rows import withdraw_rings
from callassist.escalation.ringing import ring_last_operator
from callassist.escalation.tasks import disarm_waiting, end_offer
from callassist.escalation.telling import page_supervisor
from callassist.models import CallTask, Incident, Operator, Presence, Sensor, SensorAccess


def accept(
    session: Session,
    ctx: Escalation,
    operator_id: int,
    task_id: int,
    now: datetime,
    *,
    by_phone: bool = False,
) -> CallTask:
    """Take the task that is offered to this operator, or pull a due one from the queue.

    Raises Conflict when somebody else has it, it is offered to another, it is not due yet, or
    the operator has other work; IllegalMove when it is over. Who takes it `by_phone` need not be
    at a screen; their presence stays as it is.
    """
    task, incident = lock_task(session, task_id)
    operator = _operator_of_desk(session, operator_id, task)
    if task.state == TaskState.OFFERED:
        if task.operator_id != operator_id:
            raise Conflict("this task is being offered to a colleague; take another one")
        end_offer(session, incident, task, "accepted", now=now)
        move_task(task, TaskEvent.ACCEPT)
    elif task.state == TaskState.PENDING:
        check_due(task, now)
        if not by_phone:
            _check_pull(session, operator_id, task, now)
        move_task(task, TaskEvent.PULL)
    elif task.operator_id == operator_id and task.state == TaskState.ASSIGNED:
        return task  # a repeated click
    elif task.operator_id is not None and task.state != TaskState.COMPLETED:
        taker = session.get(Operator, task.operator_id)
        raise Conflict(f"already taken by {taker.desk_name if taker else 'a colleague'}")
    elif task.state in (TaskState.ASSIGNED, TaskState.WRAPPING_UP):
        raise Conflict("the automatic call is ringing the guest; wait until it has ended")
    else:
        raise Conflict("this task is over; nothing is left to do on it")
    task.operator_id = operator_id
    task.assigned_at = now
    _presence(session, operator_id).misses = 0
    at_screen = (PresenceState.AVAILABLE, PresenceState.OFFERED) if by_phone else None
    roster.set_presence(session, operator_id, PresenceState.ON_A_CALL, now, expect=at_screen)
    disarm_waiting(session, task.id)
    withdraw_rings(session, task.id, now)
    due = ctx.ends(now, ctx.settings.assigned_without_dial)
    timers.arm(session, Deadline.ASSIGNED_IDLE, task.id, due, now=now)
    incident_log.append(
        session,
        incident.id,
        LogAction.TASK_TAKEN,
        {"task_id": task.id, "operator_id": operator_id, "desk_name": operator.desk_name},
        now=now,
    )
    _refresh_stay(session, incident, task, now)
    _refresh_noise(session, incident, task, now)
    return task


def _refresh_stay(session: Session, incident: Incident, task: CallTask, now: datetime) -> None:
    """Have the stay read again from where it was imported while the operator reads the script.

    The dial itself reads the stored stay and number afresh and never waits for anybody.
    """
    if incident.stay_id is not None:
        key = f"{task.public_id}:{now.isoformat()}"
        outbox.put(session, "refresh_stay", key, {"stay_id": incident.stay_id}, now=now)


def _refresh_noise(session: Session, incident: Incident, task: CallTask, now: datetime) -> None:
    """Have the sensor's maker asked whether it is still loud; what it says comes as readings,
    before the last look where that is quick enough."""
    if incident.breach_id is None or incident.practice:
        return
    asked = select(SensorAccess.connection_id).join(
        Sensor, Sensor.connection_id == SensorAccess.connection_id
    )
    own = Sensor.property_id == incident.property_id, SensorAccess.refused_at.is_(None)
    if session.scalar(asked.where(*own).limit(1)) is not None:
        key = f"{task.public_id}:{now.isoformat()}"
        payload = {"property_id": incident.property_id}
        outbox.put(session, "refresh_noise", key, payload, now=now)


def decline(
    session: Session,
    ctx: Escalation,
    operator_id: int,
    task_id: int,
    now: datetime,
    *,
    reason: str | None = None,
) -> None:
    """Give an offer back; not a miss, and not offered to this operator again for 2 minutes.

    A `reason` is one of `giving_back.Reason`.
    """
    why = None if reason is None else str(parse_reason(reason))
    task, incident = lock_task(session, task_id)
    if task.state != TaskState.OFFERED or task.operator_id != operator_id:
        raise Conflict("this task is not being offered to you")
    _withdraw(session, incident, task, "declined", now, why)
    roster.set_presence(session, operator_id, PresenceState.AVAILABLE, now)
    _look_again(session, task, now)


def expire(session: Session, ctx: Escalation, task_id: int, now: datetime) -> None:
    """45 s have passed: a miss. Two in a row make a break, but never for the last of a language."""
    task, incident = lock_task(session, task_id)
    if task.state != TaskState.OFFERED or task.operator_id is None:
        return
    operator_id = task.operator_id
    _withdraw(session, incident, task, "missed", now)
    count_miss(session, ctx, incident, operator_id, task, now)
    _look_again(session, task, now)


def withdraw_from(session: Session, operator_id: int, now: datetime) -> None:
    """Who is on the phone cannot answer an offer: it goes back to the queue and is no miss."""
    offered = select(CallTask.id).where(
        CallTask.operator_id == operator_id, CallTask.state == TaskState.OFFERED
    )
    for task_id in session.scalars(offered).all():
        task, incident = lock_task(session, task_id)
        if task.state == TaskState.OFFERED and task.operator_id == operator_id:
            _withdraw(session, incident, task, "withdrawn", now)
            _look_again(session, task, now)


def count_miss(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    operator_id: int,
    task: CallTask,
    now: datetime,
) -> None:
    """Note a miss and set presence: available, or on a break after two in a row."""
    misses = roster.count_miss(session, operator_id)
    state = PresenceState.AVAILABLE
    if misses >= ctx.settings.miss_limit:
        if _last_of_language(session, operator_id, task, now):
            if ring_last_operator(session, ctx, operator_id, task, now):
                roster.set_presence(session, operator_id, state, now)
                return
            page_supervisor(
                session,
                incident,
                "last_operator_misses",
                now=now,
                once_per=f"{task.id}:{misses}",
                operator_id=operator_id,
            )
        else:
            state = PresenceState.BREAK
            _presence(session, operator_id).misses = 0
    roster.set_presence(session, operator_id, state, now)


def _last_of_language(session: Session, operator_id: int, task: CallTask, now: datetime) -> bool:
    if task.desk_id is None:
        return True
    return not any(
        other.id != operator_id and (task.any_language or roster.speaks(other, task.language))
        for other, _ in roster.available(session, task.desk_id, now)
    )


def _withdraw(
    session: Session,
    incident: Incident,
    task: CallTask,
    ending: str,
    now: datetime,
    why: str | None = None,
) -> None:
    end_offer(session, incident, task, ending, now=now, why=why)
    move_task(task, TaskEvent.WITHDRAW)
    task.operator_id = None


def _look_again(session: Session, task: CallTask, now: datetime) -> None:
    if task.desk_id is not None:
        timers.arm(session, Deadline.DISPATCH, task.desk_id, now, now=now)


def check_due(task: CallTask, now: datetime) -> None:
    """Conflict, saying how long it is, while the call is not due yet."""
    if task.available_at > now:
        minutes, seconds = divmod(ceil((task.available_at - now).total_seconds()), 60)
        raise Conflict(f"this call is due in {minutes}:{seconds:02} min, not before")


def _check_pull(session: Session, operator_id: int, task: CallTask, now: datetime) -> None:
    presence = _presence(session, operator_id)
    if presence.state != PresenceState.AVAILABLE:
        raise Conflict(f"you are {presence.state}; go available before taking a task")
    held = task.preferred_until is not None and task.preferred_until > now
    if held and task.preferred_operator_id not in (None, operator_id):
        raise Conflict("this retry is held for the operator who called before; wait a moment")


def _presence(session: Session, operator_id: int) -> Presence:
    presence = session.get(Presence, operator_id, with_for_update=True)
    if presence is None:
        raise Conflict("you are offline; go available before taking a task")
    return presence


def _operator_of_desk(session: Session, operator_id: int, task: CallTask) -> Operator:
    operator = session.get(Operator, operator_id)
    if operator is None or operator.desk_id != task.desk_id or not operator.active:
        raise NotFound("there is no such call task")
    return operator
