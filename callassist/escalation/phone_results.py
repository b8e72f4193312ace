"""Who took a call by phone says how it went: by a key, else by a link that works once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log, outbox
from callassist.domain.call_task import Party, TaskState
from callassist.domain.log_action import LogAction
from callassist.domain.message_kind import MessageKind
from callassist.domain.phone_ring import RESULT_KEYS, known_without_asking
from callassist.domain.results import AttemptOutcome
from callassist.errors import PermanentError, TransientError
from callassist.escalation.context import Escalation
from callassist.escalation.locks import lock_task
from callassist.escalation.ring_rows import ring_url, text_url
from callassist.escalation.ring_words import words
from callassist.escalation.wrap_up import save_result
from callassist.models import CallAttempt, CallTask, Incident, Operator, PhoneRing
from callassist.outbox import OutboxItem
from callassist.ports.telephony import AskKey, HangUp, Step
from callassist.ports.texting import SendText
from callassist.roster.result_links import result_link

TOPIC = "result_link"


def ask_result(session: Session, ctx: Escalation, ring: PhoneRing, now: datetime) -> Step:
    """What is said when the call is over: how was it, or nothing where the network knows."""
    said = words(ring.language)
    if not result_is_open(session, ring):
        return HangUp(language=ring.language)
    if save_what_is_known(session, ctx, ring, now):
        return HangUp(say=said["unanswered"], language=ring.language)
    party = _party(session, ring)
    return AskKey(
        say=said["how"],
        then=tuple(said[f"{party}_{key}"] for key in RESULT_KEYS[party]),
        language=ring.language,
        pressed_url=f"{ring_url(ctx, ring)}/result",
        otherwise=said["link"],
    )


def hear_result(
    session: Session, ctx: Escalation, ring: PhoneRing, key: str, now: datetime
) -> Step:
    """Save what the key means; a key that means nothing is asked again."""
    said = words(ring.language)
    if not result_is_open(session, ring):
        return HangUp(say=said["noted"], language=ring.language)
    result = RESULT_KEYS[_party(session, ring)].get(key)
    if result is None:
        return ask_result(session, ctx, ring, now)
    assert ring.task_id is not None
    assert ring.operator_id is not None
    save_result(session, ctx, ring.operator_id, ring.task_id, str(result), now)
    _log_asked(session, ring, "key", now)
    return HangUp(say=said["noted"], language=ring.language)


def result_is_open(session: Session, ring: PhoneRing) -> bool:
    """Whether who took it still has a result to give."""
    task = session.get(CallTask, ring.task_id) if ring.task_id else None
    return (
        task is not None
        and ring.attempt_id is not None
        and task.state == TaskState.WRAPPING_UP
        and task.operator_id == ring.operator_id
    )


def save_what_is_known(session: Session, ctx: Escalation, ring: PhoneRing, now: datetime) -> bool:
    """Where nobody was spoken to, the network's fact is the result, and nobody is asked."""
    attempt = session.get_one(CallAttempt, ring.attempt_id)
    outcome = AttemptOutcome(attempt.outcome) if attempt.outcome else None
    result = known_without_asking(_party(session, ring), outcome)
    if result is None:
        return False
    assert ring.task_id is not None
    assert ring.operator_id is not None
    save_result(session, ctx, ring.operator_id, ring.task_id, str(result), now)
    return True


def on_phone_result(session: Session, ctx: Escalation, attempt_id: int, now: datetime) -> None:
    """The call ended a while ago and no key said how it went: a link goes out, once."""
    ring = ring_of_attempt(session, attempt_id)
    if ring is None or ring.task_id is None:
        return  # an operator at a screen
    lock_task(session, ring.task_id)
    session.refresh(ring)
    if ring.result_asked_at is not None or not result_is_open(session, ring):
        return
    if save_what_is_known(session, ctx, ring, now):
        return
    ring.result_asked_at = now
    outbox.put(session, TOPIC, ring.public_id, {"ring_id": ring.id}, now=now)


def deliver_result_link(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    """Text the link to the phone that took the call; where that cannot be, mail it.

    A text whose answer was lost is left alone, and the mail goes out as well.
    """
    with ctx.sessions.read() as session:
        ring = session.get_one(PhoneRing, int(item.payload["ring_id"]))
        if not result_is_open(session, ring):
            return
        incident = session.get_one(Incident, ring.incident_id)
        texting = ctx.network_named(ring.provider).texting
        link = result_link(ctx.vault, ring, ctx.public_url)
        said = words(ring.language)["text"].format(reference=incident.reference, link=link)
    is_texted = False
    if texting is not None and ring.number is not None:
        to = ctx.vault.open(ring.number)
        request = SendText(to=to, sender=None, body=said, callback_url=text_url(ctx, ring))
        try:
            texting.send(request)
            is_texted = True
        except (PermanentError, TransientError):
            is_texted = False
    with ctx.sessions.write() as session:
        ring = session.get_one(PhoneRing, ring.id)
        if not is_texted:
            _mail(session, ring, now)
        _log_asked(session, ring, "text" if is_texted else "mail", now)


def ring_of_attempt(session: Session, attempt_id: int) -> PhoneRing | None:
    """The ring by which a call was taken; None for a call from a screen."""
    return session.scalar(select(PhoneRing).where(PhoneRing.attempt_id == attempt_id))


def save_by_link(
    session: Session, ctx: Escalation, ring: PhoneRing, word: str, now: datetime
) -> None:
    """Save the result that was chosen on the page; the link has done its work.

    Raises Conflict or InvalidInput as `save_result` does.
    """
    assert ring.task_id is not None
    assert ring.operator_id is not None
    save_result(session, ctx, ring.operator_id, ring.task_id, word, now)
    ring.result_used_at = now


def _mail(session: Session, ring: PhoneRing, now: datetime) -> None:
    operator = session.get_one(Operator, ring.operator_id)
    outbox.put(
        session,
        "notify",
        f"call_result:{ring.public_id}",
        {
            "kind": str(MessageKind.CALL_RESULT),
            "account_id": ring.account_id,
            "incident_id": ring.incident_id,
            "facts": {"ring_id": ring.id, "person_id": operator.person_id},
        },
        now=now,
    )


def _log_asked(session: Session, ring: PhoneRing, by: str, now: datetime) -> None:
    assert ring.incident_id is not None
    data = {"task_id": ring.task_id, "ring_id": ring.id, "by": by}
    incident_log.append(session, ring.incident_id, LogAction.RESULT_ASKED, data, now=now)


def _party(session: Session, ring: PhoneRing) -> Party:
    return Party(session.get_one(CallTask, ring.task_id).party)
