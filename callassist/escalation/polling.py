"""A call that has gone on for long without an end: the network is asked, or by hand we page."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callassist import outbox, timers
from callassist.domain.dial import DialMode, DialState, Leg, LegEvent, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.errors import TransientError
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.legs import as_first_leg, nothing_told
from callassist.escalation.locks import lock_attempt
from callassist.escalation.settling import fold_in, settle
from callassist.escalation.telling import page_supervisor
from callassist.models import CallAttempt
from callassist.outbox import OutboxItem

BY_HAND_ASKED_AFTER = timedelta(minutes=15)  # manual mode: nobody pressed "ended"
BY_HAND_ENDED_AFTER = timedelta(minutes=30)
TALK_OVER_AFTER = timedelta(minutes=30)  # a talk of whose end nobody could be asked


def arm_poll(session: Session, ctx: Escalation, attempt: CallAttempt, now: datetime) -> None:
    """Ask about this call when nothing was heard of it for a while; never left out while live."""
    due = now + ctx.network(ctx.settings.reconcile_after)
    if _is_by_hand(ctx, attempt):
        due = now + BY_HAND_ASKED_AFTER
    timers.arm(session, Deadline.ATTEMPT_POLL, attempt.id, due, now=now)


def on_attempt_poll(session: Session, ctx: Escalation, attempt_id: int, now: datetime) -> None:
    """A call has gone on for long without an end: ask the network, or the supervisor."""
    attempt = session.get_one(CallAttempt, attempt_id)
    if attempt.state == DialState.ENDED:
        return
    arm_poll(session, ctx, attempt, now)
    if _is_by_hand(ctx, attempt):
        _ask_for_the_end(session, ctx, attempt_id, now)
        return
    key = f"{attempt.public_id}:{now.isoformat()}"
    outbox.put(session, "poll", key, {"attempt_id": attempt_id}, now=now)


def deliver_poll(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    """Ask what became of a call whose callbacks may be lost; while the network is down, later.

    What cannot be asked for minutes is given up: nobody waits for a network for ever.
    """
    attempt_id = int(item.payload["attempt_id"])
    with ctx.sessions.read() as session:
        attempt = session.get_one(CallAttempt, attempt_id)
        if attempt.state == DialState.ENDED or attempt.provider_call_id is None:
            return
    try:
        event = _ask(ctx, attempt)
    except TransientError as down:
        with ctx.sessions.write() as session:
            _cannot_be_asked(session, ctx, attempt_id, now, down.detail)
        return
    with ctx.sessions.write() as session:
        if attempt.looked_up_from is not None:
            _could_be_asked(session, attempt_id)
        if event is None:
            _unknown(session, ctx, attempt_id, now)
        elif _never_dialled(ctx, attempt, event, now):
            _settle_never_dialled(session, ctx, attempt_id, now)
        else:
            fold_in(session, ctx, attempt_id, [event], now)


def _ask(ctx: Escalation, attempt: CallAttempt) -> LegEvent | None:
    """The called leg as the network knows it, else the one that came first; None for neither."""
    network, call_id = ctx.network_named(attempt.provider), attempt.provider_call_id or ""
    if attempt.handed_out_at is not None and network.bridge is not None:
        called = network.bridge.called_leg(call_id)
        if called is not None:
            return called
    event = network.fetch_call(call_id)
    return None if event is None else as_first_leg(attempt, event)


def _never_dialled(ctx: Escalation, attempt: CallAttempt, event: LegEvent, now: datetime) -> bool:
    """Whom to dial was handed out, and the operator's line went before anybody was dialled."""
    if event.leg is not Leg.OPERATOR or event.status is not LegStatus.ENDED:
        return False
    return attempt.handed_out_at is not None and now - attempt.handed_out_at >= ctx.doubt_wait


def _settle_never_dialled(
    session: Session, ctx: Escalation, attempt_id: int, now: datetime
) -> None:
    attempt, task, incident = lock_attempt(session, attempt_id)
    if attempt.state != DialState.ENDED and attempt.called_call_id is None:
        outcome = AttemptOutcome.PROVIDER_ERROR
        settle(session, ctx, attempt, task, incident, outcome, ended_at=now, now=now)


def _is_by_hand(ctx: Escalation, attempt: CallAttempt) -> bool:
    return ctx.network_named(attempt.provider).capabilities().modes == (DialMode.OPERATOR,)


def _cannot_be_asked(
    session: Session, ctx: Escalation, attempt_id: int, now: datetime, why: str
) -> None:
    """The next poll is armed already. When it goes on, the operator's word is the fact, as with a
    call made by hand: the network's reports may be lost, and so may an answer."""
    attempt, task, incident = lock_attempt(session, attempt_id)
    if attempt.state == DialState.ENDED:
        return
    attempt.looked_up_from = attempt.looked_up_from or now
    if now - attempt.looked_up_from < ctx.give_up_after:
        return
    answered_at = attempt.answered_at
    if answered_at is not None and now - answered_at < ctx.network(TALK_OVER_AFTER):
        return
    outcome: AttemptOutcome | None = nothing_told(attempt)
    if outcome is AttemptOutcome.UNREACHABLE and task.operator_id is not None:
        outcome = None
    page_supervisor(session, incident, "dial_in_doubt", now=now, once_per=str(attempt.id))
    error = why[:255]
    settle(session, ctx, attempt, task, incident, outcome, ended_at=now, now=now, error=error)


def _could_be_asked(session: Session, attempt_id: int) -> None:
    attempt, _, _ = lock_attempt(session, attempt_id)
    attempt.looked_up_from = None


def _unknown(session: Session, ctx: Escalation, attempt_id: int, now: datetime) -> None:
    """The network has forgotten a call that it took: after a while it is over for us too."""
    attempt, task, incident = lock_attempt(session, attempt_id)
    since = attempt.dial_at or attempt.requested_at
    if attempt.state == DialState.ENDED:
        return
    if now - since < ctx.network(ctx.settings.doubt_give_up_after):
        return
    outcome = nothing_told(attempt)
    page_supervisor(session, incident, "dial_in_doubt", now=now, once_per=str(attempt.id))
    settle(session, ctx, attempt, task, incident, outcome, ended_at=now, now=now)


def _ask_for_the_end(session: Session, ctx: Escalation, attempt_id: int, now: datetime) -> None:
    """Manual mode, and "ended" was never pressed: the supervisor is asked, then it has ended."""
    attempt, task, incident = lock_attempt(session, attempt_id)
    since = attempt.dial_at or attempt.requested_at
    if now - since < BY_HAND_ENDED_AFTER:
        page_supervisor(session, incident, "call_end_missing", now=now, once_per=str(attempt.id))
        return
    settle(session, ctx, attempt, task, incident, None, ended_at=now, now=now)
