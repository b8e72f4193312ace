"""Every row of the result table (DESIGN 3.3), saved by an operator through the real engine."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from callassist.domain.results import GUEST_RULES, AttemptOutcome, Disposition
from callassist.models import StayNumber, StopEntry
from tests.escalation.night import INVALID, NO_ANSWER, REFUSED, called
from tests.escalation.scene import ANSWERS

OTHER = "+12025550104"


@pytest.mark.parametrize("result", ["guest_agreed", "not_noisy_now", "booker_not_on_site"])
def test_a_guest_who_agrees_is_followed_up(night, result):
    home = called(night)
    home.work(result)
    assert home.incident.state == "following_up"
    assert home.incident.first_contact == "guest"
    assert home.findings() == []


@pytest.mark.parametrize("result", ["guest_refused", "hostile"])
def test_a_refusal_needs_the_host_and_counts_as_guest_reached(night, result):
    home = called(night)
    home.work(result)
    assert home.incident.state == "calling_host"
    assert "needs_you:guest_refused" in home.told()
    assert "guest_not_reached" not in home.told()
    assert home.presence() == ("break" if result == "hostile" else "offered")
    if result == "hostile":
        home.available()
    home.work("host_reached")
    assert home.incident.state == "following_up"
    home.pass_time(minutes=31)
    assert home.incidents()[0].resolution == "guest_reached"


def test_a_guest_who_refused_counts_as_reached_even_when_no_host_answers(night):
    home = called(night, host_numbers=(NO_ANSWER,))
    home.work("guest_refused")
    home.work("host_not_reached")
    home.pass_time(minutes=6)
    home.work("host_not_reached")
    assert home.incident.state == "following_up"
    home.noise_ends()
    assert home.incident.resolution == "guest_reached"


def test_a_guest_who_asks_not_to_be_called_is_never_called_again(night):
    home = called(night)
    home.work("asked_not_to_be_called")
    assert home.incident.state == "calling_host"
    with home.sessions.read() as session:
        assert session.get(StopEntry, home.vault.index(ANSWERS)) is not None
    home.work("host_reached")
    home.noise_ends()
    home.pass_time(minutes=5)
    home.noise_for_30_minutes()
    assert home.incident.state == "calling_host"
    assert home.tasks()[-1].party == "host"


@pytest.mark.parametrize("result", ["wrong_person", "not_staying"])
def test_a_wrong_number_is_flagged_and_the_next_number_is_called_at_once(night, result):
    home = called(night, guest_numbers=(ANSWERS, OTHER))
    home.work(result)
    assert "number_flagged" in home.told()
    assert home.presence() == "offered"
    home.work("guest_agreed")
    assert [attempt.attempt_number for attempt in home.attempts()] == [1, 2]
    assert home.attempts()[1].number_index == home.vault.index(OTHER)


def test_a_wrong_number_without_another_phones_the_host(night):
    home = called(night)
    home.work("wrong_person")
    assert home.incident.state == "calling_host"


def test_an_invalid_number_is_flagged_and_the_host_phoned_at_once(night):
    home = called(night, guest_numbers=(INVALID,))
    home.work("invalid_number")
    assert home.incident.state == "calling_host"
    assert "number_flagged" in home.told()
    with home.sessions.read() as session:
        assert session.scalar(select(StayNumber.flag_reason)) == "invalid_number"


def test_a_number_refused_on_creation_is_invalid(night):
    home = called(night, guest_numbers=(REFUSED, OTHER))
    home.work("invalid_number")
    home.work("guest_agreed")
    assert home.attempts()[1].number_index == home.vault.index(OTHER)


def test_three_wrong_numbers_use_up_the_three_attempts(night):
    numbers = tuple(f"+1202555010{n}" for n in range(4))
    home = called(night, guest_numbers=numbers)
    for _ in range(3):
        home.work("wrong_person")
    assert home.incident.state == "calling_host"
    assert sum(bool(attempt.counted) for attempt in home.attempts()) == 3


def test_a_language_barrier_hands_over_to_a_free_colleague_at_once(night):
    home = night(operators={"Ann": ("en",), "Zoe": ("en", "fr")})
    home.available("Ann")
    home.noise_for_30_minutes()
    home.available("Zoe")
    home.work("language_barrier", "Ann", language="fr")
    assert home.presence("Zoe") == "offered"
    home.work("guest_agreed", "Zoe")
    first, second = home.attempts()
    assert (first.attempt_number, second.attempt_number) == (1, 1)
    assert (first.counted, second.counted) == (True, False)
    assert home.incident.language == "fr"


def test_a_language_barrier_waits_five_minutes_for_a_busy_colleague(night):
    home = night(operators={"Ann": ("en",), "Zoe": ("en", "fr")})
    home.available("Ann")
    home.noise_for_30_minutes()
    home.work("language_barrier", "Ann", language="fr")
    home.pass_time(minutes=5, seconds=1)
    home.available("Zoe")
    home.work("guest_agreed", "Zoe")
    assert [attempt.attempt_number for attempt in home.attempts()] == [1, 2]


def test_a_language_that_nobody_on_shift_speaks_phones_the_host(night):
    home = called(night)
    home.work("language_barrier", language="de")
    assert home.incident.state == "calling_host"


def test_a_call_back_is_made_when_the_guest_asked_for_it(night):
    home = called(night)
    asked = home.clock.now() + timedelta(minutes=12)
    home.work("call_back_requested", call_back_at=asked)
    task = home.tasks()[-1]
    assert task.available_at == asked
    assert task.attempt_number == 2


@pytest.mark.parametrize(("minutes", "given"), [(1, 5), (40, 15)])
def test_a_call_back_is_five_to_fifteen_minutes_away(night, minutes, given):
    home = called(night)
    asked = home.clock.now() + timedelta(minutes=minutes)
    home.accept()
    home.dial()
    home.call_ends()
    now = home.clock.now()
    home.save("call_back_requested", call_back_at=asked)
    assert home.tasks()[-1].available_at == now + timedelta(minutes=given)


def test_an_emergency_alarms_supervisor_and_host_and_ends_calls_to_the_guest(night):
    home = called(night)
    home.work("emergency")
    assert home.incident.state == "calling_host"
    assert "needs_you:emergency" in home.told()
    assert "supervisor_page:emergency" in home.told()


def test_nobody_reached_is_told_on_every_channel(night):
    home = called(night, guest_numbers=(INVALID,), host_numbers=(NO_ANSWER, "+12025550121"))
    home.work("invalid_number")
    for _ in range(2):
        home.work("host_not_reached")
        home.pass_time(minutes=5, seconds=20)
        home.work("host_not_reached")
    assert home.incident.resolution == "nobody_reached"
    assert "needs_you:nobody_reached" in home.told()
    host_dials = [attempt for attempt in home.attempts() if attempt.party == "host"]
    assert len(host_dials) == 4


def test_an_invalid_host_number_is_flagged_and_the_second_contact_called_at_once(night):
    home = called(night, guest_numbers=(INVALID,), host_numbers=("+12025550181", ANSWERS))
    home.work("invalid_number")
    home.work("invalid_number")
    home.work("host_reached")
    assert home.incident.first_contact == "host"


def test_every_result_of_the_table_is_tried():
    not_by_hand = {  # test_two_legs, test_automatic_call
        Disposition.NOT_RECORDED,
        Disposition.ASKED_FOR_A_PERSON,
        AttemptOutcome.NOT_CONNECTED,
    }
    tests = Path(__file__).parent
    tried = [tests / "test_results.py", tests / "test_calls_without_a_talk.py"]
    text = "".join(path.read_text(encoding="utf-8") for path in tried)
    missing = [
        str(result)
        for result in GUEST_RULES
        if result not in not_by_hand and f'"{result}"' not in text
    ]
    assert missing == []
