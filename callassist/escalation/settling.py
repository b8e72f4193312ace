"""The network's facts about a dial: folded in, and what the end of a dial means for its task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callassist import incident_log, timers
from callassist.domain.automatic_call import result_without_an_operator
from callassist.domain.call_task import TaskEvent, TaskState
from callassist.domain.dial import (
    DialFacts,
    DialMode,
    DialState,
    Leg,
    LegEvent,
    LegStatus,
    believable,
    ended_by_us,
    reduce_all,
)
from callassist.domain.log_action import LogAction
from callassist.domain.results import NOT_A_CALL, AttemptOutcome, Result
from callassist.errors import NotFound
from callassist.escalation.context import Escalation
from callassist.escalation.costs import note_attempt
from callassist.escalation.deadlines import Deadline
from callassist.escalation.ended_meanwhile import nobody_waits_for_it
from callassist.escalation.legs import belongs, has_two_legs
from callassist.escalation.locks import lock_attempt
from callassist.escalation.moves import move_task
from callassist.escalation.offers import count_miss
from callassist.escalation.saving import complete
from callassist.escalation.tasks import request_hang_up
from callassist.escalation.telling import needs_you
from callassist.escalation.wrap_up_time import begin_wrap_up
from callassist.models import CallAttempt, CallEvent, CallTask, Incident

# both legs end together; the word of the other one should be there by then
_OTHER_LEG_SOON = timedelta(seconds=10)
_OF_A_DIAL = (Deadline.ATTEMPT_DOUBT, Deadline.ATTEMPT_POLL)
_WITHOUT_A_WORD = (DialState.WAITING, DialState.DIALING, DialState.IN_DOUBT)  # so far
_KNOWN = select(CallEvent.call_id, CallEvent.sequence).where(
    CallEvent.attempt_id == bindparam("attempt")
)


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
    fresh = _fresh(session, attempt, events, now)
    if not fresh or attempt.state == DialState.ENDED:
        return len(fresh)
    if attempt.state in _WITHOUT_A_WORD:
        timers.disarm(session, Deadline.ATTEMPT_DOUBT, attempt.id)
    attempt.looked_up_from = None
    called = [event for event in fresh if event.leg is Leg.CALLED]
    if called:
        _fold_called(session, ctx, attempt, task, incident, called, now)
    else:
        _fold_own_line(session, ctx, attempt, task, incident, fresh, now)
    return len(fresh)


def _fresh(
    session: Session, attempt: CallAttempt, events: Sequence[LegEvent], now: datetime
) -> list[LegEvent]:
    """Those of the attempt's own legs that are new; stored, and their legs adopted."""
    stored = session.connection().execute(_KNOWN, {"attempt": attempt.id})
    known = {(row.call_id, row.sequence) for row in stored}
    fresh: list[LegEvent] = []
    for told in events:
        if not belongs(attempt, told) or (told.call_id, told.sequence) in known:
            continue
        event = believable(told, attempt.requested_at, now)
        known.add((event.call_id, event.sequence))
        fresh.append(event)
        session.add(_row(attempt, event, now))
        if has_two_legs(attempt) and event.leg is Leg.CALLED:
            attempt.called_call_id = event.call_id
        elif attempt.provider_call_id is None:
            attempt.provider_call_id = event.call_id
            attempt.looked_up_from = None
    return fresh


