"""The network is asked: outside any transaction, claimed first, never twice for one attempt.

Order of writes (DESIGN 3.4): the attempt is committed as `dialing`, then the network is asked,
then its call id is written. Whatever is lost in between leaves the attempt in doubt, and a doubt
is looked up at the network, never dialled again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import incident_log, timers
from callassist.domain.automatic_call import Obstacle
from callassist.domain.call_task import TaskState
from callassist.domain.dial import UNSETTLED, DialMode, DialState
from callassist.domain.log_action import LogAction
from callassist.domain.results import AttemptOutcome
from callassist.errors import NotYet, TransientError
from callassist.escalation.addresses import asked_url, called_leg_url, operator_leg_url
from callassist.escalation.automatic_look import look
from callassist.escalation.call_rate import take_turn
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.dial_log import log_dial_started
from callassist.escalation.doubts import note_doubt, settle_never_asked
from callassist.escalation.fake_numbers import PRACTICE_RING
from callassist.escalation.legs import rung_first, stopped
from callassist.escalation.locks import lock_attempt
from callassist.escalation.own_network_health import note_refusal
from callassist.escalation.polling import arm_poll
from callassist.escalation.settling import settle
from callassist.escalation.shown_number import shown_number
from callassist.models import CallAttempt, CallTask, Incident
from callassist.outbox import OutboxItem
from callassist.ports.telephony import (
    CallInDoubt,
    PlaceCall,
    RateLimited,
    RefusedCall,
    Telephony,
)
from callassist.storage.facts import dialling_allowed

UNNAMED_SECONDS = 1.0  # real, until a call is looked at again that shall end and has no id yet
AGAIN_SECONDS = 2.0  # real, until a network is asked again that took nothing and did not say when


def deliver_dial(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    """Dial one attempt. Runs twice safely: only the run that claims the row asks the network."""
    attempt_id = int(item.payload["attempt_id"])
    claimed = _claim(ctx, attempt_id, now)
    if claimed is None:
        return
    network, request = claimed
    try:
        placed = network.place_call(request)
    except RefusedCall as refused:
        _settle(ctx, attempt_id, refused.outcome, now, error=refused.detail)
        if refused.is_account:
            note_refusal(ctx, network.name, refused.detail, now)
    except RateLimited as limited:
        _unclaim(ctx, attempt_id)
        raise NotYet(limited.detail, limited.retry_after or AGAIN_SECONDS) from limited
    except CallInDoubt as doubt:
        note_doubt(ctx, attempt_id, now, doubt.detail)
    else:
        _placed(ctx, attempt_id, placed.call_id, now)


def deliver_hang_up(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    """End a call at the network; one that was never asked for is simply not asked for."""
    attempt_id = int(item.payload["attempt_id"])
    with ctx.sessions.write() as session:
        attempt, task, incident = lock_attempt(session, attempt_id)
        if attempt.state == DialState.ENDED:
            return
        if attempt.state == DialState.WAITING:
            outcome = stopped(attempt)
            settle(session, ctx, attempt, task, incident, outcome, ended_at=now, now=now)
            return
        if ctx.dials_by_hand(incident):
            settle(session, ctx, attempt, task, incident, None, ended_at=now, now=now)
            return
        call_id, network = attempt.provider_call_id, ctx.network_named(attempt.provider)
    if call_id is None:
        raise NotYet("the network has not named this call yet", UNNAMED_SECONDS)
    hang_up(network, call_id)


def hang_up(network: Telephony, call_id: str) -> None:
    """End a call; a network that is down for a moment is asked again at once: a phone rings."""
    try:
        network.hang_up(call_id)
    except TransientError as down:
        raise NotYet(down.detail, down.retry_after or AGAIN_SECONDS) from down


def _claim(ctx: Escalation, attempt_id: int, now: datetime) -> tuple[Telephony, PlaceCall] | None:
    """Commit `dialing` and the doubt deadline; None when there is nothing to dial (any more)."""
    with ctx.sessions.write() as session:
        attempt, task, incident = lock_attempt(session, attempt_id)
        if attempt.state != DialState.WAITING or attempt.number is None:
            return None
        sealed = rung_first(session, attempt)
        if now - attempt.requested_at >= ctx.give_up_after:
            settle_never_asked(session, ctx, attempt, task, incident, now)
            return None
        gone = task.state != TaskState.ASSIGNED or attempt.hang_up_requested_at is not None
        if not gone and attempt.mode == DialMode.AUTOMATIC:
            gone = not _may_still(session, ctx, attempt, task, incident, now)
        if gone or sealed is None or not dialling_allowed(session):
            outcome = stopped(attempt)
            settle(session, ctx, attempt, task, incident, outcome, ended_at=now, now=now)
            return None
        if not incident.practice:  # a rehearsal's network is not the account's
            take_turn(session, ctx, attempt.provider, attempt.requested_at, now)
        attempt.state = str(DialState.DIALING)
        attempt.dial_at = now
        due = now + ctx.doubt_wait
        timers.arm(session, Deadline.ATTEMPT_DOUBT, attempt.id, due, now=now)
        if attempt.mode != DialMode.OWN_PHONE:  # there nobody but the operator is rung yet
            log_dial_started(session, incident.id, attempt, now)
        return ctx.network_named(attempt.provider), _place_call(session, ctx, attempt, sealed)


def _may_still(
    session: Session,
    ctx: Escalation,
    attempt: CallAttempt,
    task: CallTask,
    incident: Incident,
    now: datetime,
) -> bool:
    """Whether the guest may still be phoned automatically: a stop may have come in between."""
    seen = look(session, ctx, incident, task, now)
    if seen.allowed and seen.stay_number_id == attempt.stay_number_id:
        return True
    reason = str(Obstacle.STAY_CHANGED) if seen.allowed else seen.reason
    data = {"task_id": task.id, "made": False, "reason": reason}
    incident_log.append(session, incident.id, LogAction.AUTOMATIC_CALL, data, now=now)
    return False


def _place_call(
    session: Session, ctx: Escalation, attempt: CallAttempt, sealed: bytes
) -> PlaceCall:
    timeout = ctx.settings.ring_timeout
    caller_id = shown_number(session, attempt.account_id, attempt.provider, attempt.incident_id)
    if attempt.mode == DialMode.OWN_PHONE:
        return PlaceCall(
            attempt_id=attempt.public_id,
            to=ctx.vault.open(sealed),
            caller_id=caller_id,
            callback_url=operator_leg_url(ctx, attempt),
            answer_url=asked_url(ctx, attempt),
            ring_timeout_seconds=round(timeout.total_seconds()),
        )
    if session.get_one(Incident, attempt.incident_id).practice:
        timeout = PRACTICE_RING
    return PlaceCall(
        attempt_id=attempt.public_id,
        to=ctx.vault.open(sealed),
        caller_id=caller_id,
        callback_url=called_leg_url(ctx, attempt),
        ring_timeout_seconds=round(timeout.total_seconds()),
        answer_url=asked_url(ctx, attempt) if attempt.mode == DialMode.AUTOMATIC else None,
        hears_mailbox=attempt.mode == DialMode.AUTOMATIC,
    )


def _unclaim(ctx: Escalation, attempt_id: int) -> None:
    with ctx.sessions.write() as session:
        attempt, _, _ = lock_attempt(session, attempt_id)
        if attempt.state == DialState.DIALING:  # 429: never processed, safe to ask again
            attempt.state = str(DialState.WAITING)
            attempt.dial_at = None
            give_up_at = attempt.requested_at + ctx.give_up_after
            timers.arm(
                session, Deadline.ATTEMPT_DOUBT, attempt.id, give_up_at, now=attempt.requested_at
            )


def _placed(ctx: Escalation, attempt_id: int, call_id: str, now: datetime) -> None:
    with ctx.sessions.write() as session:
        attempt, _, _ = lock_attempt(session, attempt_id)
        if attempt.provider_call_id is None:
            attempt.provider_call_id = call_id
        if attempt.state in (DialState.DIALING, DialState.IN_DOUBT):
            attempt.state = str(DialState.PLACED)
        attempt.looked_up_from = None
        timers.disarm(session, Deadline.ATTEMPT_DOUBT, attempt.id)
        if attempt.state in UNSETTLED:
            arm_poll(session, ctx, attempt, now)


def _settle(
    ctx: Escalation,
    attempt_id: int,
    outcome: AttemptOutcome,
    now: datetime,
    error: str | None = None,
) -> None:
    with ctx.sessions.write() as session:
        attempt, task, incident = lock_attempt(session, attempt_id)
        if attempt.mode == DialMode.OWN_PHONE and outcome is AttemptOutcome.INVALID_NUMBER:
            outcome = AttemptOutcome.NOT_CONNECTED  # it is the operator's own number
        if attempt.state != DialState.ENDED:
            settle(
                session, ctx, attempt, task, incident, outcome, ended_at=now, now=now, error=error
            )
