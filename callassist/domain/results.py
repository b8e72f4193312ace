"""What a dial led to: the network's fact, or what was said. The table of DESIGN 3.3 as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AttemptOutcome(StrEnum):
    """A fact from the network about one dial."""

    ANSWERED = "answered"  # somebody picked up; what was said is a Disposition
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    DECLINED = "declined"
    VOICEMAIL = "voicemail"
    HUNG_UP = "hung_up"  # picked up and hung up within five seconds
    UNREACHABLE = "unreachable"
    INVALID_NUMBER = "invalid_number"
    CANCELLED = "cancelled"  # we hung up before an answer
    PROVIDER_ERROR = "provider_error"  # our own fault: credentials, permission, rate
    NOT_CONNECTED = "not_connected"  # the operator's own line did not come up; nobody was dialled


class Disposition(StrEnum):
    """What was said, chosen by the operator in wrap-up."""

    GUEST_AGREED = "guest_agreed"
    NOT_NOISY_NOW = "not_noisy_now"
    BOOKER_NOT_ON_SITE = "booker_not_on_site"
    GUEST_REFUSED = "guest_refused"
    HOSTILE = "hostile"
    ASKED_NOT_TO_BE_CALLED = "asked_not_to_be_called"
    WRONG_PERSON = "wrong_person"
    NOT_STAYING = "not_staying"
    LANGUAGE_BARRIER = "language_barrier"
    CALL_BACK_REQUESTED = "call_back_requested"
    EMERGENCY = "emergency"
    NO_CONVERSATION = "no_conversation"
    LINE_DROPPED = "line_dropped"
    HOST_REACHED = "host_reached"
    HOST_NOT_REACHED = "host_not_reached"
    ASKED_FOR_A_PERSON = "asked_for_a_person"  # by a key, in an automatic call
    NOT_RECORDED = "not_recorded"  # nobody saved a result; the network's fact alone counts


class NextStep(StrEnum):
    """What a saved result leads to for a guest task."""

    FOLLOW_UP = "follow_up"  # guest reached: wait for quiet
    REFUSED = "refused"  # needs_you, phone the host, resolution guest_reached
    STOP_AND_PHONE_HOST = "stop_and_phone_host"  # stop entry, no more calls this stay
    EMERGENCY = "emergency"  # supervisor and host at once, no more calls to this guest
    NEXT_NUMBER = "next_number"  # flag the number; next number at once, else host
    ANOTHER_LANGUAGE = "another_language"
    CALL_BACK = "call_back"  # at the time asked for, 5 to 15 min
    NEXT_ATTEMPT = "next_attempt"  # after attempt_gap; after the third: host
    PERSON_NOW = "person_now"  # a person continues what an automatic call began, at once
    CONTINUE_NOW = "continue_now"  # a continuation: own dial, not counted, once
    SAME_ATTEMPT_LATER = "same_attempt_later"  # cancelled: after 5 min, at most twice
    SAME_ATTEMPT_NOW = "same_attempt_now"  # not_connected: at once, to whoever is free
    OUR_FAULT = "our_fault"  # provider_error: 1 min, 3 times, then supervisor and host


@dataclass(frozen=True, kw_only=True)
class ResultRule:
    """One row of the result table."""

    counted: bool
    next_step: NextStep
    reached: bool = False  # a person of the stay was spoken to
    flags_number: bool = False
    breaks_operator: bool = False


Result = AttemptOutcome | Disposition

GUEST_RULES: dict[Result, ResultRule] = {
    Disposition.GUEST_AGREED: ResultRule(counted=True, next_step=NextStep.FOLLOW_UP, reached=True),
    Disposition.NOT_NOISY_NOW: ResultRule(counted=True, next_step=NextStep.FOLLOW_UP, reached=True),
    Disposition.BOOKER_NOT_ON_SITE: ResultRule(
        counted=True, next_step=NextStep.FOLLOW_UP, reached=True
    ),
    Disposition.GUEST_REFUSED: ResultRule(counted=True, next_step=NextStep.REFUSED, reached=True),
    Disposition.HOSTILE: ResultRule(
        counted=True, next_step=NextStep.REFUSED, reached=True, breaks_operator=True
    ),
    Disposition.ASKED_NOT_TO_BE_CALLED: ResultRule(
        counted=True, next_step=NextStep.STOP_AND_PHONE_HOST, reached=True
    ),
    Disposition.WRONG_PERSON: ResultRule(
        counted=True, next_step=NextStep.NEXT_NUMBER, flags_number=True
    ),
    Disposition.NOT_STAYING: ResultRule(
        counted=True, next_step=NextStep.NEXT_NUMBER, flags_number=True
    ),
    Disposition.LANGUAGE_BARRIER: ResultRule(counted=True, next_step=NextStep.ANOTHER_LANGUAGE),
    Disposition.CALL_BACK_REQUESTED: ResultRule(counted=True, next_step=NextStep.CALL_BACK),
    Disposition.EMERGENCY: ResultRule(counted=True, next_step=NextStep.EMERGENCY, reached=True),
    Disposition.NO_CONVERSATION: ResultRule(counted=True, next_step=NextStep.NEXT_ATTEMPT),
    Disposition.LINE_DROPPED: ResultRule(counted=True, next_step=NextStep.CONTINUE_NOW),
    Disposition.ASKED_FOR_A_PERSON: ResultRule(counted=True, next_step=NextStep.PERSON_NOW),
    Disposition.NOT_RECORDED: ResultRule(counted=True, next_step=NextStep.NEXT_ATTEMPT),
    AttemptOutcome.NO_ANSWER: ResultRule(counted=True, next_step=NextStep.NEXT_ATTEMPT),
    AttemptOutcome.BUSY: ResultRule(counted=True, next_step=NextStep.NEXT_ATTEMPT),
    AttemptOutcome.DECLINED: ResultRule(counted=True, next_step=NextStep.NEXT_ATTEMPT),
    AttemptOutcome.VOICEMAIL: ResultRule(counted=True, next_step=NextStep.NEXT_ATTEMPT),
    AttemptOutcome.HUNG_UP: ResultRule(counted=True, next_step=NextStep.NEXT_ATTEMPT),
    AttemptOutcome.UNREACHABLE: ResultRule(counted=True, next_step=NextStep.NEXT_ATTEMPT),
    AttemptOutcome.INVALID_NUMBER: ResultRule(
        counted=True, next_step=NextStep.NEXT_NUMBER, flags_number=True
    ),
    AttemptOutcome.CANCELLED: ResultRule(counted=False, next_step=NextStep.SAME_ATTEMPT_LATER),
    AttemptOutcome.PROVIDER_ERROR: ResultRule(counted=False, next_step=NextStep.OUR_FAULT),
    AttemptOutcome.NOT_CONNECTED: ResultRule(counted=False, next_step=NextStep.SAME_ATTEMPT_NOW),
}

HOST_RESULTS: frozenset[Result] = frozenset(
    {
        Disposition.HOST_REACHED,
        Disposition.HOST_NOT_REACHED,
        AttemptOutcome.INVALID_NUMBER,
        AttemptOutcome.PROVIDER_ERROR,
        AttemptOutcome.CANCELLED,
        AttemptOutcome.NOT_CONNECTED,
    }
)

# what became of a dial although nobody's phone rang by our doing: never one of the attempts
NOT_A_CALL = frozenset(
    {AttemptOutcome.PROVIDER_ERROR, AttemptOutcome.CANCELLED, AttemptOutcome.NOT_CONNECTED}
)

CONNECTED: frozenset[AttemptOutcome] = frozenset({AttemptOutcome.ANSWERED})


def parse_result(word: str) -> Result:
    """The result named by `word`; ValueError names the words that exist."""
    for kind in (Disposition, AttemptOutcome):
        if word in kind.__members__.values():
            return kind(word)
    known = ", ".join(sorted(str(result) for result in (*GUEST_RULES, *HOST_RESULTS)))
    raise ValueError(f"unknown result {word!r}; use one of {known}")
