"""A supervisor steps in: assigns or takes a call, tells its host, takes one back, and so on.

Each leaves an `Intervention` with a reason, in the same transaction.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import roster, timers
from callassist.domain.call_task import TaskEvent, TaskState
from callassist.domain.presence import PresenceState
from callassist.domain.results import Disposition
from callassist.domain.supervision import InterventionKind, Reason
from callassist.domain.viewer import Viewer
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.escalation import offers
from callassist.escalation import presence as presences
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.handing_out import offer_to
from callassist.escalation.locks import lock_task
from callassist.escalation.moves import move_task
from callassist.escalation.saving import complete
from callassist.escalation.tasks import end_offer, return_task, unsettled_attempt
from callassist.escalation.telling import needs_you
from callassist.models import CallTask, Desk, Intervention, Operator, Presence, Timer


def assign(
    session: Session,
    ctx: Escalation,
    viewer: Viewer,
    task_id: int,
    operator_id: int,
    reason: str,
    now: datetime,
) -> CallTask:
    """Offer a due call to one available operator, whatever language it is in.

    Conflict when the call is not waiting or not due, or the operator is not available.
    """
    why = _reason(reason)
    task, _incident = lock_task(session, task_id)
    desk = _desk(session, viewer, task.desk_id)
    operator = session.get(Operator, operator_id)
    if operator is None or operator.desk_id != desk.id or not operator.active:
        raise InvalidInput("choose an operator of this desk", "operator")
    if task.state != TaskState.PENDING:
        raise Conflict(_taken(session, task))
    offers.check_due(task, now)
    presence = session.get(Presence, operator_id, with_for_update=True)
    if presence is None or presence.state != PresenceState.AVAILABLE:
        raise Conflict(f"{operator.desk_name} is not available; choose somebody who is")
    offer_to(session, ctx, task, operator, now)
    _note(session, viewer, desk, InterventionKind.ASSIGNED, why, now, operator, task)
    return task


def own_operator(session: Session, viewer: Viewer, desk_id: int | None) -> Operator | None:
    """As whom a supervisor could take calls of this desk; None when they are no operator of it."""
    query = select(Operator).where(
        Operator.desk_id == desk_id,
        Operator.person_id == viewer.person_id,
        Operator.active.is_(True),
    )
    return None if viewer.person_id is None else session.scalars(query).first()


def take(
    session: Session, ctx: Escalation, viewer: Viewer, task_id: int, reason: str, now: datetime
) -> Operator:
    """Take a due call oneself, as the operator that one is at its desk, also from a break.

    Conflict when somebody else has it, or the supervisor is no operator there or has other work.
    """
    why = _reason(reason)
    task = session.get_one(CallTask, task_id)
    desk = _desk(session, viewer, task.desk_id)
    operator = own_operator(session, viewer, desk.id)
    if operator is None:
        raise Conflict("you are no operator of this desk; offer the call to somebody who is")
    presences.choose(session, ctx, operator.id, PresenceState.AVAILABLE, now)
    offers.accept(session, ctx, operator.id, task.id, now)
    _note(session, viewer, desk, InterventionKind.ASSIGNED, why, now, operator, task)
    return operator


def tell_host(
    session: Session, ctx: Escalation, viewer: Viewer, task_id: int, reason: str, now: datetime
) -> CallTask:
    """Alarm the host of a due call that nobody takes, before its time; the call goes on waiting."""
    why = _reason(reason)
    task, incident = lock_task(session, task_id)
    desk = _desk(session, viewer, task.desk_id)
    if task.state not in (TaskState.PENDING, TaskState.OFFERED):
        raise Conflict(_taken(session, task))
    offers.check_due(task, now)
    needs_you(session, incident, "nobody_takes_it", now=now, party=task.party)
    _leave_the_automatic_call(session, task, now)
    _note(session, viewer, desk, InterventionKind.HOST_TOLD, why, now, None, task)
    return task


def _leave_the_automatic_call(session: Session, task: CallTask, now: datetime) -> None:
    """The host knows; whether a voice phones the guest is decided at its time all the same."""
    due = session.scalar(
        select(Timer.due_at).where(
            Timer.kind == str(Deadline.NOBODY_TELL),
            Timer.subject == str(task.id),
            Timer.fired_at.is_(None),
        )
    )
    timers.disarm(session, Deadline.NOBODY_TELL, task.id)
    if due is not None:
        timers.arm(session, Deadline.AUTOMATIC_CALL, task.id, due, now=now)


def take_back(
    session: Session, ctx: Escalation, viewer: Viewer, task_id: int, reason: str, now: datetime
) -> CallTask:
    """Put a call that was offered or taken, but not dialled, back into the queue.

    Conflict while it is being dialled or wrapped up: a call is never taken out of a conversation.
    """
    why = _reason(reason)
    task, incident = lock_task(session, task_id)
    desk = _desk(session, viewer, task.desk_id)
    operator = None if task.operator_id is None else session.get(Operator, task.operator_id)
    if task.state == TaskState.OFFERED:
        end_offer(session, incident, task, "withdrawn", now=now)
        move_task(task, TaskEvent.WITHDRAW)
        task.operator_id = None
        assert operator is not None
        roster.set_presence(session, operator.id, PresenceState.AVAILABLE, now)
    elif task.state == TaskState.ASSIGNED:
        if unsettled_attempt(session, task.id) is not None or task.attempts:
            raise Conflict("this call is being dialled; wait until it has ended")
        return_task(session, ctx, incident, task, "taken_back", now=now)
    elif task.state == TaskState.WRAPPING_UP:
        raise Conflict("the call was made and is being written up; finish the wrap-up instead")
    else:
        raise Conflict("nobody has this call")
    if task.desk_id is not None:
        timers.arm(session, Deadline.DISPATCH, task.desk_id, now, now=now)
    _note(session, viewer, desk, InterventionKind.TAKEN_BACK, why, now, operator, task)
    return task


def finish_wrap_up(
    session: Session, ctx: Escalation, viewer: Viewer, task_id: int, reason: str, now: datetime
) -> CallTask:
    """End a wrap-up that nobody finishes: the network's fact alone is the result."""
    why = _reason(reason)
    task, incident = lock_task(session, task_id)
    desk = _desk(session, viewer, task.desk_id)
    if task.state != TaskState.WRAPPING_UP:
        raise Conflict("no wrap-up is open on this call")
    operator = None if task.operator_id is None else session.get(Operator, task.operator_id)
    attempt = task.attempts[-1]
    complete(session, ctx, incident, task, attempt, Disposition.NOT_RECORDED, note=None, now=now)
    _note(session, viewer, desk, InterventionKind.WRAP_UP_FINISHED, why, now, operator, task)
    return task


