"""How long a wrap-up lasts: asked of whoever draws it, armed for whoever forgets it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import roster, timers
from callassist.domain.dial import DialMode
from callassist.domain.presence import PresenceState
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.models import CallAttempt, CallTask


def wrap_up_ends(ctx: Escalation, task: CallTask) -> datetime | None:
    """Until when the operator may say how it went before somebody asks; None while they call."""
    if task.wrap_up_started_at is None:
        return None
    first = ctx.ends(task.wrap_up_started_at, ctx.settings.wrap_up_for)
    return ctx.ends(first, ctx.settings.wrap_up_for) if task.wrap_up_extended else first


def begin_wrap_up(
    session: Session, ctx: Escalation, attempt: CallAttempt, task: CallTask, now: datetime
) -> None:
    """The operator says how the call went: at the desk, or by a link to their own phone."""
    if task.operator_id is not None:
        called = (PresenceState.ON_A_CALL,)
        roster.set_presence(session, task.operator_id, PresenceState.WRAP_UP, now, expect=called)
    arm_wrap_up(session, ctx, task, now)
    if attempt.mode == DialMode.OWN_PHONE:
        due = now + ctx.settings.phone_result_after
        timers.arm(session, Deadline.PHONE_RESULT, attempt.id, due, now=now)


def arm_wrap_up(session: Session, ctx: Escalation, task: CallTask, now: datetime) -> None:
    """Arm the two deadlines of a wrap-up: ask the supervisor, then close it without a word."""
    ends = wrap_up_ends(ctx, task) or now
    closed_at = ends + ctx.settings.wrap_up_closed_after
    armings = [
        timers.Arming(kind=Deadline.WRAP_UP_OVER, subject=task.id, due_at=ends),
        timers.Arming(kind=Deadline.WRAP_UP_CLOSED, subject=task.id, due_at=closed_at),
    ]
    timers.arm_many(session, armings, now=now)
