"""Which function answers each deadline and each outbox topic of escalation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from callassist.escalation import (
    conversing,
    dial_delivery,
    doubts,
    following_up,
    guest_calls,
    handing_out,
    ladder,
    nobody_there,
    noise_changes,
    offers,
    phone_results,
    polling,
    practice,
    presence,
    recording,
    recording_work,
    ring_alarms,
    ring_delivery,
    ring_doubts,
    ringing,
    texts,
    wrap_up,
)
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.outbox import Deliverer, OutboxItem
from callassist.timers import DueTimer, TimerHandler

_Handler = Callable[[Session, Escalation, int, datetime], object]
_LateHandler = Callable[[Session, Escalation, int, datetime, datetime], object]

_BY_SUBJECT: dict[Deadline, _Handler] = {
    Deadline.BREACH_OPEN: noise_changes.on_breach_open,
    Deadline.BREACH_ENDED: noise_changes.on_breach_ended,
    Deadline.BREACH_FROZEN: noise_changes.on_breach_frozen,
    Deadline.BREACH_THAWED: noise_changes.on_breach_thawed,
    Deadline.LADDER_STEP: ladder.on_ladder_step,
    Deadline.PRACTICE_STEP: practice.on_practice_step,
    Deadline.LEADER_LEFT: guest_calls.on_leader_left,
    Deadline.STILL_LOUD: following_up.on_still_loud,
    Deadline.FOLLOW_UP_OVER: following_up.on_follow_up_over,
    Deadline.OFFER_EXPIRED: offers.expire,
    Deadline.ASSIGNED_IDLE: nobody_there.on_assigned_idle,
    Deadline.WRAP_UP_OVER: wrap_up.ask_supervisor,
    Deadline.WRAP_UP_CLOSED: wrap_up.close_unrecorded,
    Deadline.ANY_LANGUAGE: nobody_there.on_any_language,
    Deadline.NOBODY_PAGE: nobody_there.on_nobody_page,
    Deadline.DISPATCH: handing_out.hand_out,
    Deadline.ATTEMPT_DOUBT: doubts.on_attempt_doubt,
    Deadline.ATTEMPT_POLL: polling.on_attempt_poll,
    Deadline.RING_TURN: ringing.on_ring_turn,
    Deadline.RING_DOUBT: ring_doubts.on_ring_doubt,
    Deadline.RING_POLL: ring_doubts.on_ring_poll,
    Deadline.PHONE_RESULT: phone_results.on_phone_result,
    Deadline.PRESENCE_LOST: presence.on_presence_lost,
}

# these need to know how late they are (zombies)
_BY_LATENESS: dict[Deadline, _LateHandler] = {
    Deadline.BREACH_DUE: noise_changes.on_breach_due,
    Deadline.REARM_DUE: noise_changes.on_rearm_due,
    Deadline.TASK_AVAILABLE: nobody_there.on_task_available,
    Deadline.NOBODY_TELL: nobody_there.on_nobody_tell,
    Deadline.AUTOMATIC_CALL: nobody_there.on_automatic_call,
}


def timer_handlers(ctx: Escalation) -> dict[str, TimerHandler]:
    """A handler for every deadline; each may run twice: it looks at the row's state first."""
    found: dict[str, TimerHandler] = {}
    for kind, handler in _BY_SUBJECT.items():
        found[str(kind)] = partial(_run, ctx, handler)
    for kind, late in _BY_LATENESS.items():
        found[str(kind)] = partial(_run_late, ctx, late)
    found[str(Deadline.NOBODY_GIVE_UP)] = partial(_run_named, ctx)
    return found


def deliverers(ctx: Escalation) -> dict[str, Deliverer]:
    """Deliverers of escalation's own outbox topics."""
    return {
        "dial": partial(dial_delivery.deliver_dial, ctx),
        "look_up": partial(doubts.deliver_look_up, ctx),
        "poll": partial(polling.deliver_poll, ctx),
        "hang_up": partial(dial_delivery.deliver_hang_up, ctx),
        ringing.TOPIC: partial(ring_delivery.deliver_ring, ctx),
        ring_alarms.TOPIC: partial(ring_alarms.deliver_alarm, ctx),
        "ring_look_up": partial(ring_doubts.deliver_ring_look_up, ctx),
        "ring_poll": partial(ring_doubts.deliver_ring_poll, ctx),
        "ring_hang_up": partial(ring_delivery.deliver_ring_hang_up, ctx),
        phone_results.TOPIC: partial(phone_results.deliver_result_link, ctx),
        texts.TOPIC: partial(texts.deliver_text, ctx),
        conversing.TOPIC: partial(conversing.deliver_message, ctx),
        recording.TOPIC: partial(recording_work.deliver_recording, ctx),
        "refresh_stay": partial(_refresh_stay, ctx),
        "refresh_noise": partial(_refresh_noise, ctx),
    }


def _refresh_stay(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    ctx.fresh_contact.refresh(int(item.payload["stay_id"]), now)


def _refresh_noise(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    ctx.fresh_noise.refresh(int(item.payload["property_id"]), now)


def _run(
    ctx: Escalation, handler: _Handler, session: Session, timer: DueTimer, now: datetime
) -> None:
    handler(session, ctx, int(timer.subject), now)


def _run_late(
    ctx: Escalation, handler: _LateHandler, session: Session, timer: DueTimer, now: datetime
) -> None:
    handler(session, ctx, int(timer.subject), timer.due_at, now)


def _run_named(ctx: Escalation, session: Session, timer: DueTimer, now: datetime) -> None:
    nobody_there.on_nobody_give_up(session, ctx, timer.subject, now)
