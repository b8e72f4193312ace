"""What follows from a saved result. Pure: takes a snapshot, returns a decision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from callassist.domain.results import (
    GUEST_RULES,
    AttemptOutcome,
    Disposition,
    NextStep,
    Result,
)


class HostReason(StrEnum):
    """Why the host is phoned instead of the guest."""

    ATTEMPTS_USED = "attempts_used"
    REFUSED = "refused"
    ASKED_NOT_TO_BE_CALLED = "asked_not_to_be_called"
    EMERGENCY = "emergency"
    NO_NUMBER = "no_number"
    HOST_ONLY = "host_only"
    STAY_CHANGED = "stay_changed"
    LANGUAGE = "language"
    OUR_FAULT = "our_fault"
    NOBODY_TOOK_IT = "nobody_took_it"
    NUMBER_REFUSED = "number_refused"
    CAP_REACHED = "cap_reached"


@dataclass(frozen=True)
class Reached:
    """A person was spoken to: follow up."""


@dataclass(frozen=True)
class PhoneHost:
    """No more calls to the guest; the host is next."""

    reason: HostReason
    guest_was_reached: bool = False


@dataclass(frozen=True, kw_only=True)
class CallAgain:
    """Another dial to the guest."""

    attempt_number: int
    available_at: datetime
    continuation: bool = False
    guest_asked: bool = False
    language: str | None = None
    same_operator: bool = True


@dataclass(frozen=True)
class CloseQuiet:
    """The noise ended meanwhile and nobody was reached."""


@dataclass(frozen=True, kw_only=True)
class CallHostAgain:
    """Another dial to a host contact."""

    contact_position: int
    dial: int
    available_at: datetime


@dataclass(frozen=True)
class NobodyReached:
    """Every host contact was tried."""


GuestDecision = Reached | PhoneHost | CallAgain | CloseQuiet
HostDecision = Reached | CallHostAgain | NobodyReached | CloseQuiet


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The policy's and the service's numbers that a decision needs."""

    attempts: int
    attempt_gap: timedelta
    cancelled_limit: int
    provider_error_limit: int
    provider_error_retry: timedelta
    host_dials_per_contact: int
    call_back_min: timedelta
    call_back_max: timedelta


@dataclass(frozen=True, kw_only=True)
class GuestSnapshot:
    """What was true when the result of a guest task was saved."""

    now: datetime
    ended_at: datetime
    attempt_number: int
    counted_attempts: int  # including this one
    numbers_left: int  # unflagged, after this result flagged its own
    noise_ended: bool
    cancel_redials: int  # before this one
    provider_errors: int  # before this one
    continuation_used: bool
    barrier_met: bool
    continuation: bool = False  # this dial was itself a continuation, so not counted
    language: str | None = None  # of the language barrier
    language_free: bool = False  # an operator with it is available now
    language_on_shift: bool = False
    call_back_at: datetime | None = None
    phoned_back: bool = False  # since this dial was asked for; they were promised a call


_HOST_NOT_NEEDED_ONCE_QUIET = (NextStep.REFUSED, NextStep.STOP_AND_PHONE_HOST)


def decide_guest(result: Result, at: GuestSnapshot, limits: Limits) -> GuestDecision:
    """The next step for a guest task whose result was saved (table of DESIGN 3.3)."""
    decision = _by_the_rules(result, at, limits)
    return _as_promised(decision, at) if at.phoned_back else decision


def _as_promised(decision: GuestDecision, at: GuestSnapshot) -> GuestDecision:
    """Who phoned while we rang them is called at once, once more after the last attempt too."""
    if decision == PhoneHost(HostReason.ATTEMPTS_USED):
        # uncounted: whatever happens, there are three counted attempts at most
        return CallAgain(
            attempt_number=at.attempt_number,
            available_at=at.now,
            continuation=True,
            guest_asked=True,
        )
    if isinstance(decision, CallAgain):
        return replace(decision, available_at=at.now, guest_asked=True)
    return decision


def _by_the_rules(result: Result, at: GuestSnapshot, limits: Limits) -> GuestDecision:
    rule = GUEST_RULES[result]
    step = rule.next_step
    if result is Disposition.LINE_DROPPED and at.continuation_used:
        step = NextStep.NEXT_ATTEMPT
    if step is NextStep.FOLLOW_UP:
        return Reached()
    if at.noise_ended and step in _HOST_NOT_NEEDED_ONCE_QUIET:
        return Reached()
    if step is NextStep.REFUSED:
        return PhoneHost(HostReason.REFUSED, guest_was_reached=True)
    if step is NextStep.STOP_AND_PHONE_HOST:
        return PhoneHost(HostReason.ASKED_NOT_TO_BE_CALLED, guest_was_reached=True)
    if step is NextStep.EMERGENCY:
        return PhoneHost(HostReason.EMERGENCY, guest_was_reached=True)
    if at.noise_ended:
        return CloseQuiet()
    return _call_again(step, at, limits)


