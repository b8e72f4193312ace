"""A ring of which nothing is heard: looked up and asked for at the network, never rung again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import outbox, timers
from callassist.domain.dial import DialState
from callassist.domain.phone_ring import RingEnding
from callassist.errors import TransientError
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.ring_answers import fold_ring
from callassist.escalation.ring_rows import arm_ring_poll, cannot_ring, end_ring, lock_ring
from callassist.models import CallAttempt, CallTask, Incident, PhoneRing
from callassist.outbox import OutboxItem
from callassist.ports.telephony import FoundCall

LOOK_BACK = timedelta(seconds=5)  # the network's clock may be a little behind ours


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
    timers.arm(session, Deadline.RING_DOUBT, ring.id, now + ctx.look_up_again_after, now=now)
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
        arm_ring_poll(session, ctx, ring, now)
        fold_ring(session, ctx, ring.id, [ours.event], now)


def on_ring_poll(session: Session, ctx: Escalation, ring_id: int, now: datetime) -> None:
    """A ring has gone on for long: ask the network what became of it."""
    ring = session.get_one(PhoneRing, ring_id)
    if ring.state != DialState.ENDED:
        arm_ring_poll(session, ctx, ring, now)
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
