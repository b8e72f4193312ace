"""Wrap-up: the operator saves one result; deadlines see to it that somebody does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist.domain.call_task import Party, TaskEvent, TaskState
from callassist.domain.dial import DialState
from callassist.domain.results import (
    GUEST_RULES,
    HOST_RESULTS,
    NOT_A_CALL,
    AttemptOutcome,
    Disposition,
    Result,
    parse_result,
)
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.escalation.context import Escalation
from callassist.escalation.locks import lock_task
from callassist.escalation.moves import move_task
from callassist.escalation.notes import check_note
from callassist.escalation.saving import Extras, complete
from callassist.escalation.settling import settle
from callassist.escalation.telling import page_supervisor
from callassist.escalation.wrap_up_time import arm_wrap_up
from callassist.models import CallAttempt, CallTask, Incident

_UNANSWERED = frozenset(
    {
        AttemptOutcome.NO_ANSWER,
        AttemptOutcome.BUSY,
        AttemptOutcome.DECLINED,
        AttemptOutcome.UNREACHABLE,
        AttemptOutcome.INVALID_NUMBER,
    }
)
_NOT_BY_HAND = frozenset(
    {AttemptOutcome.ANSWERED, AttemptOutcome.NOT_CONNECTED, Disposition.NOT_RECORDED}
)


def save_result(
    session: Session,
    ctx: Escalation,
    operator_id: int,
    task_id: int,
    word: str,
    now: datetime,
    *,
    note: str | None = None,
    extras: Extras | None = None,
) -> CallTask:
    """Save the one result of a task; the same result again is fine, another one a Conflict.

    Raises InvalidInput for an unknown result, one that does not fit the party, or "reached" for a
    call that nobody answered.
    """
    task, incident = lock_task(session, task_id)
    if task.operator_id != operator_id:
        raise NotFound("there is no such call task")
    result = _fitting(task, word, extras)
    check_note(note or "")
    if task.state == TaskState.COMPLETED and task.result == str(result):
        return task
    if task.state not in (TaskState.ASSIGNED, TaskState.WRAPPING_UP):
        raise Conflict(f"this task is {task.state}; its result was saved or is not needed")
    attempt = _ended_attempt(session, ctx, task, incident, now)
    _check_against_network(attempt, result)
    if task.state == TaskState.ASSIGNED:
        move_task(task, TaskEvent.CALL_ENDED)
    complete(session, ctx, incident, task, attempt, result, note=note, now=now, extras=extras)
    return task


def extend(
    session: Session, ctx: Escalation, operator_id: int, task_id: int, now: datetime
) -> None:
    """One more minute for the wrap-up; once."""
    task, _ = lock_task(session, task_id)
    if task.operator_id != operator_id or task.state != TaskState.WRAPPING_UP:
        raise Conflict("you have no wrap-up open on this task")
    if task.wrap_up_extended:
        raise Conflict("the wrap-up was extended once already; save what you know")
    task.wrap_up_extended = True
    arm_wrap_up(session, ctx, task, now)


def ask_supervisor(session: Session, ctx: Escalation, task_id: int, now: datetime) -> None:
    """The wrap-up is over and nothing is saved: ask the supervisor."""
    task, incident = lock_task(session, task_id)
    if task.state == TaskState.WRAPPING_UP:
        page_supervisor(session, incident, "wrap_up_open", now=now, once_per=str(task.id))


def close_unrecorded(session: Session, ctx: Escalation, task_id: int, now: datetime) -> None:
    """Nobody saved a result: the network's fact alone completes the task."""
    task, incident = lock_task(session, task_id)
    if task.state != TaskState.WRAPPING_UP:
        return
    attempt = task.attempts[-1]
    complete(session, ctx, incident, task, attempt, Disposition.NOT_RECORDED, note=None, now=now)


def end_by_hand(
    session: Session, ctx: Escalation, operator_id: int, task_id: int, now: datetime
) -> CallAttempt:
    """Manual mode: the operator says that the call has ended; wrap-up begins."""
    task, incident = lock_task(session, task_id)
    if task.operator_id != operator_id or not task.attempts:
        raise Conflict("you have no call open on this task")
    attempt = task.attempts[-1]
    if attempt.state != DialState.ENDED:
        settle(session, ctx, attempt, task, incident, None, ended_at=now, now=now)
    return attempt


def _fitting(task: CallTask, word: str, extras: Extras | None) -> Result:
    try:
        result = parse_result(word)
    except ValueError as unknown:
        raise InvalidInput(str(unknown), "result") from None
    fits = result in (HOST_RESULTS if task.party == Party.HOST else GUEST_RULES)
    if not fits or result in _NOT_BY_HAND:
        raise InvalidInput(f"{word} does not fit a call to the {task.party}", "result")
    if result is Disposition.LANGUAGE_BARRIER and not (extras and extras.language):
        raise InvalidInput("say which language the guest speaks, like 'fr'", "language")
    return result


def _ended_attempt(
    session: Session, ctx: Escalation, task: CallTask, incident: Incident, now: datetime
) -> CallAttempt:
    if not task.attempts:
        raise Conflict("this task was not dialled yet; call first, then save a result")
    attempt = task.attempts[-1]
    if attempt.state == DialState.ENDED:
        return attempt
    if not ctx.dials_by_hand(incident):
        raise Conflict("the call has not ended yet; hang up first, then save its result")
    # manual mode, and "ended" was never pressed: saving the result says so
    settle(session, ctx, attempt, task, incident, None, ended_at=now, now=now)
    return attempt


def _check_against_network(attempt: CallAttempt, result: Result) -> None:
    """The operator's word wins, but an unanswered call cannot be a conversation."""
    if attempt.outcome is not None and result in NOT_A_CALL:
        raise InvalidInput(
            f"{result} is noted by the service itself; the network says {attempt.outcome}", "result"
        )
    if attempt.outcome is None or attempt.outcome not in _UNANSWERED:
        if attempt.outcome is None and isinstance(result, AttemptOutcome):
            attempt.outcome = str(result)
        return
    spoken = isinstance(result, Disposition) and result is not Disposition.HOST_NOT_REACHED
    if spoken:
        raise InvalidInput(
            f"the network says {attempt.outcome}: nobody was spoken to; "
            "save what the network says, or call again",
            "result",
        )
