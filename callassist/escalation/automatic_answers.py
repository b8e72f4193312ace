"""What the automatic call says to a guest, and what a key does.

A key settles the call: it is committed before the guest hears the answer, so that neither a
report that is lost nor a crash makes us phone again somebody who said yes. A key that comes twice
hears the same; one that comes after the call's end still counts, as the guest's own answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log, stays
from callassist.domain.automatic_call import Key
from callassist.domain.call_task import TaskState
from callassist.domain.dial import DialMode, DialState
from callassist.domain.incident import IncidentState
from callassist.domain.log_action import LogAction
from callassist.domain.results import AttemptOutcome, Disposition, Result
from callassist.errors import Conflict
from callassist.escalation.addresses import pressed_url
from callassist.escalation.bridging import adopt, is_its_leg
from callassist.escalation.context import Escalation
from callassist.escalation.guest_answers import GuestAnswer, answer
from callassist.escalation.locks import lock_attempt
from callassist.escalation.moves import state_of
from callassist.escalation.settling import fold_in, settle
from callassist.escalation.telling import page_supervisor
from callassist.escalation.tokens import Question, TokenHolder
from callassist.models import Breach, CallAttempt, CallTask, Incident, Property, Stay
from callassist.ports.telephony import AskKey, BridgeRequest, HangUp, Step
from callassist.stays.guest_words import language_of
from callassist.storage.facts import dialling_allowed

_SAID: Mapping[Key, tuple[Result, GuestAnswer | None, str]] = {
    Key.TURN_IT_DOWN: (Disposition.GUEST_AGREED, GuestAnswer.TURN_IT_DOWN, "voice_thanks"),
    Key.SPEAK_TO_SOMEONE: (Disposition.ASKED_FOR_A_PERSON, GuestAnswer.CALL_ME, "voice_person"),
    Key.NO_MORE: (Disposition.NO_CONVERSATION, None, "voice_stopped"),
}


def guest_answers(
    session: Session, ctx: Escalation, attempt_id: int, request: BridgeRequest, now: datetime
) -> Step:
    """The guest's phone was picked up: the menu, unless it is not needed any more."""
    attempt, task, incident = lock_attempt(session, attempt_id)
    if not is_its_leg(attempt, request.call_id) or attempt.outcome == AttemptOutcome.VOICEMAIL:
        return HangUp()  # a mailbox is left no message
    language = _language_of(session, incident)
    if not _is_wanted(session, attempt, task):
        return _says(ctx, language, "voice_over")
    adopt(session, ctx, attempt, request.call_id, now)
    return menu(session, ctx, attempt, incident, language)


def guest_pressed(
    session: Session, ctx: Escalation, attempt_id: int, request: BridgeRequest, now: datetime
) -> Step:
    """A key: the call is settled by it, once; a key that says nothing has the menu said again."""
    attempt, task, incident = lock_attempt(session, attempt_id)
    if not is_its_leg(attempt, request.call_id):
        return HangUp()
    language = _language_of(session, incident)
    if request.digits not in Key.__members__.values():
        if not _is_wanted(session, attempt, task):
            return HangUp()
        return menu(session, ctx, attempt, incident, language, times=1)
    key = Key(request.digits)
    result, said, _ = _SAID[key]
    if attempt.disposition == result:
        return _says(ctx, language, _reply(session, incident, key))  # our answer was lost
    if attempt.state == DialState.ENDED:
        return _heed_late(session, ctx, attempt, incident, key, language, now)
    adopt(session, ctx, attempt, request.call_id, now)
    _note_key(session, ctx, attempt, incident, said, now)
    _settle(session, ctx, attempt, task, incident, result, now)
    words = _reply(session, incident, key)
    if words == "voice_person":
        page_supervisor(
            session, incident, "guest_wants_a_person", now=now, once_per=str(attempt.id)
        )
    return _says(ctx, language, words)