def _fold_called(
    session: Session,
    ctx: Escalation,
    attempt: CallAttempt,
    task: CallTask,
    incident: Incident,
    events: Sequence[LegEvent],
    now: datetime,
) -> None:
    facts = reduce_all(events, hung_up_under=ctx.settings.hung_up_under, facts=_facts(attempt))
    attempt.answered_at = facts.answered_at
    if facts.state is DialState.ENDED:
        ended_at = facts.ended_at or now
        outcome = facts.outcome or AttemptOutcome.UNREACHABLE
        settle(
            session,
            ctx,
            attempt,
            task,
            incident,
            ended_by_us(outcome, attempt.hang_up_requested_at, ended_at),
            ended_at=ended_at,
            talk_seconds=facts.talk_seconds,
            now=now,
        )
    else:
        attempt.state = str(facts.state)
        # a mailbox that was heard while it talks; whatever tells of the end may not know it
        attempt.outcome = str(facts.outcome) if facts.outcome else None
        if facts.outcome and attempt.mode == DialMode.AUTOMATIC:
            request_hang_up(session, attempt, now)  # no message is left
        due = now + ctx.network(ctx.settings.reconcile_after)
        timers.arm(session, Deadline.ATTEMPT_POLL, attempt.id, due, now=now)


def _fold_own_line(
    session: Session,
    ctx: Escalation,
    attempt: CallAttempt,
    task: CallTask,
    incident: Incident,
    events: Sequence[LegEvent],
    now: datetime,
) -> None:
    """The operator's own line: up, it waits for the key; gone, it decides only if nobody rang."""
    ended = next((event for event in events if event.status is LegStatus.ENDED), None)
    if ended is not None and attempt.handed_out_at is None:
        outcome = AttemptOutcome.NOT_CONNECTED
        settle(session, ctx, attempt, task, incident, outcome, ended_at=ended.at, now=now)
        return
    if attempt.state in (DialState.DIALING, DialState.IN_DOUBT):
        attempt.state = str(DialState.PLACED)
    after = ctx.settings.reconcile_after if ended is None else _OTHER_LEG_SOON
    timers.arm(session, Deadline.ATTEMPT_POLL, attempt.id, now + ctx.network(after), now=now)


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
    said: Result | None = None,
) -> None:
    """A dial is over for good: wrap-up begins, or, when it was our fault alone, the next step.

    Without an `outcome` (manual mode) the operator's word will be the fact. What the guest `said`
    by key in an automatic call is its result; without a key the network's fact alone is.
    """
    attempt.state = str(DialState.ENDED)
    attempt.ended_at = ended_at
    attempt.outcome = str(outcome) if outcome else None
    attempt.talk_seconds = talk_seconds
    attempt.error = error
    timers.disarm_all(session, _OF_A_DIAL, attempt.id)
    note_attempt(session, ctx, attempt, incident, now)
    _log_end(session, attempt, incident, now)
    if task.state != TaskState.ASSIGNED:
        nobody_waits_for_it(session, attempt, task, outcome, now)
        return
    move_task(task, TaskEvent.CALL_ENDED)
    task.wrap_up_started_at = now
    is_automatic = attempt.mode == DialMode.AUTOMATIC
    alone = said or result_without_an_operator(outcome, is_automatic)
    if alone is None:
        begin_wrap_up(session, ctx, attempt, task, now)
    else:
        _complete_alone(session, ctx, attempt, task, incident, alone, now)


def _log_end(session: Session, attempt: CallAttempt, incident: Incident, now: datetime) -> None:
    ended = {
        "attempt_id": attempt.id,
        "outcome": attempt.outcome,
        "talk_seconds": attempt.talk_seconds,
    }
    incident_log.append(session, incident.id, LogAction.DIAL_ENDED, ended, now=now)


def _complete_alone(
    session: Session,
    ctx: Escalation,
    attempt: CallAttempt,
    task: CallTask,
    incident: Incident,
    result: Result,
    now: datetime,
) -> None:
    """Nobody needs to say how it went; who let their own line ring is counted a miss."""
    whose, outcome = task.operator_id, attempt.outcome
    complete(session, ctx, incident, task, attempt, result, note=None, now=now)
    if attempt.mode == DialMode.AUTOMATIC and outcome in NOT_A_CALL:
        needs_you(session, incident, "nobody_takes_it", now=now, party=task.party)
    if outcome == AttemptOutcome.NOT_CONNECTED and whose is not None:
        session.flush()
        count_miss(session, ctx, incident, whose, task, now)


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
