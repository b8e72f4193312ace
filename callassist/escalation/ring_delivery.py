"""A phone is rung: claimed first, the network asked outside any transaction, once for each ring.

As with dials (DESIGN 3.4): committed, then asked; an answer that is lost leaves a doubt, and a
doubt is looked up, never rung again blindly.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import outbox, timers
from callassist.domain.dial import DialState
from callassist.domain.phone_ring import About, RingEnding
from callassist.domain.spending import Spending
from callassist.errors import TransientError
from callassist.escalation.budgets import may_spend_now
from callassist.escalation.call_rate import rate_wait
from callassist.escalation.context import Escalation
from callassist.escalation.countries import refused_number
from callassist.escalation.deadlines import Deadline
from callassist.escalation.locks import lock_number
from callassist.escalation.ring_answers import fold_ring
from callassist.escalation.ring_rows import (
    cannot_ring,
    end_ring,
    is_phone_busy,
    is_wanted,
    lock_ring,
    ring_url,
)
from callassist.models import Account, CallAttempt, CallTask, Incident, PhoneRing
from callassist.outbox import OutboxItem
from callassist.ports.telephony import (
    CallInDoubt,
    FoundCall,
    PlaceCall,
    PlacedCall,
    RateLimited,
    RefusedCall,
    Telephony,
)

LOOK_BACK = timedelta(seconds=5)  # the network's clock may be a little behind ours
BUSY_WAIT = 3.0  # real seconds until a phone that rings for something else is looked at again


def deliver_ring(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    """Ring one phone. Runs twice safely: only the run that claims the row asks the network."""
    ring_id = int(item.payload["ring_id"])
    claimed = _claim(ctx, ring_id, now)
    if claimed is None:
        return
    network, request = claimed
    try:
        placed = network.place_call(request)
    except RefusedCall as refused:
        with ctx.sessions.write() as session:
            ring = lock_ring(session, ring_id)
            end_ring(session, ctx, ring, RingEnding.FAILED, now, refused.detail)
    except RateLimited as limited:
        _unclaim(ctx, ring_id, now)
        raise TransientError(limited.detail, limited.retry_after or 1.0) from limited
    except CallInDoubt as doubt:
        _note_doubt(ctx, ring_id, doubt.detail, now)
    else:
        _placed(ctx, ring_id, placed, now)


def on_ring_doubt(session: Session, ctx: Escalation, ring_id: int, now: datetime) -> None:
    """No word of a ring: ask for a look-up; one that never got its turn is over."""
    ring = lock_ring(session, ring_id)
    if ring.state == DialState.WAITING:
        end_ring(session, ctx, ring, RingEnding.FAILED, now, "it never got its turn")
        return
    if ring.state not in (DialState.DIALING, DialState.IN_DOUBT):
        return
    ring.state = str(DialState.IN_DOUBT)
    ring.looked_up_from = ring.looked_up_from or now
    timers.arm(session, Deadline.RING_DOUBT, ring.id, now + ctx.doubt_wait, now=now)
    key = f"{ring.public_id}:{now.isoformat()}"
    outbox.put(session, "ring_look_up", key, {"ring_id": ring.id}, now=now)


def deliver_ring_look_up(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    """Found is adopted, not found was never rung, down means wait, and in the end give up."""
    ring_id = int(item.payload["ring_id"])
    with ctx.sessions.read() as session:
        ring = session.get_one(PhoneRing, ring_id)
        if ring.state != DialState.IN_DOUBT or ring.number is None:
            return
        number, since = ctx.vault.open(ring.number), (ring.dial_at or ring.requested_at)
        network = ctx.network_named(ring.provider)
    try:
        found = network.find_calls(to=number, since=since - LOOK_BACK)
    except TransientError as down:
        _look_up_failed(ctx, ring_id, down.detail, now)
        return
    with ctx.sessions.write() as session:
        ring = lock_ring(session, ring_id)
        if ring.state != DialState.IN_DOUBT:
            return
        ours = _ours(session, ring, found)
        if ours is None:
            end_ring(session, ctx, ring, RingEnding.FAILED, now, "the network never got it")
            return
        ring.provider_call_id, ring.state = ours.call_id, str(DialState.PLACED)
        _arm_poll(session, ctx, ring, now)
        fold_ring(session, ctx, ring.id, [ours.event], now)


def on_ring_poll(session: Session, ctx: Escalation, ring_id: int, now: datetime) -> None:
    """A ring has gone on for long: ask the network what became of it."""
    ring = session.get_one(PhoneRing, ring_id)
    if ring.state != DialState.ENDED:
        _arm_poll(session, ctx, ring, now)
        key = f"{ring.public_id}:{now.isoformat()}"
        outbox.put(session, "ring_poll", key, {"ring_id": ring.id}, now=now)


def deliver_ring_poll(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    """What the network knows; a ring of which it never tells is given up after a while."""
    ring_id = int(item.payload["ring_id"])
    with ctx.sessions.read() as session:
        ring = session.get_one(PhoneRing, ring_id)
        if ring.state == DialState.ENDED or ring.provider_call_id is None:
            return
    event, is_down = None, False
    try:
        event = ctx.network_named(ring.provider).fetch_call(ring.provider_call_id)
    except TransientError:
        is_down = True
    with ctx.sessions.write() as session:
        if event is not None:
            fold_ring(session, ctx, ring_id, [event], now)
        ring = lock_ring(session, ring_id)
        is_late = now - (ring.dial_at or ring.requested_at) >= ctx.give_up_after
        if is_late and (event is None or is_down):
            end_ring(session, ctx, ring, RingEnding.FAILED, now, "nothing is heard of it")


def deliver_ring_hang_up(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    """Stop a phone that rings for something that somebody else took."""
    with ctx.sessions.read() as session:
        ring = session.get_one(PhoneRing, int(item.payload["ring_id"]))
    if ring.state in (DialState.ENDED, DialState.TALKING):
        return
    if ring.provider_call_id is None:
        raise TransientError("the network has not named this call yet", 1.0)
    ctx.network_named(ring.provider).hang_up(ring.provider_call_id)


def _claim(ctx: Escalation, ring_id: int, now: datetime) -> tuple[Telephony, PlaceCall] | None:
    with ctx.sessions.write() as session:
        ring = lock_ring(session, ring_id)
        if ring.state != DialState.WAITING or ring.number is None:
            return None
        if not is_wanted(session, ring):
            end_ring(session, ctx, ring, RingEnding.WITHDRAWN, now)
            return None
        network = ctx.network_named(ring.provider)
        number = ctx.vault.open(ring.number)
        error = _refusal(session, ctx, ring, network, number, now)
        if error is not None:
            end_ring(session, ctx, ring, RingEnding.FAILED, now, error)
            return None
        lock_number(session, ring.number_index)
        if is_phone_busy(session, ring.number_index, besides=ring.id):
            if ring.task_id is None:
                raise TransientError("this phone rings for something else", BUSY_WAIT)
            error = "this phone rings for something else"  # the rota's next one does not
            end_ring(session, ctx, ring, RingEnding.WITHDRAWN, now, error)
            return None
        wait = rate_wait(session, ctx, ring.account_id, now)
        if wait is not None:
            raise TransientError("one call a second for each account", wait)
        ring.state, ring.dial_at = str(DialState.DIALING), now
        timers.arm(session, Deadline.RING_DOUBT, ring.id, now + ctx.doubt_wait, now=now)
        url = ring_url(ctx, ring)
        return network, PlaceCall(
            attempt_id=ring.public_id,
            to=number,
            caller_id=session.get_one(Account, ring.account_id).caller_id,
            callback_url=url,
            answer_url=f"{url}/ask",
            ring_timeout_seconds=round(ctx.settings.phone_ring_timeout.total_seconds()),
        )


def _refusal(
    session: Session,
    ctx: Escalation,
    ring: PhoneRing,
    network: Telephony,
    number: str,
    now: datetime,
) -> str | None:
    """Why the phone must not ring; None when it may. A person's own call is never capped."""
    if network.bridge is None:
        return "this phone network cannot ask for a key"
    refused = refused_number(session, ctx, ring.account_id, number, now)
    if refused is not None:
        return str(refused)
    if ring.about == About.ALARM:
        verdict = may_spend_now(session, ctx, ring.account_id, Spending.SPOKEN_ALARM, now)
        if not verdict.allowed:
            return "the cap on costs is reached; the other channels were told"
    return None


