"""Whatever the guest's phone does, it is one call, and it ends in the same words everywhere."""

from __future__ import annotations

import pytest

from tests.telephony.nights.conftest import BeginNight

SAYS = [
    ("busy", "busy"),
    ("declined", "declined"),
    ("no-answer", "no_answer"),
    ("unreachable", "unreachable"),
    ("invalid", "invalid_number"),
    ("hangs-up", "hung_up"),
]


@pytest.mark.parametrize(("guest", "outcome"), SAYS)
def test_nobody_speaks_with_the_guest(night: BeginNight, guest: str, outcome: str) -> None:
    tonight = night(guest).begin()
    tonight.call()
    assert tonight.until_ended().outcome == outcome
    tonight.save(outcome)
    assert tonight.attempt().counted is True
    assert tonight.rang() <= 1


def test_the_guest_answers_and_agrees(night: BeginNight) -> None:
    tonight = night("answers").begin()
    tonight.call()
    ended = tonight.until_ended()
    assert (ended.outcome, ended.talk_seconds) == ("answered", 60)
    tonight.save("guest_agreed")
    assert tonight.stage.incident().state == "following_up"
    page = tonight.owner.page(f"/incidents/{tonight.stage.incident().public_id}")
    assert "Agreed to turn it down" in page
    assert tonight.rang() == 1


def test_a_phone_that_rings_long_is_answered_in_the_end(night: BeginNight) -> None:
    tonight = night("rings-long").begin()
    tonight.call()
    ended = tonight.until_ended()
    assert (ended.outcome, ended.talk_seconds) == ("answered", 30)


def test_a_mailbox_is_not_taken_for_the_guest(night: BeginNight) -> None:
    tonight = night("voicemail", CALLASSIST_TWILIO_MACHINE_DETECTION="enable").begin()
    tonight.call()
    assert tonight.until_ended().outcome == "voicemail"


def test_hung_up_while_it_rings_the_call_is_cancelled(night: BeginNight) -> None:
    tonight = night("no-answer").begin()
    tonight.call()
    tonight.until_state("ringing")
    tonight.hang_up()
    assert tonight.until_ended().outcome == "cancelled"
    assert tonight.rang() == 1


def test_hung_up_while_they_talk_the_talk_is_kept(night: BeginNight) -> None:
    tonight = night("talks-long").begin()
    tonight.call()
    tonight.until_state("talking")
    tonight.world.pass_time(seconds=20)
    tonight.hang_up()
    ended = tonight.until_ended()
    assert ended.outcome == "answered"
    assert ended.talk_seconds in range(15, 30)
