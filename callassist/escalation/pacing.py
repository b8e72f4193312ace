"""When the clock runs at another speed: what an operator has a time for ends by it from now on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import timers
from callassist.domain.call_task import TaskState
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.wrap_up_time import arm_wrap_up
from callassist.models import CallTask
from callassist.storage import nudges

_IN_HAND = (TaskState.OFFERED, TaskState.ASSIGNED, TaskState.WRAPPING_UP)


def reckon_again(session: Session, ctx: Escalation, now: datetime) -> None:
    """Move the ends of open offers, of time to dial and of wrap-ups; open pages are told."""
    in_hand = select(CallTask).where(CallTask.state.in_([str(state) for state in _IN_HAND]))
    for task in session.scalars(in_hand):
        _reckon(session, ctx, task, now)
        nudges.changed(session, CallTask, task.id)


def _reckon(session: Session, ctx: Escalation, task: CallTask, now: datetime) -> None:
    settings = ctx.settings
    if task.state == TaskState.OFFERED and task.offered_at is not None:
        ends = ctx.ends(task.offered_at, settings.offer_for)
        timers.arm(session, Deadline.OFFER_EXPIRED, task.id, ends, now=now)
    elif task.state == TaskState.ASSIGNED and task.assigned_at is not None:
        # once it was dialled nobody waits for that any more
        if timers.disarm(session, Deadline.ASSIGNED_IDLE, task.id):
            ends = ctx.ends(task.assigned_at, settings.assigned_without_dial)
            timers.arm(session, Deadline.ASSIGNED_IDLE, task.id, ends, now=now)
    elif task.state == TaskState.WRAPPING_UP:
        arm_wrap_up(session, ctx, task, now)