def _call_again(step: NextStep, at: GuestSnapshot, limits: Limits) -> GuestDecision:
    if step is NextStep.CONTINUE_NOW:
        return CallAgain(attempt_number=at.attempt_number, available_at=at.now, continuation=True)
    if step is NextStep.PERSON_NOW:
        return _person_now(at, limits)
    if step is NextStep.SAME_ATTEMPT_LATER:
        if at.cancel_redials >= limits.cancelled_limit:
            return PhoneHost(HostReason.OUR_FAULT)
        return _same_again(at, at.ended_at + limits.attempt_gap)
    if step in (NextStep.OUR_FAULT, NextStep.SAME_ATTEMPT_NOW):
        if at.provider_errors >= limits.provider_error_limit:
            return PhoneHost(HostReason.OUR_FAULT)
        if step is NextStep.SAME_ATTEMPT_NOW:
            return replace(_same_again(at, at.now), same_operator=False)
        return _same_again(at, at.ended_at + limits.provider_error_retry)
    if step is NextStep.ANOTHER_LANGUAGE:
        return _another_language(at, limits)
    if at.counted_attempts >= limits.attempts:
        return PhoneHost(HostReason.ATTEMPTS_USED)
    if step is NextStep.NEXT_NUMBER:
        if at.numbers_left == 0:
            return PhoneHost(HostReason.NO_NUMBER)
        return CallAgain(attempt_number=at.counted_attempts + 1, available_at=at.now)
    if step is NextStep.CALL_BACK:
        asked = at.call_back_at or at.now
        earliest, latest = at.now + limits.call_back_min, at.now + limits.call_back_max
        return CallAgain(
            attempt_number=at.counted_attempts + 1,
            available_at=min(max(asked, earliest), latest),
            guest_asked=True,
        )
    return CallAgain(
        attempt_number=at.counted_attempts + 1, available_at=at.ended_at + limits.attempt_gap
    )


def _same_again(at: GuestSnapshot, available_at: datetime) -> CallAgain:
    """The same attempt once more; a continuation stays one, or it would count as a fourth."""
    return CallAgain(
        attempt_number=at.attempt_number, available_at=available_at, continuation=at.continuation
    )


def _person_now(at: GuestSnapshot, limits: Limits) -> GuestDecision:
    """A person continues the attempt, once in an incident; after that it is the next attempt."""
    is_first = not at.continuation_used
    if not is_first and at.counted_attempts >= limits.attempts:
        return PhoneHost(HostReason.ATTEMPTS_USED)
    return CallAgain(
        attempt_number=at.attempt_number if is_first else at.counted_attempts + 1,
        available_at=at.now,
        continuation=is_first,
        guest_asked=True,
        same_operator=False,
    )


def _another_language(at: GuestSnapshot, limits: Limits) -> GuestDecision:
    if at.barrier_met or not at.language_on_shift:
        return PhoneHost(HostReason.LANGUAGE)
    if at.language_free and not at.continuation_used:
        return CallAgain(
            attempt_number=at.attempt_number,
            available_at=at.now,
            continuation=True,
            language=at.language,
            same_operator=False,
        )
    if at.counted_attempts >= limits.attempts:
        return PhoneHost(HostReason.ATTEMPTS_USED)
    return CallAgain(
        attempt_number=at.counted_attempts + 1,
        available_at=at.ended_at + limits.attempt_gap,
        language=at.language,
        same_operator=False,
    )


@dataclass(frozen=True, kw_only=True)
class HostSnapshot:
    """What was true when the result of a host task was saved."""

    now: datetime
    ended_at: datetime
    contact_position: int
    dial: int  # 1 or 2 for this contact
    later_positions: tuple[int, ...]  # unflagged contacts after this one
    noise_ended: bool
    cancel_redials: int
    provider_errors: int


def decide_host(result: Result, at: HostSnapshot, limits: Limits) -> HostDecision:
    """The next step for a host task: 2 dials per contact, 5 min apart, then the next contact."""
    if result is Disposition.HOST_REACHED:
        return Reached()
    if at.noise_ended:
        return CloseQuiet()
    retry = CallHostAgain(
        contact_position=at.contact_position,
        dial=at.dial,
        available_at=at.ended_at + limits.attempt_gap,
    )
    if result is AttemptOutcome.PROVIDER_ERROR and at.provider_errors < limits.provider_error_limit:
        return CallHostAgain(
            contact_position=at.contact_position,
            dial=at.dial,
            available_at=at.ended_at + limits.provider_error_retry,
        )
    if result is AttemptOutcome.NOT_CONNECTED and at.provider_errors < limits.provider_error_limit:
        return CallHostAgain(
            contact_position=at.contact_position, dial=at.dial, available_at=at.now
        )
    if result is AttemptOutcome.CANCELLED and at.cancel_redials < limits.cancelled_limit:
        return retry
    if result is Disposition.HOST_NOT_REACHED and at.dial < limits.host_dials_per_contact:
        return CallHostAgain(
            contact_position=at.contact_position,
            dial=at.dial + 1,
            available_at=retry.available_at,
        )
    if at.later_positions:
        return CallHostAgain(contact_position=at.later_positions[0], dial=1, available_at=at.now)
    return NobodyReached()
