"""A call goes on after its task has ended: counted as it was, and its operator is free again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import roster, timers
from callassist.domain.dial import DialMode
from callassist.domain.presence import PresenceState
from callassist.domain.results import NOT_A_CALL, AttemptOutcome
from callassist.escalation.deadlines import Deadline
from callassist.escalation.ringing import has_work
from callassist.models import CallAttempt, CallTask, Operator


def nobody_waits_for_it(
    session: Session,
    attempt: CallAttempt,
    task: CallTask,
    outcome: AttemptOutcome | None,
    now: datetime,
) -> None:
    """The task ended before its call did (taken over, quiet, saved): no result will be written."""
    is_dial = attempt.mode != DialMode.PHONED_BACK
    attempt.counted = is_dial and outcome not in NOT_A_CALL and not task.continuation
    whose = attempt.operator_id
    if is_dial or whose is None or has_work(session, whose, task.id):
        return
    talked = (PresenceState.ON_A_CALL,)
    if roster.set_presence(session, whose, PresenceState.AVAILABLE, now, expect=talked):
        desk_id = session.get_one(Operator, whose).desk_id
        timers.arm(session, Deadline.DISPATCH, desk_id, now, now=now)
