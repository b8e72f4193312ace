"""Calls in which nobody talked: what the network says, dropped lines, our own faults."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.escalation.night import HANGS_UP, NO_ANSWER, VOICEMAIL, called


@pytest.mark.parametrize(
    ("number", "outcome"),
    [
        (NO_ANSWER, "no_answer"),
        (VOICEMAIL, "voicemail"),
        (HANGS_UP, "hung_up"),
        ("+12025550130", "busy"),
        ("+12025550160", "declined"),
        ("+12025550170", "unreachable"),
    ],
)
def test_what_the_network_says_presets_the_result_and_the_next_attempt_is_five_minutes_later(
    night, number, outcome
):
    home = called(night, guest_numbers=(number,))
    attempt = home.work()
    assert attempt.outcome == outcome
    task = home.tasks()[-1]
    assert task.attempt_number == 2
    assert attempt.ended_at is not None
    assert task.available_at == attempt.ended_at + timedelta(minutes=5)


def test_a_talk_without_a_conversation_is_an_attempt(night):
    home = called(night)
    home.work("no_conversation")
    assert home.tasks()[-1].attempt_number == 2


def test_a_dropped_line_is_continued_at_once_and_only_once(night):
    home = called(night)
    home.work("line_dropped")
    assert home.tasks()[-1].continuation
    home.work("line_dropped")
    again = home.tasks()[-1]
    assert (again.continuation, again.attempt_number) == (False, 2)
    assert again.available_at > home.clock.now()
    assert [attempt.counted for attempt in home.attempts()] == [True, False]


def test_our_own_hang_up_before_an_answer_is_not_counted_and_repeated_twice_at_most(night):
    home = called(night, guest_numbers=("+12025550190",))
    for _ in range(3):
        home.accept()
        home.dial()
        home.hang_up()
        home.pass_time(minutes=5, seconds=20)
    assert [attempt.outcome for attempt in home.attempts()] == ["cancelled"] * 3
    assert not any(attempt.counted for attempt in home.attempts())
    assert home.incident.state == "calling_host"


def test_our_own_fault_is_not_counted_and_ends_with_supervisor_and_host(night):
    home = called(night)
    home.network.faults = home.network.faults.__class__(lose_request=1.0)
    for _ in range(4):
        home.accept()
        home.dial()
        home.pass_time(minutes=2)
    assert {attempt.outcome for attempt in home.attempts()} == {"provider_error"}
    assert home.incident.state == "calling_host"
    assert "supervisor_page:dialling_fails" in home.told()