def _unclaim(ctx: Escalation, ring_id: int, now: datetime) -> None:
    with ctx.sessions.write() as session:
        ring = lock_ring(session, ring_id)
        if ring.state == DialState.DIALING:  # 429: never processed, safe to ask again
            ring.state, ring.dial_at = str(DialState.WAITING), None
            due = ring.requested_at + ctx.give_up_after
            timers.arm(session, Deadline.RING_DOUBT, ring.id, due, now=now)


def _note_doubt(ctx: Escalation, ring_id: int, why: str, now: datetime) -> None:
    with ctx.sessions.write() as session:
        ring = lock_ring(session, ring_id)
        if ring.state == DialState.DIALING:
            ring.state, ring.looked_up_from = str(DialState.IN_DOUBT), now
            ring.error = why[:255]
            timers.arm(session, Deadline.RING_DOUBT, ring.id, now + ctx.doubt_wait, now=now)


def _placed(ctx: Escalation, ring_id: int, placed: PlacedCall, now: datetime) -> None:
    with ctx.sessions.write() as session:
        ring = lock_ring(session, ring_id)
        if ring.provider_call_id is None:
            ring.provider_call_id = placed.call_id
        if ring.state in (DialState.DIALING, DialState.IN_DOUBT):
            ring.state, ring.error = str(DialState.PLACED), None
        timers.disarm(session, Deadline.RING_DOUBT, ring.id)
        if ring.state != DialState.ENDED:
            _arm_poll(session, ctx, ring, now)


