"""A result is saved: the task is complete, and what follows is decided and done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from callassist import incident_log, roster, stays
from callassist.domain.call_task import Party, TaskEvent
from callassist.domain.incident import IncidentEvent, Resolution
from callassist.domain.log_action import LogAction
from callassist.domain.presence import PresenceState
from callassist.domain.results import (
    GUEST_RULES,
    AttemptOutcome,
    Disposition,
    Result,
)
from callassist.escalation.applying import apply_guest, apply_host, is_calling
from callassist.escalation.choosing import guest_target, host_contacts
from callassist.escalation.closing import close, note_noise_end
from callassist.escalation.context import Escalation
from callassist.escalation.flagging import flag_and_stop
from callassist.escalation.guest_calls import apply_to_joined
from callassist.escalation.joined import counted_attempts, followers
from callassist.escalation.moves import move_task
from callassist.escalation.policy import (
    GuestSnapshot,
    HostReason,
    HostSnapshot,
    decide_guest,
    decide_host,
)
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
    counted = _is_counted(task, result)
    if isinstance(result, Disposition):
        attempt.disposition = str(result)
    attempt.counted = counted
    task.result = str(result)
    task.note = note
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


def _is_counted(task: CallTask, result: Result) -> bool:
    if task.continuation:
        return False
    if task.party == Party.HOST:
        return result not in (AttemptOutcome.PROVIDER_ERROR, AttemptOutcome.CANCELLED)
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
    snapshot = GuestSnapshot(
        now=now,
        ended_at=attempt.ended_at or now,
        attempt_number=task.attempt_number,
        counted_attempts=counted_attempts(session, incident),
        numbers_left=numbers_left,
        noise_ended=incident.noise_ended_at is not None,
        cancel_redials=incident.cancel_redials,
        provider_errors=incident.provider_errors,
        continuation_used=incident.continuation_used,
        continuation=task.continuation,
        barrier_met=incident.barrier_met,
        language=language,
        language_free=_language_free(session, task, language, now),
        language_on_shift=_language_on_shift(session, task, language, now),
        call_back_at=extras.call_back_at,
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
    position = task.contact_position or 1
    decided_result: Result = result
    if result is Disposition.NOT_RECORDED:
        reached = attempt.outcome == AttemptOutcome.ANSWERED
        decided_result = Disposition.HOST_REACHED if reached else Disposition.HOST_NOT_REACHED
    snapshot = HostSnapshot(
        now=now,
        ended_at=attempt.ended_at or now,
        contact_position=position,
        dial=task.attempt_number,
        later_positions=tuple(
            each.position for each in host_contacts(session, incident) if each.position > position
        ),
        noise_ended=incident.noise_ended_at is not None and incident.first_contact is None,
        cancel_redials=incident.cancel_redials,
        provider_errors=incident.provider_errors,
    )
    decision = decide_host(decided_result, snapshot, ctx.limits(incident))
    _count_trouble(incident, result)
    apply_host(session, ctx, incident, decision, now=now)


def _count_trouble(incident: Incident, result: Result) -> None:
    if result is AttemptOutcome.CANCELLED:
        incident.cancel_redials += 1
    elif result is AttemptOutcome.PROVIDER_ERROR:
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


def _language_free(session: Session, task: CallTask, language: str | None, now: datetime) -> bool:
    if language is None or task.desk_id is None:
        return False
    return any(
        roster.speaks(operator, language)
        for operator, _ in roster.available(session, task.desk_id, now)
        if operator.id != task.operator_id
    )


def _language_on_shift(
    session: Session, task: CallTask, language: str | None, now: datetime
) -> bool:
    if language is None or task.desk_id is None:
        return False
    return roster.anyone_on_shift_speaks(session, task.desk_id, language, now)
