"""Whose talk it is when a call that rang is picked up: the task may have moved on meanwhile.

Twenty seconds are enough to save a result, to hang up and save by a link, or for a deadline to
close a wrap-up. The talk is written down all the same, and goes on with whatever follows.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import roster
from callassist.domain.call_task import TaskState
from callassist.domain.presence import PresenceState
from callassist.escalation.callers import task_about
from callassist.escalation.context import Escalation
from callassist.escalation.locks import lock_incident, lock_task
from callassist.escalation.offers import accept, withdraw_from
from callassist.escalation.ringing import has_work
from callassist.escalation.wants_a_call import task_for
from callassist.models import CallTask, IncomingCall, Operator


def is_in_hand(task: CallTask, operator_id: int | None) -> bool:
    """Whether this operator has the task, at the phone or writing how it went."""
    return task.operator_id == operator_id and task.state in (
        TaskState.ASSIGNED,
        TaskState.WRAPPING_UP,
    )


def task_of_talk(session: Session, ctx: Escalation, row: IncomingCall, now: datetime) -> CallTask:
    """The task that rang; else the one that followed it, taken now; else the first, over as it is.

    The operator talks to the caller whatever the rows say: nothing here may fail.
    """
    assert row.task_id is not None
    assert row.incident_id is not None
    assert row.operator_id is not None
    task, _ = lock_task(session, row.task_id)
    if is_in_hand(task, row.operator_id):
        return task
    withdraw_from(session, row.operator_id, now)
    incident = lock_incident(session, row.incident_id)
    found = task_about(session, incident)
    if found is None or found.party != row.party or not is_in_hand(found, row.operator_id):
        is_busy = has_work(session, row.operator_id, besides=task.id)
        found = None if is_busy else task_for(session, ctx, incident, row, now)
    if found is not None and _take(session, ctx, row.operator_id, found, now):
        row.task_id = found.id
        return found
    at_screen = (PresenceState.AVAILABLE, PresenceState.OFFERED)
    roster.set_presence(session, row.operator_id, PresenceState.ON_A_CALL, now, expect=at_screen)
    return task


def _take(
    session: Session, ctx: Escalation, operator_id: int, task: CallTask, now: datetime
) -> bool:
    if is_in_hand(task, operator_id):
        return True
    operator = session.get_one(Operator, operator_id)
    if task.state != TaskState.PENDING or task.desk_id != operator.desk_id:
        return False  # a colleague has it, or is asked just now
    task.available_at = min(task.available_at, now)
    accept(session, ctx, operator_id, task.id, now, by_phone=True)
    return True
