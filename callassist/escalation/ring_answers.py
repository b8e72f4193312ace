"""A phone that we rang is picked up and a key pressed: it is taken, or the next one rings.

Every answer is committed before the network hears it; the same leg that asks again hears the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import timers
from callassist.domain.dial import DialState, Leg, LegEvent, LegStatus
from callassist.domain.phone_ring import TAKE_KEY, About, RingEnding, ending_of
from callassist.domain.results import AttemptOutcome, Disposition
from callassist.errors import Conflict, NotFound
from callassist.escalation.addresses import called_leg_url
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.dialling import DialAnswer, dial
from callassist.escalation.locks import lock_attempt, lock_task
from callassist.escalation.offers import accept
from callassist.escalation.phone_results import ask_result, hear_result, result_is_open
from callassist.escalation.ring_rows import (
    arm_ring_poll,
    end_ring,
    is_wanted,
    lock_ring,
    ring_url,
)
from callassist.escalation.ring_words import task_sentence, words
from callassist.escalation.ringing import has_work, is_the_contact
from callassist.escalation.settling import fold_in, settle
from callassist.escalation.shown_number import shown_number
from callassist.escalation.tokens import Question, TokenHolder
from callassist.escalation.wrap_up import save_result
from callassist.models import CallAttempt, Incident, NeedsYou, PhoneRing
from callassist.ports.telephony import AskKey, BridgeRequest, Connect, HangUp, Step
from callassist.storage.facts import dialling_allowed

_STATE_OF = {
    LegStatus.QUEUED: DialState.PLACED,
    LegStatus.RINGING: DialState.RINGING,
    LegStatus.ANSWERED: DialState.TALKING,
}
_NOT_DIALLED = {
    DialAnswer.WENT_QUIET: "quiet",
    DialAnswer.TOO_SOON: "too_soon",
    DialAnswer.PHONE_HOST: "host_instead",
}


def picked_up(
    session: Session, ctx: Escalation, ring_id: int, request: BridgeRequest, now: datetime
) -> Step:
    """The phone was picked up, by whom or what is not known: why it rings, and which key."""
    ring = lock_ring(session, ring_id)
    said = words(ring.language)
    if not _is_its_leg(ring, request.call_id):
        return HangUp(language=ring.language)
    if ring.state == DialState.ENDED or not is_wanted(session, ring):
        end_ring(session, ctx, ring, RingEnding.WITHDRAWN, now)
        return HangUp(say=said["over"], language=ring.language)
    _adopt(session, ctx, ring, request.call_id, now)
    why, keys = _why(session, ring, now)
    return AskKey(
        say=why,
        then=keys,
        language=ring.language,
        pressed_url=f"{ring_url(ctx, ring)}/pressed",
        otherwise=said["unheard"],
    )


def pressed(
    session: Session, ctx: Escalation, ring_id: int, request: BridgeRequest, now: datetime
) -> Step:
    """1 takes it; who was slower hears so kindly; any other key means somebody else."""
    ring = lock_ring(session, ring_id)
    said = words(ring.language)
    if not _is_its_leg(ring, request.call_id):
        return HangUp(language=ring.language)
    if ring.state == DialState.ENDED:
        return _heard_before(session, ctx, ring)
    _adopt(session, ctx, ring, request.call_id, now)
    if request.digits != TAKE_KEY:
        end_ring(session, ctx, ring, RingEnding.REFUSED, now)
        return HangUp(say=said["passed"], language=ring.language)
    if ring.about == About.ALARM:
        return _take_alarm(session, ctx, ring, now)
    if ring.about == About.PAGE:
        end_ring(session, ctx, ring, RingEnding.TAKEN, now)
        return HangUp(say=said["yours"], language=ring.language)
    return _take_task(session, ctx, ring, request.call_id, now)


def over(
    session: Session, ctx: Escalation, ring_id: int, request: BridgeRequest, now: datetime
) -> Step:
    """The call that was put through has ended, and who took it is still there: how was it?"""
    ring = lock_ring(session, ring_id)
    if ring.attempt_id is None or not _is_its_leg(ring, request.call_id):
        return HangUp(language=ring.language)
    if request.called is not None:
        fold_in(session, ctx, ring.attempt_id, [replace(request.called, leg=Leg.CALLED)], now)
    return ask_result(session, ctx, ring, now)


def result_pressed(
    session: Session, ctx: Escalation, ring_id: int, request: BridgeRequest, now: datetime
) -> Step:
    """A key that says how it went."""
    ring = lock_ring(session, ring_id)
    if not _is_its_leg(ring, request.call_id):
        return HangUp(language=ring.language)
    return hear_result(session, ctx, ring, request.digits, now)


def fold_ring(
    session: Session, ctx: Escalation, ring_id: int, events: Sequence[LegEvent], now: datetime
) -> None:
    """What the network reports of the phone that we rang; once a call is put through, its leg."""
    ring = lock_ring(session, ring_id)
    ours = [one for one in events if _is_its_leg(ring, one.call_id)]
    if ring.attempt_id is not None:
        _fold_into_call(session, ctx, ring, ours, now)
        return
    for event in sorted(ours, key=lambda one: one.sequence):
        if ring.state == DialState.ENDED:
            return
        ending = ending_of(event)
        if ending is not None:
            _adopt(session, ctx, ring, event.call_id, now)
            end_ring(session, ctx, ring, ending, now, event.error)
        elif ring.state != DialState.TALKING:
            ring.provider_call_id = ring.provider_call_id or event.call_id
            ring.state = str(_STATE_OF[event.status])
            if event.status is LegStatus.ANSWERED:
                ring.answered_at = event.at
            timers.disarm(session, Deadline.RING_DOUBT, ring.id)
            arm_ring_poll(session, ctx, ring, now)


def _take_task(
    session: Session, ctx: Escalation, ring: PhoneRing, call_id: str, now: datetime
) -> Step:
    assert ring.task_id is not None
    assert ring.operator_id is not None
    said = words(ring.language)
    task, incident = lock_task(session, ring.task_id)
    if has_work(session, ring.operator_id, task.id):
        end_ring(session, ctx, ring, RingEnding.REFUSED, now, "they have other work")
        return HangUp(say=said["work"], language=ring.language)
    try:
        accept(session, ctx, ring.operator_id, task.id, now, by_phone=True)
    except (Conflict, NotFound):
        end_ring(session, ctx, ring, RingEnding.TOO_LATE, now)
        return HangUp(say=said["taken"], language=ring.language)
    # nobody at a screen can ask for the second minute
    task.wrap_up_extended = True
    end_ring(session, ctx, ring, RingEnding.TAKEN, now)
    if not dialling_allowed(session):
        return HangUp(say=said["over"], language=ring.language)
    result = dial(session, ctx, incident, task, now, line=call_id)
    if result.attempt is None:
        return HangUp(say=said[_NOT_DIALLED[result.answer]], language=ring.language)
    if is_the_contact(session, incident, task, ring.number_index):
        return _host_knows(session, ctx, ring, result.attempt, now)
    ring.attempt_id = result.attempt.id
    session.flush()
    return _connect(session, ctx, ring, result.attempt)


def _host_knows(
    session: Session, ctx: Escalation, ring: PhoneRing, attempt: CallAttempt, now: datetime
) -> Step:
    """Who is on duty is the very contact that the host's call is for: this was that call."""
    attempt, task, incident = lock_attempt(session, attempt.id)
    attempt.answered_at = now
    outcome = AttemptOutcome.ANSWERED
    settle(session, ctx, attempt, task, incident, outcome, ended_at=now, talk_seconds=0, now=now)
    assert ring.operator_id is not None
    save_result(session, ctx, ring.operator_id, task.id, str(Disposition.HOST_REACHED), now)
    return HangUp(say=words(ring.language)["yours"], language=ring.language)


