"""Operators come, go and vanish."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import roster, timers
from callassist.domain.call_task import TaskState
from callassist.domain.dial import DialState
from callassist.domain.presence import BUSY, CHOSEN_BY_OPERATOR, PresenceState
from callassist.errors import Conflict, InvalidInput
from callassist.escalation.browser_lines import Line, line_is_there
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.locks import lock_desk, lock_task
from callassist.escalation.offers import expire
from callassist.escalation.tasks import request_hang_up, return_task, unsettled_attempt
from callassist.escalation.telling import page_supervisor
from callassist.models import CallTask, Operator, Presence

_CLOSELY = 1 / 6  # of the time after which somebody counts as gone
_AT_WORK = {
    TaskState.OFFERED: PresenceState.OFFERED,
    TaskState.ASSIGNED: PresenceState.ON_A_CALL,
    TaskState.WRAPPING_UP: PresenceState.WRAP_UP,
}


def choose(
    session: Session, ctx: Escalation, operator_id: int, word: str, now: datetime
) -> Presence:
    """The operator goes available, on a break or offline; the same word again is a heartbeat.

    Raises Conflict while a task is offered, dialled or wrapped up, InvalidInput for other words.
    """
    operator = session.get_one(Operator, operator_id)
    lock_desk(session, operator.desk_id)
    state = _chosen(word)
    _take_up_work(session, operator_id, state, now)
    presence = session.get(Presence, operator_id, with_for_update=True)
    if presence is not None and presence.state in BUSY:
        if state is not PresenceState.AVAILABLE:
            raise Conflict(f"you are {presence.state}; finish or decline your task first")
        _beat(session, ctx, operator_id, now)
        return presence
    roster.set_presence(session, operator_id, state, now)
    if state is PresenceState.OFFLINE:
        timers.disarm(session, Deadline.PRESENCE_LOST, operator_id)
    else:
        _beat(session, ctx, operator_id, now)
    if state is PresenceState.AVAILABLE:
        timers.arm(session, Deadline.DISPATCH, operator.desk_id, now, now=now)
    return session.get_one(Presence, operator_id, populate_existing=True)


def beat(
    session: Session,
    ctx: Escalation,
    operator_id: int,
    now: datetime,
    *,
    line: Line | None = None,
) -> None:
    """A sign of life of an operator's screen; one that follows another closely is not written.

    With a `line` the browser says that it can be rung.
    """
    presence = session.get(Presence, operator_id)
    if presence is None or presence.state == PresenceState.OFFLINE:
        return
    if _is_due(ctx, presence.heartbeat_at, now):
        _beat(session, ctx, operator_id, now)
    if line is not None and _is_line_due(ctx, presence, line, now):
        line_is_there(presence, line, now)


def is_beat_due(
    session: Session,
    ctx: Escalation,
    operator_id: int,
    now: datetime,
    *,
    line: Line | None = None,
) -> bool:
    """Whether `beat` would write anything: most do not, and need no turn among those that write."""
    presence = session.get(Presence, operator_id)
    if presence is None or presence.state == PresenceState.OFFLINE:
        return False
    if line is not None and _is_line_due(ctx, presence, line, now):
        return True
    return _is_due(ctx, presence.heartbeat_at, now)


def on_presence_lost(session: Session, ctx: Escalation, operator_id: int, now: datetime) -> None:
    """No heartbeat for 60 s: offline; the work in hand goes back unless somebody was reached."""
    presence = session.get(Presence, operator_id)
    if presence is None or presence.state == PresenceState.OFFLINE:
        return
    limit = ctx.real(ctx.settings.presence_lost_after)
    if presence.heartbeat_at is not None and presence.heartbeat_at + limit > now:
        due = presence.heartbeat_at + limit
        timers.arm(session, Deadline.PRESENCE_LOST, operator_id, due, now=now)
        return
    task = _work_of(session, operator_id)
    if task is not None:
        _take_back(session, ctx, task.id, now)
    roster.set_presence(session, operator_id, PresenceState.OFFLINE, now)


def _take_up_work(session: Session, operator_id: int, state: PresenceState, now: datetime) -> None:
    """Who comes back to a call or a wrap-up that went on without them has that work, no other."""
    task = _work_of(session, operator_id)
    if task is not None and state is not PresenceState.OFFLINE:
        fitting = _AT_WORK[TaskState(task.state)]
        roster.set_presence(session, operator_id, fitting, now, expect=(PresenceState.OFFLINE,))


def _work_of(session: Session, operator_id: int) -> CallTask | None:
    return session.scalar(
        select(CallTask).where(
            CallTask.operator_id == operator_id,
            CallTask.state.in_([str(each) for each in _AT_WORK]),
        )
    )


def _take_back(session: Session, ctx: Escalation, task_id: int, now: datetime) -> None:
    task, incident = lock_task(session, task_id)
    if task.state == TaskState.OFFERED:
        expire(session, ctx, task_id, now)
    elif task.state == TaskState.ASSIGNED:
        attempt = unsettled_attempt(session, task.id)
        if attempt is None and not task.attempts:
            return_task(session, ctx, incident, task, "operator_gone", now=now)
        elif attempt is not None and attempt.state != DialState.TALKING:
            request_hang_up(session, attempt, now)
        else:
            page_supervisor(session, incident, "operator_gone", now=now, once_per=str(task.id))


def _is_due(ctx: Escalation, last: datetime | None, now: datetime) -> bool:
    soon = ctx.real(ctx.settings.presence_lost_after) * _CLOSELY
    return last is None or not last <= now < last + soon


def _is_line_due(ctx: Escalation, presence: Presence, line: Line, now: datetime) -> bool:
    return line.name != presence.line or _is_due(ctx, presence.line_at, now)


def _beat(session: Session, ctx: Escalation, operator_id: int, now: datetime) -> None:
    roster.heartbeat(session, operator_id, now)
    due = now + ctx.real(ctx.settings.presence_lost_after)
    timers.arm(session, Deadline.PRESENCE_LOST, operator_id, due, now=now)


def _chosen(word: str) -> PresenceState:
    allowed = sorted(str(state) for state in CHOSEN_BY_OPERATOR)
    if word not in allowed:
        raise InvalidInput(f"choose one of {', '.join(allowed)}", "state")
    return PresenceState(word)
