"""A phone is rung: claimed first, the network asked outside any transaction, once for each ring.

As with dials (DESIGN 3.4): committed, then asked; an answer that is lost leaves a doubt, and a
doubt is looked up, never rung again blindly.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import timers
from callassist.domain.dial import DialState
from callassist.domain.phone_ring import About, RingEnding
from callassist.domain.spending import Spending
from callassist.errors import NotYet
from callassist.escalation.budgets import may_spend_now
from callassist.escalation.call_rate import take_turn
from callassist.escalation.context import Escalation
from callassist.escalation.countries import refused_number
from callassist.escalation.deadlines import Deadline
from callassist.escalation.dial_delivery import AGAIN_SECONDS, UNNAMED_SECONDS, hang_up
from callassist.escalation.locks import lock_number
from callassist.escalation.ring_rows import (
    arm_ring_poll,
    end_ring,
    is_phone_busy,
    is_wanted,
    lock_ring,
    ring_url,
)
from callassist.escalation.shown_number import shown_number
from callassist.models import PhoneRing
from callassist.outbox import OutboxItem
from callassist.ports.telephony import (
    CallInDoubt,
    PlaceCall,
    PlacedCall,
    RateLimited,
    RefusedCall,
    Telephony,
)

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
        raise NotYet(limited.detail, limited.retry_after or AGAIN_SECONDS) from limited
    except CallInDoubt as doubt:
        _note_doubt(ctx, ring_id, doubt.detail, now)
    else:
        _placed(ctx, ring_id, placed, now)


def deliver_ring_hang_up(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    """Stop a phone that rings for something that somebody else took."""
    with ctx.sessions.read() as session:
        ring = session.get_one(PhoneRing, int(item.payload["ring_id"]))
    if ring.state in (DialState.ENDED, DialState.TALKING):
        return
    if ring.provider_call_id is None:
        raise NotYet("the network has not named this call yet", UNNAMED_SECONDS)
    hang_up(ctx.network_named(ring.provider), ring.provider_call_id)


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
                raise NotYet("this phone rings for something else", BUSY_WAIT)
            error = "this phone rings for something else"  # the rota's next one does not
            end_ring(session, ctx, ring, RingEnding.WITHDRAWN, now, error)
            return None
        take_turn(session, ctx, ring.provider, ring.requested_at, now)
        ring.state, ring.dial_at = str(DialState.DIALING), now
        timers.arm(session, Deadline.RING_DOUBT, ring.id, now + ctx.doubt_wait, now=now)
        url = ring_url(ctx, ring)
        return network, PlaceCall(
            attempt_id=ring.public_id,
            to=number,
            caller_id=shown_number(session, ring.account_id, ring.provider, ring.incident_id),
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
    if ring.about in (About.ALARM, About.PAGE):
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
            arm_ring_poll(session, ctx, ring, now)