def _take_alarm(session: Session, ctx: Escalation, ring: PhoneRing, now: datetime) -> Step:
    said = words(ring.language)
    is_first = ctx.take_alarm(session, ring.needs_you_id, ring.notification_id, now)
    end_ring(session, ctx, ring, RingEnding.TAKEN if is_first else RingEnding.TOO_LATE, now)
    if ring.needs_you_id is None:
        return HangUp(say=said["proved"], language=ring.language)
    return HangUp(say=said["yours" if is_first else "taken"], language=ring.language)


def _heard_before(session: Session, ctx: Escalation, ring: PhoneRing) -> Step:
    """The answer to a key was lost, or it was pressed twice: the same again, and no more."""
    said = words(ring.language)
    if ring.attempt_id is not None:
        attempt = session.get_one(CallAttempt, ring.attempt_id)
        if attempt.state == DialState.ENDED or attempt.called_call_id is not None:
            return HangUp(language=ring.language)
        if attempt.hang_up_requested_at is not None or attempt.number is None:
            return HangUp(say=said["over"], language=ring.language)
        return _connect(session, ctx, ring, attempt)
    mine = {About.ALARM: "yours", About.PAGE: "yours"}.get(About(ring.about), "over")
    sentence = {RingEnding.TAKEN: mine, RingEnding.TOO_LATE: "taken", RingEnding.REFUSED: "passed"}
    key = sentence.get(RingEnding(ring.ending or RingEnding.WITHDRAWN), "over")
    return HangUp(say=said[key], language=ring.language)