def _arm_poll(session: Session, ctx: Escalation, ring: PhoneRing, now: datetime) -> None:
    due = now + ctx.network(ctx.settings.reconcile_after)
    timers.arm(session, Deadline.RING_POLL, ring.id, due, now=now)


def _ours(session: Session, ring: PhoneRing, found: list[FoundCall]) -> FoundCall | None:
    """The found call that is this ring's: by its id, else one that nobody else owns."""
    for call in found:
        if call.attempt_id is not None and call.attempt_id == ring.public_id:
            return call
    return next(
        (
            call
            for call in found
            if call.attempt_id is None and not _is_owned(session, call.call_id)
        ),
        None,
    )


def _is_owned(session: Session, call_id: str) -> bool:
    owners = (
        select(CallAttempt.id).where(CallAttempt.provider_call_id == call_id),
        select(PhoneRing.id).where(PhoneRing.provider_call_id == call_id),
    )
    return any(session.scalar(owner) is not None for owner in owners)


def _look_up_failed(ctx: Escalation, ring_id: int, why: str, now: datetime) -> None:
    with ctx.sessions.write() as session:
        ring = lock_ring(session, ring_id)
        if ring.state != DialState.IN_DOUBT:
            return
        if now - (ring.looked_up_from or now) >= ctx.give_up_after:
            end_ring(session, ctx, ring, RingEnding.FAILED, now, why)
        elif ring.task_id is not None:  # the other channels must not wait until we give up
            task = session.get_one(CallTask, ring.task_id)
            cannot_ring(session, session.get_one(Incident, task.incident_id), task, "network", now)
