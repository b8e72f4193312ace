"""A task that was taken but not dialled goes back: to whoever is free, or to another language."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from callassist import incident_log, timers
from callassist.domain.call_task import TaskState
from callassist.domain.language import plain_language
from callassist.domain.log_action import LogAction
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.locks import lock_task
from callassist.escalation.tasks import return_task
from callassist.models import CallTask, Desk, Incident, Offer


class Reason(StrEnum):
    """Why an operator gives a call away; the log has the word, never a sentence about somebody."""

    LANGUAGE = "language"
    KNOWS_THEM = "knows_them"
    EQUIPMENT = "equipment"
    CALLED_AWAY = "called_away"
    OTHER = "other"


def release(
    session: Session, ctx: Escalation, operator_id: int, task_id: int, reason: str, now: datetime
) -> CallTask:
    """Back to the queue at its old place; not offered to this operator again for 2 minutes."""
    task, incident = lock_task(session, task_id)
    why = parse_reason(reason)
    _check_not_dialled(task, operator_id)
    _give_back(session, ctx, incident, task, f"released_{why}", now)
    return task


def hand_over(
    session: Session,
    ctx: Escalation,
    operator_id: int,
    task_id: int,
    reason: str,
    language: str,
    now: datetime,
) -> CallTask:
    """Back to the queue for somebody who speaks `language`, in which further calls are made too.

    Raises InvalidInput for a language that the desk does not offer.
    """
    task, incident = lock_task(session, task_id)
    why = parse_reason(reason)
    spoken = plain_language(language)
    desk = None if task.desk_id is None else session.get(Desk, task.desk_id)
    if desk is not None and spoken not in desk.languages:
        raise InvalidInput(f"use one of {', '.join(desk.languages)}", "language")
    _check_not_dialled(task, operator_id)
    if spoken != task.language:
        task.language = incident.language = spoken
        task.any_language = False
        data = {"language": spoken}
        incident_log.append(session, incident.id, LogAction.LANGUAGE_SET, data, now=now)
    _give_back(session, ctx, incident, task, f"handed_over_{why}", now)
    return task


def parse_reason(word: str) -> Reason:
    """The reason named by `word`; InvalidInput names those that exist."""
    try:
        return Reason(word)
    except ValueError:
        raise InvalidInput(f"use one of {', '.join(Reason)}", "reason") from None


def _check_not_dialled(task: CallTask, operator_id: int) -> None:
    if task.operator_id != operator_id:
        raise NotFound("there is no such call task")
    if task.state != TaskState.ASSIGNED or task.attempts:
        raise Conflict("this call was made already; save its result instead")


def _give_back(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    reason: str,
    now: datetime,
) -> None:
    """Counts as an offer declined: it does not come straight back to the same person."""
    operator_id = task.operator_id
    assert operator_id is not None
    task.preferred_operator_id = None
    return_task(session, ctx, incident, task, reason, now=now)
    given = task.assigned_at or now
    session.add(
        Offer(
            task_id=task.id,
            operator_id=operator_id,
            offered_at=given,
            expires_at=given,
            ended_at=now,
            ending="declined",
        )
    )
    if task.desk_id is not None:
        timers.arm(session, Deadline.DISPATCH, task.desk_id, now, now=now)