def _connect(session: Session, ctx: Escalation, ring: PhoneRing, attempt: CallAttempt) -> Step:
    assert attempt.number is not None
    return Connect(
        to=ctx.vault.open(attempt.number),
        caller_id=shown_number(session, attempt.account_id, attempt.provider, attempt.incident_id),
        callback_url=called_leg_url(ctx, attempt),
        after_url=f"{ring_url(ctx, ring)}/after",
        ring_timeout_seconds=round(ctx.settings.ring_timeout.total_seconds()),
    )


def _fold_into_call(
    session: Session, ctx: Escalation, ring: PhoneRing, events: Sequence[LegEvent], now: datetime
) -> None:
    assert ring.attempt_id is not None
    fold_in(session, ctx, ring.attempt_id, [replace(one, leg=Leg.OPERATOR) for one in events], now)
    gone = any(one.status is LegStatus.ENDED for one in events)
    if gone and result_is_open(session, ring):
        # whoever hung up hears no menu any more
        timers.arm(session, Deadline.PHONE_RESULT, ring.attempt_id, now, now=now)


def _why(session: Session, ring: PhoneRing, now: datetime) -> tuple[str, tuple[str, ...]]:
    said = words(ring.language)
    if ring.task_id is not None:
        task, incident = lock_task(session, ring.task_id)
        knows = is_the_contact(session, incident, task, ring.number_index)
        keys = (said["mine" if knows else "take"], said["next"])
        return task_sentence(session, task, incident, ring.language, now), keys
    if ring.about == About.PAGE:
        paged = session.get(Incident, ring.incident_id) if ring.incident_id else None
        why = said["page"].format(reference=paged.reference) if paged else said["page_without"]
        return why, (said["mine"], said["next"])
    if ring.needs_you_id is None:
        return said["test"], (said["heard"],)
    alarm = session.get_one(NeedsYou, ring.needs_you_id)
    incident_of = session.get(Incident, alarm.incident_id) if alarm.incident_id else None
    if incident_of is None:
        return said["alarm_without"], (said["mine"], said["next"])
    why = said["alarm"].format(reference=incident_of.reference)
    return why, (said["mine"], said["next"])


def _is_its_leg(ring: PhoneRing, call_id: str) -> bool:
    return bool(call_id) and ring.provider_call_id in (None, call_id)


def _adopt(session: Session, ctx: Escalation, ring: PhoneRing, call_id: str, now: datetime) -> None:
    """The network named the call, perhaps before its answer to our request came."""
    ring.provider_call_id = ring.provider_call_id or call_id
    ring.answered_at = ring.answered_at or now
    ring.state = str(DialState.TALKING)
    timers.disarm(session, Deadline.RING_DOUBT, ring.id)
    arm_ring_poll(session, ctx, ring, now)


def _of_a_ring(session: Session, token: str) -> int | None:
    return session.scalar(select(PhoneRing.id).where(PhoneRing.token == token))


RINGS = TokenHolder(
    find=_of_a_ring,
    answers={
        Question.ANSWERED: picked_up,
        Question.PRESSED: pressed,
        Question.OVER: over,
        Question.RESULT: result_pressed,
    },
    record=fold_ring,
)