def menu(
    session: Session,
    ctx: Escalation,
    attempt: CallAttempt,
    incident: Incident,
    language: str,
    *,
    times: int = 2,
) -> AskKey:
    """What a guest hears: who calls and for whom, what is measured, and the keys. No levels."""
    words = ctx.guest_words[language]
    host = session.get_one(Property, incident.property_id).host_spoken_name
    about = ("voice_loud", "voice_measured") if incident.breach_id else ("voice_reported",)
    return AskKey(
        say=words["voice_who"].format(host=host) if host else words["voice_who_your_host"],
        then=tuple(words[name] for name in (*about, "voice_key_1", "voice_key_2", "voice_key_9")),
        language=language,
        pressed_url=pressed_url(ctx, attempt),
        times=times,
        otherwise=words["voice_goodbye"],
    )


def _reply(session: Session, incident: Incident, key: Key) -> str:
    """What is said to a key that was heeded; nobody is promised a call that is not made."""
    _, _, words = _SAID[key]
    if key is not Key.SPEAK_TO_SOMEONE or state_of(incident) is IncidentState.CALLING_GUEST:
        return words
    return "voice_quiet" if _is_quiet(session, incident) else "voice_goodbye"


def _settle(
    session: Session,
    ctx: Escalation,
    attempt: CallAttempt,
    task: CallTask,
    incident: Incident,
    result: Result,
    now: datetime,
) -> None:
    """The call is over for us; what the network still tells of its end changes nothing."""
    attempt.answered_at = attempt.answered_at or now
    settle(
        session,
        ctx,
        attempt,
        task,
        incident,
        AttemptOutcome.ANSWERED,
        ended_at=now,
        talk_seconds=max(round((now - attempt.answered_at).total_seconds()), 0),
        now=now,
        said=result,
    )


def _heed_late(
    session: Session,
    ctx: Escalation,
    attempt: CallAttempt,
    incident: Incident,
    key: Key,
    language: str,
    now: datetime,
) -> Step:
    """The end was reported before the key: heeded as if the guest had said it by page."""
    _, said, words = _SAID[key]
    if attempt.disposition is not None:
        return HangUp()  # another key settled it
    if said is None:
        _stop(session, attempt, incident, now)
        return _says(ctx, language, words)
    try:
        answer(session, ctx, incident.id, said, "key", now=now)
    except Conflict:  # nobody phones the guest any more
        return HangUp()
    return _says(ctx, language, words)


def _note_key(
    session: Session,
    ctx: Escalation,
    attempt: CallAttempt,
    incident: Incident,
    said: GuestAnswer | None,
    now: datetime,
) -> None:
    if said is None:
        _stop(session, attempt, incident, now)
        return
    data = {"answer": str(said), "via": "key"}
    incident_log.append(session, incident.id, LogAction.GUEST_ANSWERED, data, now=now)


def _stop(session: Session, attempt: CallAttempt, incident: Incident, now: datetime) -> None:
    if stays.stop(session, attempt.number_index, "key", now):
        incident_log.append(session, incident.id, LogAction.GUEST_STOPPED, {}, now=now)


def _is_wanted(session: Session, attempt: CallAttempt, task: CallTask) -> bool:
    return (
        attempt.state != DialState.ENDED
        and attempt.hang_up_requested_at is None
        and task.state == TaskState.ASSIGNED
        and dialling_allowed(session)
    )


def _is_quiet(session: Session, incident: Incident) -> bool:
    if incident.breach_id is None:
        return False
    return session.get_one(Breach, incident.breach_id).ended_at is not None


def _language_of(session: Session, incident: Incident) -> str:
    """The guest's own: a voice has words in more languages than a desk has people."""
    stay = session.get(Stay, incident.stay_id) if incident.stay_id else None
    return language_of(stay.language if stay else incident.language)


def _says(ctx: Escalation, language: str, words: str) -> HangUp:
    return HangUp(say=ctx.guest_words[language][words], language=language)


def _find(session: Session, token: str) -> int | None:
    return session.scalar(
        select(CallAttempt.id).where(
            CallAttempt.dial_token == token, CallAttempt.mode == str(DialMode.AUTOMATIC)
        )
    )


AUTOMATIC_CALLS = TokenHolder(
    find=_find,
    answers={Question.ANSWERED: guest_answers, Question.PRESSED: guest_pressed},
    record=fold_in,
)
