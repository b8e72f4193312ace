"""What follows one result: single rows of the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from callassist.domain.results import (
    GUEST_RULES,
    AttemptOutcome,
    Disposition,
    Result,
)
from callassist.escalation.policy import (
    CallAgain,
    CallHostAgain,
    CloseQuiet,
    GuestSnapshot,
    HostReason,
    HostSnapshot,
    Limits,
    PhoneHost,
    Reached,
    decide_guest,
    decide_host,
)

NOW = datetime(2026, 6, 13, 22, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIMITS = Limits(
    attempts=3,
    attempt_gap=5 * MINUTE,
    cancelled_limit=2,
    provider_error_limit=3,
    provider_error_retry=MINUTE,
    host_dials_per_contact=2,
    call_back_min=5 * MINUTE,
    call_back_max=15 * MINUTE,
)
GUEST = GuestSnapshot(
    now=NOW,
    ended_at=NOW - MINUTE,
    attempt_number=1,
    counted_attempts=1,
    numbers_left=1,
    noise_ended=False,
    cancel_redials=0,
    provider_errors=0,
    continuation_used=False,
    barrier_met=False,
)
HOST = HostSnapshot(
    now=NOW,
    ended_at=NOW - MINUTE,
    contact_position=1,
    dial=1,
    later_positions=(),
    noise_ended=False,
    cancel_redials=0,
    provider_errors=0,
)
D, A = Disposition, AttemptOutcome
TALKS = [D.GUEST_AGREED, D.NOT_NOISY_NOW, D.BOOKER_NOT_ON_SITE]
REFUSALS = [D.GUEST_REFUSED, D.HOSTILE, D.ASKED_NOT_TO_BE_CALLED]
UNCOUNTED = [A.CANCELLED, A.PROVIDER_ERROR, A.NOT_CONNECTED]


def after(result: Result, limits: Limits = LIMITS, **facts: Any):
    """The decision after a guest result, with some facts changed."""
    return decide_guest(result, replace(GUEST, **facts), limits)


@pytest.mark.parametrize(("made", "then", "uncounted"), [(1, 2, False), (3, 3, True)])
def test_who_phoned_while_we_rang_them_is_called_at_once_and_nothing_is_a_fourth_attempt(
    made, then, uncounted
):
    decided = after(A.NO_ANSWER, attempt_number=made, counted_attempts=made, phoned_back=True)
    assert isinstance(decided, CallAgain)
    assert (decided.available_at, decided.guest_asked) == (NOW, True)
    assert (decided.attempt_number, decided.continuation) == (then, uncounted)


@pytest.mark.parametrize("result", TALKS + REFUSALS)
def test_a_guest_who_was_spoken_to_needs_no_call_that_was_promised(result):
    assert after(result, phoned_back=True) == after(result)


@pytest.mark.parametrize("result", TALKS)
@pytest.mark.parametrize("noise_ended", [True, False])
def test_a_guest_who_was_reached_is_followed_up_noise_or_not(result, noise_ended):
    assert after(result, noise_ended=noise_ended) == Reached()


@pytest.mark.parametrize("result", REFUSALS)
def test_a_guest_who_says_no_is_reached_and_the_host_is_phoned(result):
    decided = after(result)
    assert isinstance(decided, PhoneHost)
    assert decided.guest_was_reached


@pytest.mark.parametrize("result", REFUSALS)
def test_a_guest_who_says_no_while_it_gets_quiet_needs_no_host(result):
    assert after(result, noise_ended=True) == Reached()


def test_an_emergency_phones_the_host_even_when_it_is_quiet():
    decided = after(D.EMERGENCY, noise_ended=True)
    assert decided == PhoneHost(HostReason.EMERGENCY, guest_was_reached=True)


@pytest.mark.parametrize("result", [each for each in GUEST_RULES if not GUEST_RULES[each].reached])
def test_nobody_is_called_again_once_it_is_quiet(result):
    assert after(result, noise_ended=True) == CloseQuiet()


def test_a_call_that_continues_stays_uncounted_when_it_is_cancelled_or_fails():
    used: dict[str, Any] = {"continuation": True, "continuation_used": True, "counted_attempts": 3}
    for result in UNCOUNTED:
        decided = after(result, attempt_number=3, **used)
        assert isinstance(decided, CallAgain)
        assert decided.continuation


def test_a_second_dropped_line_is_an_ordinary_attempt():
    decided = after(D.LINE_DROPPED, continuation_used=True)
    assert decided == CallAgain(attempt_number=2, available_at=GUEST.ended_at + 5 * MINUTE)


def test_a_wrong_number_hands_over_at_once_while_numbers_and_attempts_are_left():
    assert after(D.WRONG_PERSON) == CallAgain(attempt_number=2, available_at=NOW)
    assert after(D.WRONG_PERSON, numbers_left=0) == PhoneHost(HostReason.NO_NUMBER)
    assert after(D.WRONG_PERSON, counted_attempts=3) == PhoneHost(HostReason.ATTEMPTS_USED)


def test_a_second_language_barrier_phones_the_host():
    spoken: dict[str, Any] = {"language": "fr", "language_on_shift": True, "language_free": True}
    assert after(D.LANGUAGE_BARRIER, **spoken).continuation
    assert after(D.LANGUAGE_BARRIER, barrier_met=True, **spoken) == PhoneHost(HostReason.LANGUAGE)


def test_one_attempt_only_when_the_host_wants_one():
    one = replace(LIMITS, attempts=1)
    assert after(A.NO_ANSWER, one) == PhoneHost(HostReason.ATTEMPTS_USED)


def test_a_host_contact_is_dialled_twice_then_the_next_one_at_once():
    two = replace(HOST, later_positions=(2, 4))
    again = decide_host(D.HOST_NOT_REACHED, two, LIMITS)
    assert again == CallHostAgain(
        contact_position=1, dial=2, available_at=HOST.ended_at + 5 * MINUTE
    )
    further = decide_host(D.HOST_NOT_REACHED, replace(two, dial=2), LIMITS)
    assert further == CallHostAgain(contact_position=2, dial=1, available_at=NOW)


def test_who_asks_a_voice_for_a_person_is_called_at_once_without_a_further_attempt():
    decided = after(D.ASKED_FOR_A_PERSON, attempt_number=2, counted_attempts=2)
    assert (decided.attempt_number, decided.continuation, decided.guest_asked) == (2, True, True)


def test_the_second_time_it_is_the_next_attempt_and_never_a_fourth():
    again = after(D.ASKED_FOR_A_PERSON, counted_attempts=2, continuation_used=True)
    assert (again.attempt_number, again.continuation, again.guest_asked) == (3, False, True)
    last = after(D.ASKED_FOR_A_PERSON, counted_attempts=3, continuation_used=True)
    assert last == PhoneHost(HostReason.ATTEMPTS_USED)
