"""A dial whose answer was lost: looked up at the network, never dialled again blindly."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log, outbox, timers
from callassist.domain.dial import DialMode, DialState
from callassist.domain.log_action import LogAction
from callassist.domain.results import AttemptOutcome
from callassist.errors import TransientError
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.legs import as_first_leg, nothing_told, rung_first
from callassist.escalation.locks import lock_attempt
from callassist.escalation.settling import fold_in, settle
from callassist.escalation.telling import page_supervisor
from callassist.models import CallAttempt, CallTask, Incident, PhoneRing
from callassist.outbox import OutboxItem
from callassist.ports.telephony import FoundCall

LOOK_BACK = timedelta(seconds=5)  # the network's clock may be a little behind ours


def note_doubt(ctx: Escalation, attempt_id: int, now: datetime, why: str) -> None:
    """The answer to a dial was lost: in doubt from now on, looked up a little later."""
    with ctx.sessions.write() as session:
        attempt, _, incident = lock_attempt(session, attempt_id)
        if attempt.state == DialState.DIALING:
            _mark_doubt(session, incident.id, attempt, now)
            attempt.error = why[:255]
            due = now + ctx.doubt_wait
            timers.arm(session, Deadline.ATTEMPT_DOUBT, attempt.id, due, now=now)


def on_attempt_doubt(session: Session, ctx: Escalation, attempt_id: int, now: datetime) -> None:
    """No word of a dial for 30 s: it is in doubt; ask for a look-up.

    One that still waits for its turn was never asked for: our fault, not counted.
    """
    attempt, task, incident = lock_attempt(session, attempt_id)
    if attempt.state == DialState.WAITING:
        settle_never_asked(session, ctx, attempt, task, incident, now)
        return
    if attempt.state not in (DialState.DIALING, DialState.IN_DOUBT):
        return
    if attempt.provider_call_id is not None:
        return
    if attempt.state == DialState.DIALING:
        _mark_doubt(session, incident.id, attempt, now)
    # again, should the look-up itself get lost
    again = now + ctx.look_up_again_after
    timers.arm(session, Deadline.ATTEMPT_DOUBT, attempt.id, again, now=now)
    outbox.put(
        session,
        "look_up",
        f"{attempt.public_id}:{now.isoformat()}",
        {"attempt_id": attempt.id},
        now=now,
    )


def settle_never_asked(
    session: Session,
    ctx: Escalation,
    attempt: CallAttempt,
    task: CallTask,
    incident: Incident,
    now: datetime,
) -> None:
    """A dial that waited too long for its turn: our fault, not counted, never made late."""
    gave_up_at = min(now, attempt.requested_at + ctx.give_up_after)
    outcome = AttemptOutcome.PROVIDER_ERROR
    if attempt.mode == DialMode.SOFTPHONE:  # the browser never called
        outcome = AttemptOutcome.NOT_CONNECTED
    settle(session, ctx, attempt, task, incident, outcome, ended_at=gave_up_at, now=now)


def deliver_look_up(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    """Look a doubtful attempt up: found is adopted, not found is our error, down means wait."""
    attempt_id = int(item.payload["attempt_id"])
    with ctx.sessions.read() as session:
        attempt = session.get_one(CallAttempt, attempt_id)
        if attempt.state != DialState.IN_DOUBT:
            return
        sealed, network = rung_first(session, attempt), ctx.network_named(attempt.provider)
        since = (attempt.dial_at or attempt.requested_at) - LOOK_BACK
    if not sealed:
        _look_up_failed(ctx, attempt_id, now, "the number was erased meanwhile")
        return
    try:
        found = network.find_calls(to=ctx.vault.open(sealed), since=since)
    except TransientError as down:
        _look_up_failed(ctx, attempt_id, now, down.detail)
        return
    _look_up_answered(ctx, attempt_id, found, now)


def _mark_doubt(session: Session, incident_id: int, attempt: CallAttempt, now: datetime) -> None:
    attempt.state = str(DialState.IN_DOUBT)
    attempt.looked_up_from = now
    incident_log.append(
        session, incident_id, LogAction.DIAL_IN_DOUBT, {"attempt_id": attempt.id}, now=now
    )


def _look_up_answered(
    ctx: Escalation, attempt_id: int, found: list[FoundCall], now: datetime
) -> None:
    with ctx.sessions.write() as session:
        attempt, task, incident = lock_attempt(session, attempt_id)
        if attempt.state != DialState.IN_DOUBT:
            return
        ours = _ours(session, attempt, found)
        how = "found" if ours else "not_found"
        incident_log.append(
            session,
            incident.id,
            LogAction.DIAL_SETTLED,
            {"attempt_id": attempt.id, "how": how},
            now=now,
        )
        if ours is None:
            outcome = AttemptOutcome.PROVIDER_ERROR
            ended_at = min(now, (attempt.dial_at or now) + ctx.give_up_after)
            settle(session, ctx, attempt, task, incident, outcome, ended_at=ended_at, now=now)
            return
        attempt.provider_call_id = ours.call_id
        attempt.state = str(DialState.PLACED)
        fold_in(session, ctx, attempt_id, [as_first_leg(attempt, ours.event)], now)


def _ours(session: Session, attempt: CallAttempt, found: list[FoundCall]) -> FoundCall | None:
    """The found call that is this attempt's: by its id, else one that no other attempt owns."""
    for call in found:
        if call.attempt_id is not None and call.attempt_id == attempt.public_id:
            return call
    for call in found:
        if call.attempt_id is not None:
            continue
        owners = (
            select(CallAttempt.id).where(CallAttempt.provider_call_id == call.call_id),
            select(PhoneRing.id).where(PhoneRing.provider_call_id == call.call_id),
        )
        if all(session.scalar(owner) is None for owner in owners):
            return call
    return None


def _look_up_failed(ctx: Escalation, attempt_id: int, now: datetime, why: str) -> None:
    with ctx.sessions.write() as session:
        attempt, task, incident = lock_attempt(session, attempt_id)
        if attempt.state != DialState.IN_DOUBT:
            return
        since = attempt.looked_up_from or now
        if now - since < ctx.give_up_after:
            return  # the next look-up is armed already
        incident_log.append(
            session,
            incident.id,
            LogAction.DIAL_SETTLED,
            {"attempt_id": attempt.id, "how": "impossible"},
            now=now,
        )
        page_supervisor(session, incident, "dial_in_doubt", now=now, once_per=str(attempt.id))
        outcome = nothing_told(attempt)
        settle(session, ctx, attempt, task, incident, outcome, ended_at=now, now=now, error=why)
