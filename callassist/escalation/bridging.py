"""Two legs: the operator's own line comes up, then the network is told whom to dial, once.

Handing that out is the dial (DESIGN 3.4): it is committed before the network hears it, and the
same leg that asks again (its answer was lost) hears the same; any other leg hears nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callassist import timers
from callassist.domain.call_task import Party, TaskState
from callassist.domain.dial import DialMode, DialState, Leg
from callassist.domain.results import AttemptOutcome
from callassist.escalation.addresses import after_url, called_leg_url, pressed_url
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.dial_log import log_dial_started
from callassist.escalation.last_moment import may_still_be_dialled
from callassist.escalation.locks import lock_attempt
from callassist.escalation.polling import arm_poll
from callassist.escalation.recording import announce, guest_answers, guest_hears
from callassist.escalation.settling import fold_in, settle
from callassist.escalation.shown_number import shown_number
from callassist.escalation.tokens import Question, TokenHolder
from callassist.models import CallAttempt, CallTask, Incident, Operator
from callassist.ports.telephony import AskKey, BridgeRequest, Connect, HangUp, Step
from callassist.storage.facts import dialling_allowed

CONNECT_KEY = "1"
_OF_AN_OPERATOR = select(CallAttempt.id).where(
    CallAttempt.dial_token == bindparam("token"), CallAttempt.mode != str(DialMode.AUTOMATIC)
)

_ASKED = {
    "en": (
        "Call Assist. {who}, reference {reference}. Press 1 to be put through.",
        {Party.GUEST: "A call to a guest", Party.HOST: "A call to a host"},
    ),
    "fr": (
        "Call Assist. {who}, référence {reference}. Appuyez sur 1 pour être mis en relation.",
        {Party.GUEST: "Un appel à un voyageur", Party.HOST: "Un appel à un hôte"},
    ),
}
_OVER = {
    "en": "This call is not needed any more. Thank you.",
    "fr": "Cet appel n’est plus nécessaire. Merci.",
}


def operator_answers(
    session: Session, ctx: Escalation, attempt_id: int, request: BridgeRequest, now: datetime
) -> Step:
    """The operator's phone was picked up, by whom or what is not known: a key is asked for."""
    attempt, task, incident = lock_attempt(session, attempt_id)
    language = _language_of(session, attempt)
    if not _is_wanted(session, attempt, task) or not is_its_leg(attempt, request.call_id):
        return HangUp(say=_OVER[language], language=language)
    adopt(session, ctx, attempt, request.call_id, now)
    sentence, parties = _ASKED[language]
    return AskKey(
        say=sentence.format(who=parties[Party(task.party)], reference=incident.reference),
        language=language,
        pressed_url=pressed_url(ctx, attempt),
    )


def operator_pressed(
    session: Session, ctx: Escalation, attempt_id: int, request: BridgeRequest, now: datetime
) -> Step:
    """A person holds the operator's phone: the called party's number is handed out."""
    attempt, task, incident = lock_attempt(session, attempt_id)
    language = _language_of(session, attempt)
    if request.digits != CONNECT_KEY or not is_its_leg(attempt, request.call_id):
        return HangUp(language=language)
    return _hand_out(session, ctx, attempt, task, incident, request.call_id, now)


def browser_calls(session: Session, ctx: Escalation, request: BridgeRequest, now: datetime) -> Step:
    """An operator's browser asks for its attempt; anybody else's, or a second time, is refused."""
    attempt_id = session.scalar(
        select(CallAttempt.id)
        .join(Operator, Operator.id == CallAttempt.operator_id)
        .where(
            CallAttempt.public_id == request.attempt_id,
            CallAttempt.mode == DialMode.SOFTPHONE,
            Operator.public_id == operator_of(request.identity),
        )
    )
    if attempt_id is None:
        return HangUp()
    attempt, task, incident = lock_attempt(session, attempt_id)
    if not is_its_leg(attempt, request.call_id):
        return HangUp()
    return _hand_out(session, ctx, attempt, task, incident, request.call_id, now)


