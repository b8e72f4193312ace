"""A result is saved: the task is complete, and what follows is decided and done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from callassist import incident_log, roster, stays
from callassist.domain.call_task import Party, TaskEvent
from callassist.domain.dial import DialMode
from callassist.domain.incident import IncidentEvent, Resolution
from callassist.domain.log_action import LogAction
from callassist.domain.presence import PresenceState
from callassist.domain.results import (
    GUEST_RULES,
    NOT_A_CALL,
    AttemptOutcome,
    Disposition,
    Result,
)
from callassist.escalation.applying import apply_guest, apply_host
from callassist.escalation.choosing import guest_target
from callassist.escalation.closing import close, note_noise_end
from callassist.escalation.context import Escalation
from callassist.escalation.flagging import flag_and_stop
from callassist.escalation.guest_calls import apply_to_joined
from callassist.escalation.joined import counted_attempts, followers
from callassist.escalation.moves import is_calling, move_task
from callassist.escalation.notes import take_draft
from callassist.escalation.policy import HostReason, decide_guest, decide_host
from callassist.escalation.snapshots import guest_snapshot, host_snapshot
from callassist.escalation.tasks import disarm_task, free_operator
from callassist.models import (
    CallAttempt,
    CallTask,
    Incident,
    Operator,
    Stay,
)

_ENDINGS = {
    str(Resolution.HOST_TOOK_OVER): IncidentEvent.TAKE_OVER,
    str(Resolution.CANCELLED): IncidentEvent.CANCEL,
}


@dataclass(frozen=True, kw_only=True)
class Extras:
    """What some results need besides the word."""

    call_back_at: datetime | None = None
    language: str | None = None


def complete(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    attempt: CallAttempt,
    result: Result,
    *,
    note: str | None,
    now: datetime,
    extras: Extras | None = None,
) -> None:
    """Complete the task with `result` and do what follows (locks are held by the caller)."""
    counted = is_counted(task, result) and attempt.mode != DialMode.PHONED_BACK
    if isinstance(result, Disposition):
        attempt.disposition = str(result)
    attempt.counted = counted
    task.result = str(result)
    # nobody wrote a final one: what was typed so far is kept
    kept = take_draft(session, task.id)
    task.note = kept if note is None else note.strip() or None
    task.completed_at = now
    move_task(task, TaskEvent.COMPLETE)
    disarm_task(session, task.id)
    _log_result(session, incident, task, attempt, result, now)
    _operator_after(session, task, result, now)
    session.flush()
    flag_and_stop(session, incident, attempt, result, now)
    note_noise_end(session, incident)
    if not is_calling(incident):
        return
    if task.party == Party.GUEST:
        _after_guest(session, ctx, incident, task, attempt, result, extras or Extras(), now)
    elif incident.ending is not None:
        close(session, incident, _ENDINGS[incident.ending], now=now)
    else:
        _after_host(session, ctx, incident, task, attempt, result, now)


def is_counted(task: CallTask, result: Result) -> bool:
    """Whether a result uses one of the attempts up."""
    if task.continuation:
        return False
    if task.party == Party.HOST:
        return result not in NOT_A_CALL
    return GUEST_RULES[result].counted


def _after_guest(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    attempt: CallAttempt,
    result: Result,
    extras: Extras,
    now: datetime,
) -> None:
    numbers_left = 0 if isinstance(guest_target(session, incident, now), HostReason) else 1
    language = extras.language
    if result is Disposition.LANGUAGE_BARRIER and language and incident.stay_id:
        stay = session.get_one(Stay, incident.stay_id)
        stays.set_language(session, stay, language, now)
    snapshot = guest_snapshot(
        session,
        incident,
        task,
        attempt,
        counted_attempts=counted_attempts(session, incident),
        numbers_left=numbers_left,
        noise_ended=incident.noise_ended_at is not None,
        language=language,
        call_back_at=extras.call_back_at,
        now=now,
    )
    decided = decide_guest(_as_decided(result, attempt), snapshot, ctx.limits(incident))
    _count_trouble(incident, result)
    joined = followers(session, incident)
    if incident.ending is not None:  # the host ended it while we talked
        close(session, incident, _ENDINGS[incident.ending], now=now)
    else:
        apply_guest(session, ctx, incident, task, decided, now=now)
    apply_to_joined(session, ctx, incident, joined, task, attempt, result, decided, now=now)


def _as_decided(result: Result, attempt: CallAttempt) -> Result:
    """Nobody recorded a result: the network's fact alone decides; a talk counts as reached.

    Without a fact (manual mode) nobody can claim that the guest was reached.
    """
    if result is not Disposition.NOT_RECORDED:
        return result
    if attempt.outcome is None:
        return Disposition.NO_CONVERSATION
    if attempt.outcome == AttemptOutcome.ANSWERED:
        return Disposition.GUEST_AGREED
    return AttemptOutcome(attempt.outcome)


def _after_host(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    attempt: CallAttempt,
    result: Result,
    now: datetime,
) -> None:
    decided_result: Result = result
    if result is Disposition.NOT_RECORDED:
        reached = attempt.outcome == AttemptOutcome.ANSWERED
        decided_result = Disposition.HOST_REACHED if reached else Disposition.HOST_NOT_REACHED
    ended = incident.noise_ended_at is not None
    snapshot = host_snapshot(session, incident, task, attempt, noise_ended=ended, now=now)
    decision = decide_host(decided_result, snapshot, ctx.limits(incident))
    _count_trouble(incident, result)
    apply_host(session, ctx, incident, decision, now=now)


def _count_trouble(incident: Incident, result: Result) -> None:
    if result is AttemptOutcome.CANCELLED:
        incident.cancel_redials += 1
    elif result in (AttemptOutcome.PROVIDER_ERROR, AttemptOutcome.NOT_CONNECTED):
        incident.provider_errors += 1
    elif result is Disposition.LANGUAGE_BARRIER:
        incident.barrier_met = True


def _log_result(
    session: Session,
    incident: Incident,
    task: CallTask,
    attempt: CallAttempt,
    result: Result,
    now: datetime,
) -> None:
    operator = session.get(Operator, task.operator_id) if task.operator_id else None
    incident_log.append(
        session,
        incident.id,
        LogAction.RESULT_SAVED,
        {
            "task_id": task.id,
            "attempt_id": attempt.id,
            "party": task.party,
            "attempt_number": task.attempt_number,
            "result": str(result),
            "counted": attempt.counted,
            "outcome": attempt.outcome,
            "desk_name": operator.desk_name if operator else None,
            "has_note": bool(task.note),
        },
        now=now,
    )


def _operator_after(session: Session, task: CallTask, result: Result, now: datetime) -> None:
    rule = GUEST_RULES.get(result)
    if rule is not None and rule.breaks_operator and task.operator_id is not None:
        there = [state for state in PresenceState if state is not PresenceState.OFFLINE]
        roster.set_presence(session, task.operator_id, PresenceState.BREAK, now, expect=there)
    else:
        free_operator(session, task, now)
