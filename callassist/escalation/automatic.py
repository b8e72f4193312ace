"""Ten minutes and nobody there: the network phones the guest itself, where DESIGN 3.7 allows it.

It is the current attempt: looked at, chosen, counted and settled like any other dial. While it
lasts the task is taken, by nobody; afterwards it is done, and what follows is queued.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import incident_log, roster
from callassist.domain.automatic_call import Obstacle
from callassist.domain.call_task import Party, TaskEvent, TaskState
from callassist.domain.dial import DialMode
from callassist.domain.log_action import LogAction
from callassist.domain.presence import PresenceState
from callassist.escalation.automatic_look import Look, is_free, look
from callassist.escalation.context import Escalation
from callassist.escalation.dialling import DialAnswer, dial
from callassist.escalation.moves import move_task
from callassist.escalation.ring_rows import withdraw_rings
from callassist.escalation.tasks import disarm_task, end_offer
from callassist.escalation.zombies import is_zombie
from callassist.models import Breach, CallTask, Incident


def phone_guest(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    due_at: datetime,
    now: datetime,
    *,
    over_an_offer: bool = False,
) -> bool:
    """Phone the guest of a task that nobody took; False, with the reason in the log, if not.

    True, too, when there is no need any more: it got quiet, or the host is phoned instead. While
    it is being offered the answer is False, unless it may go out `over_an_offer`.
    """
    if task.party != Party.GUEST or (task.state == TaskState.OFFERED and not over_an_offer):
        return False
    seen = _look(session, ctx, incident, task, due_at, now)
    data = {"task_id": task.id, "made": seen.allowed, "reason": seen.reason}
    incident_log.append(session, incident.id, LogAction.AUTOMATIC_CALL, data, now=now)
    if not seen.allowed:
        return False
    withdraw_rings(session, task.id, now)
    if task.state == TaskState.OFFERED:
        _withdraw_offer(session, incident, task, now)
    move_task(task, TaskEvent.PULL)
    task.assigned_at = now
    disarm_task(session, task.id)
    dialled = dial(session, ctx, incident, task, now, mode=DialMode.AUTOMATIC)
    return dialled.answer is not DialAnswer.TOO_SOON


def _withdraw_offer(session: Session, incident: Incident, task: CallTask, now: datetime) -> None:
    """Whoever was asked has not said a word; no miss of theirs."""
    end_offer(session, incident, task, "withdrawn", now=now)
    move_task(task, TaskEvent.WITHDRAW)
    if task.operator_id is not None:
        roster.set_presence(session, task.operator_id, PresenceState.AVAILABLE, now)
    task.operator_id = None


def _look(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    due_at: datetime,
    now: datetime,
) -> Look:
    breach = session.get(Breach, incident.breach_id) if incident.breach_id else None
    if is_zombie(ctx, breach, due_at, now):
        return Look(allowed=False, reason=str(Obstacle.LATE))
    seen = look(session, ctx, incident, task, now)
    number = seen.stay_number_id
    if number is not None and not is_free(session, ctx, number, now):
        return Look(allowed=False, reason=str(Obstacle.DIALLED_LATELY))
    return seen