def set_status(
    session: Session,
    ctx: Escalation,
    viewer: Viewer,
    operator_id: int,
    word: str,
    reason: str,
    now: datetime,
) -> Presence:
    """Set an operator available, on a break or offline; Conflict while they have a call."""
    why = _reason(reason)
    operator = session.get(Operator, operator_id)
    if operator is None:
        raise NotFound("there is no such operator")
    desk = _desk(session, viewer, operator.desk_id)
    presence = presences.choose(session, ctx, operator.id, word, now)
    _note(session, viewer, desk, InterventionKind.STATUS_SET, why, now, operator, None)
    return presence


def _reason(word: str) -> Reason:
    try:
        return Reason(word)
    except ValueError:
        raise InvalidInput("say why: choose a reason", "reason") from None


def _desk(session: Session, viewer: Viewer, desk_id: int | None) -> Desk:
    desk = None if desk_id is None else session.get(Desk, desk_id)
    if desk is None or not viewer.sees_desk(desk.id, desk.account_id):
        raise NotFound("there is no such call")
    viewer.require_run_desk(desk.id, desk.account_id)
    return desk


def _taken(session: Session, task: CallTask) -> str:
    holder = None if task.operator_id is None else session.get(Operator, task.operator_id)
    if holder is None:
        return "this call is over; nothing is left to do on it"
    return f"already taken by {holder.desk_name}"


def _note(
    session: Session,
    viewer: Viewer,
    desk: Desk,
    kind: InterventionKind,
    reason: Reason,
    now: datetime,
    operator: Operator | None,
    task: CallTask | None,
) -> None:
    session.add(
        Intervention(
            desk_id=desk.id,
            person_id=viewer.person_id,
            operator_id=None if operator is None else operator.id,
            task_id=None if task is None else task.id,
            kind=str(kind),
            reason=str(reason),
            at=now,
        )
    )
    session.flush()