def called_leg_over(
    session: Session, ctx: Escalation, attempt_id: int, request: BridgeRequest, now: datetime
) -> Step:
    """The called leg has ended and the operator's is still there: nothing more to say."""
    attempt, _, _ = lock_attempt(session, attempt_id)
    if request.called is not None and attempt.handed_out_at is not None:
        fold_in(session, ctx, attempt.id, [replace(request.called, leg=Leg.CALLED)], now)
    return HangUp()


def identity_of(operator: Operator) -> str:
    """How an operator's browser is known to the network."""
    return f"operator_{operator.public_id}"


def operator_of(identity: str) -> str:
    """The public id behind an identity; of any other identity one that does not exist."""
    prefix, _, public_id = identity.partition("_")
    return public_id if prefix == "operator" else ""


def _of_an_operator(session: Session, token: str) -> int | None:
    found: int | None = session.connection().execute(_OF_AN_OPERATOR, {"token": token}).scalar()
    return found


def _hand_out(
    session: Session,
    ctx: Escalation,
    attempt: CallAttempt,
    task: CallTask,
    incident: Incident,
    call_id: str,
    now: datetime,
) -> Step:
    language = _language_of(session, attempt)
    number = attempt.number
    if number is None or not _is_wanted(session, attempt, task):
        return HangUp(say=_OVER[language], language=language)
    adopt(session, ctx, attempt, call_id, now)
    if attempt.handed_out_at is None:
        if not may_still_be_dialled(session, attempt, task, incident, now):
            outcome = AttemptOutcome.CANCELLED
            settle(session, ctx, attempt, task, incident, outcome, ended_at=now, now=now)
            return HangUp(say=_OVER[language], language=language)
        attempt.handed_out_at = now
        attempt.dial_at = now
        log_dial_started(session, incident.id, attempt, now)
    announcement = announce(session, ctx, attempt, incident, language, now)
    return Connect(
        to=ctx.vault.open(number),
        caller_id=shown_number(session, attempt.account_id, attempt.provider, attempt.incident_id),
        callback_url=called_leg_url(ctx, attempt),
        after_url=after_url(ctx, attempt),
        ring_timeout_seconds=round(ctx.settings.ring_timeout.total_seconds()),
        announcement=announcement,
    )


def _is_wanted(session: Session, attempt: CallAttempt, task: CallTask) -> bool:
    """Whether the called party should still be dialled: read as late as it can be."""
    return (
        attempt.state != DialState.ENDED
        and attempt.hang_up_requested_at is None
        and attempt.called_call_id is None
        and task.state == TaskState.ASSIGNED
        and dialling_allowed(session)
    )


def is_its_leg(attempt: CallAttempt, call_id: str) -> bool:
    """Whether the leg that asks is the attempt's own, or may be: the first to be heard of."""
    return bool(call_id) and attempt.provider_call_id in (None, call_id)


def adopt(
    session: Session, ctx: Escalation, attempt: CallAttempt, call_id: str, now: datetime
) -> None:
    """The network named the leg that we rang, perhaps before its answer to our request came."""
    if attempt.provider_call_id is None:
        attempt.provider_call_id = call_id
        attempt.looked_up_from = None
    if attempt.state in (DialState.WAITING, DialState.DIALING, DialState.IN_DOUBT):
        attempt.state = str(DialState.PLACED)
    timers.disarm(session, Deadline.ATTEMPT_DOUBT, attempt.id)
    arm_poll(session, ctx, attempt, now)


def _language_of(session: Session, attempt: CallAttempt) -> str:
    operator = session.get(Operator, attempt.operator_id) if attempt.operator_id else None
    spoken = operator.languages if operator else []
    return next((code for code in spoken if code in _ASKED), "en")


DIALS = TokenHolder(
    find=_of_an_operator,
    answers={
        Question.ANSWERED: operator_answers,
        Question.PRESSED: operator_pressed,
        Question.OVER: called_leg_over,
        Question.ANNOUNCE: guest_hears,
        Question.CONSENT: guest_answers,
    },
    record=fold_in,
)
