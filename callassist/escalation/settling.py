"""The network's facts about a dial: folded in, and what the end of a dial means for its task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log, roster, timers
from callassist.domain.call_task import TaskEvent, TaskState
from callassist.domain.dial import DialFacts, DialState, LegEvent, reduce_all
from callassist.domain.log_action import LogAction
from callassist.domain.presence import PresenceState
from callassist.domain.results import AttemptOutcome
from callassist.errors import NotFound
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.locks import lock_task
from callassist.escalation.moves import move_task
from callassist.escalation.saving import complete
from callassist.models import CallAttempt, CallEvent, CallTask, Incident

_ONLY_OURS = (AttemptOutcome.PROVIDER_ERROR, AttemptOutcome.CANCELLED)


def record_call_events(
    session: Session,
    ctx: Escalation,
    dial_token: str,
    events: Sequence[LegEvent],
    now: datetime,
) -> int:
    """Store new events of a call (unique per call and sequence) and fold them in; how many."""
    attempt_id = session.scalar(select(CallAttempt.id).where(CallAttempt.dial_token == dial_token))
    if attempt_id is None:
        raise NotFound("no dial has this token")
    return fold_in(session, ctx, attempt_id, events, now)


def fold_in(
    session: Session, ctx: Escalation, attempt_id: int, events: Sequence[LegEvent], now: datetime
) -> int:
    """Fold events into an attempt; a settled attempt never changes. How many were new."""
    attempt, task, incident = lock_attempt(session, attempt_id)
    stored = session.scalars(select(CallEvent).where(CallEvent.attempt_id == attempt.id)).all()
    known = {(row.call_id, row.sequence) for row in stored}
    fresh: list[LegEvent] = []
    for event in events:
        if attempt.provider_call_id not in (None, event.call_id):
            continue  # another leg of the network, not the one we adopted
        if (event.call_id, event.sequence) not in known:
            known.add((event.call_id, event.sequence))
            fresh.append(event)
            session.add(_row(attempt, event, now))
    if not fresh or attempt.state == DialState.ENDED:
        return len(fresh)
    facts = reduce_all(fresh, hung_up_under=ctx.settings.hung_up_under, facts=_facts(attempt))
    if attempt.provider_call_id is None:
        attempt.provider_call_id = fresh[0].call_id
        attempt.looked_up_from = None
    timers.disarm(session, Deadline.ATTEMPT_DOUBT, attempt.id)
    attempt.answered_at = facts.answered_at
    if facts.state is DialState.ENDED:
        outcome = facts.outcome or AttemptOutcome.UNREACHABLE
        settle(
            session,
            ctx,
            attempt,
            task,
            incident,
            outcome,
            ended_at=facts.ended_at or now,
            talk_seconds=facts.talk_seconds,
            now=now,
        )
    else:
        attempt.state = str(facts.state)
        due = now + ctx.network(ctx.settings.reconcile_after)
        timers.arm(session, Deadline.ATTEMPT_POLL, attempt.id, due, now=now)
    return len(fresh)


def settle(
    session: Session,
    ctx: Escalation,
    attempt: CallAttempt,
    task: CallTask,
    incident: Incident,
    outcome: AttemptOutcome | None,
    *,
    ended_at: datetime,
    now: datetime,
    talk_seconds: int | None = None,
    error: str | None = None,
) -> None:
    """A dial is over for good: wrap-up begins, or, when it was our fault alone, the next step.

    Without an `outcome` (manual mode) the operator's word will be the fact.
    """
    attempt.state = str(DialState.ENDED)
    attempt.ended_at = ended_at
    attempt.outcome = str(outcome) if outcome else None
    attempt.talk_seconds = talk_seconds
    attempt.error = error
    timers.disarm(session, Deadline.ATTEMPT_DOUBT, attempt.id)
    timers.disarm(session, Deadline.ATTEMPT_POLL, attempt.id)
    incident_log.append(
        session,
        incident.id,
        LogAction.DIAL_ENDED,
        {"attempt_id": attempt.id, "outcome": attempt.outcome, "talk_seconds": talk_seconds},
        now=now,
    )
    if task.state != TaskState.ASSIGNED:
        # ended meanwhile (taken over, quiet): nobody will save a result any more
        attempt.counted = outcome not in _ONLY_OURS and not task.continuation
        return
    move_task(task, TaskEvent.CALL_ENDED)
    task.wrap_up_started_at = now
    if outcome in _ONLY_OURS:
        complete(session, ctx, incident, task, attempt, outcome, note=None, now=now)
        return
    if task.operator_id is not None:
        roster.set_presence(
            session,
            task.operator_id,
            PresenceState.WRAP_UP,
            now,
            expect=(PresenceState.ON_A_CALL,),
        )
    arm_wrap_up(session, ctx, task, now, ctx.settings.wrap_up_for)


def arm_wrap_up(
    session: Session, ctx: Escalation, task: CallTask, now: datetime, span: timedelta
) -> None:
    """Arm the two deadlines of a wrap-up: ask the supervisor, then close it without a word."""
    timers.arm(session, Deadline.WRAP_UP_OVER, task.id, now + span, now=now)
    closed_at = now + span + ctx.settings.wrap_up_closed_after
    timers.arm(session, Deadline.WRAP_UP_CLOSED, task.id, closed_at, now=now)


def lock_attempt(session: Session, attempt_id: int) -> tuple[CallAttempt, CallTask, Incident]:
    """An attempt with its task and incident, locked and read afresh."""
    task_id = session.scalar(select(CallAttempt.task_id).where(CallAttempt.id == attempt_id))
    if task_id is None:
        raise NotFound("there is no such dial")
    task, incident = lock_task(session, task_id)
    attempt = session.get_one(CallAttempt, attempt_id, populate_existing=True)
    return attempt, task, incident


def _row(attempt: CallAttempt, event: LegEvent, now: datetime) -> CallEvent:
    return CallEvent(
        attempt_id=attempt.id,
        call_id=event.call_id,
        sequence=event.sequence,
        status=str(event.status),
        at=event.at,
        received_at=now,
    )


def _facts(attempt: CallAttempt) -> DialFacts:
    return DialFacts(
        state=DialState(attempt.state),
        answered_at=attempt.answered_at,
        ended_at=attempt.ended_at,
        outcome=AttemptOutcome(attempt.outcome) if attempt.outcome else None,
        talk_seconds=attempt.talk_seconds,
    )
