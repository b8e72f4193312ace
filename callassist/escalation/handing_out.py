"""Hand-out: which due task is offered to which operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from callassist import incident_log, roster, timers
from callassist.domain.call_task import Party, TaskEvent, TaskState
from callassist.domain.log_action import LogAction
from callassist.domain.presence import PresenceState
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.locks import lock_desk
from callassist.escalation.moves import move_task
from callassist.models import CallTask, Offer, Operator


@dataclass(frozen=True)
class Declined:
    """An operator is not offered this task again before `until`."""

    operator_id: int
    until: datetime


_PHONED_BACK = -2  # they hold the phone in their hand
_GUEST_ASKED = -1  # by key, page or word: somebody waits for our call


def queue_order(task: CallTask) -> tuple[int, datetime, int]:
    """Who phoned back, guests who asked for it, first attempts, host calls, second and third.

    The oldest first within each. Practice comes after everything that is real.
    """
    rank = queue_rank(
        Party(task.party),
        task.attempt_number,
        is_practice=task.incident.practice,
        phones_back=task.phoned_back_at is not None,
        guest_asked=task.guest_asked,
    )
    return rank, task.available_at, task.id


def queue_rank(
    party: Party, attempt: int, *, is_practice: bool, phones_back: bool, guest_asked: bool
) -> int:
    """The first part of the order: what is handed out before all that has a higher one."""
    if phones_back:
        return _PHONED_BACK
    if guest_asked:
        return _GUEST_ASKED
    if is_practice:
        return 3
    if party is Party.HOST:
        return 1
    return 0 if attempt == 1 else 2


def due_tasks(session: Session, desk_id: int, now: datetime) -> list[CallTask]:
    """The desk's queue: pending tasks that are due, in order."""
    rows = session.scalars(
        select(CallTask)
        .where(
            CallTask.desk_id == desk_id,
            CallTask.state == TaskState.PENDING,
            CallTask.available_at <= now,
        )
        .options(joinedload(CallTask.incident))
    )
    return sorted(rows, key=queue_order)


def hand_out(session: Session, ctx: Escalation, desk_id: int, now: datetime) -> int:
    """Offer due tasks to available operators, longest idle first; how many were offered."""
    lock_desk(session, desk_id)
    free = [operator for operator, _ in roster.available(session, desk_id, now)]
    offered = 0
    looks: list[datetime] = []
    for task in due_tasks(session, desk_id, now):
        if not free:
            break
        operator = _choose(session, ctx, task, free, now, looks)
        if operator is None:
            continue
        offer_to(session, ctx, task, operator, now)
        free.remove(operator)
        offered += 1
    if looks:
        timers.arm(session, Deadline.DISPATCH, desk_id, min(looks), now=now)
    return offered


def _choose(
    session: Session,
    ctx: Escalation,
    task: CallTask,
    free: list[Operator],
    now: datetime,
    looks: list[datetime],
) -> Operator | None:
    """The first free operator who may have it; notes in `looks` until when a hold is in the way."""
    declined = {each.operator_id: each.until for each in _declines(session, ctx, task)}
    for operator in free:
        if not (task.any_language or roster.speaks(operator, task.language)):
            continue
        until = declined.get(operator.id)
        if until and until > now:
            looks.append(until)
            continue
        if _held_for_another(task, operator, now):
            assert task.preferred_until is not None
            looks.append(task.preferred_until)
            continue
        return operator
    return None


def _held_for_another(task: CallTask, operator: Operator, now: datetime) -> bool:
    return (
        task.preferred_operator_id not in (None, operator.id)
        and task.preferred_until is not None
        and task.preferred_until > now
    )


def _declines(session: Session, ctx: Escalation, task: CallTask) -> list[Declined]:
    rows = session.scalars(
        select(Offer).where(Offer.task_id == task.id, Offer.ending == "declined")
    )
    return [
        Declined(row.operator_id, row.ended_at + ctx.settings.decline_quiet)
        for row in rows
        if row.ended_at is not None
    ]


def offer_to(
    session: Session, ctx: Escalation, task: CallTask, operator: Operator, now: datetime
) -> None:
    """Hold a pending task for one available operator, 45 seconds long."""
    move_task(task, TaskEvent.OFFER)
    task.operator_id = operator.id
    task.offered_at = now
    expires_at = ctx.ends(now, ctx.settings.offer_for)
    session.add(
        Offer(task_id=task.id, operator_id=operator.id, offered_at=now, expires_at=expires_at)
    )
    roster.set_presence(session, operator.id, PresenceState.OFFERED, now)
    timers.arm(session, Deadline.OFFER_EXPIRED, task.id, expires_at, now=now)
    incident_log.append(
        session,
        task.incident_id,
        LogAction.TASK_OFFERED,
        {"task_id": task.id, "operator_id": operator.id, "desk_name": operator.desk_name},
        now=now,
    )
