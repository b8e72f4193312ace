"""A night on a Twilio-shaped network: pages, engine, adapter and wire, nothing left out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.telephony.twilio.conftest import Begin
from tests.telephony.twilio.twilio_stage import CALLER_ID, OPERATOR_PHONE, TwilioStage

GUEST = "+12025550102"
LAYOUTS = ("twilio", "signalwire")
STORIES = [
    ("answers", {"talk": 62}, "answered"),
    ("busy", {}, "busy"),
    ("declined", {}, "declined"),
    ("no-answer", {}, "no_answer"),
    ("unreachable", {}, "unreachable"),
    ("invalid", {}, "invalid_number"),
    ("hangs-up", {}, "hung_up"),
]


def put_through(night: TwilioStage) -> None:
    """Ann takes the call, her phone rings, she presses 1."""
    night.operator_is(presses="1")
    night.accept()
    night.press_call()


def guest_legs(night: TwilioStage) -> list[str]:
    return [call.to for call in night.server.calls if call.to == GUEST]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("behaviour", "details", "outcome"), STORIES)
def test_the_guests_phone_decides_what_a_call_was(
    begin: Begin, layout: str, behaviour: str, details: dict[str, float], outcome: str
) -> None:
    night = begin("own_phone", layout)
    night.guest_is(behaviour, **details)
    put_through(night)
    ended = night.until_ended()
    assert ended.outcome == outcome
    assert ended.talk_seconds == (62 if outcome == "answered" else ended.talk_seconds)
    assert len(guest_legs(night)) == 1


@pytest.mark.parametrize(("behaviour", "details", "outcome"), STORIES)
def test_a_call_from_the_browser_ends_in_the_same_words(
    begin: Begin, behaviour: str, details: dict[str, float], outcome: str
) -> None:
    night = begin("softphone")
    night.guest_is(behaviour, **details)
    night.accept()
    night.press_call()
    assert night.attempt().state == "waiting"
    night.browser_connects()
    assert night.until_ended().outcome == outcome
    assert len(guest_legs(night)) == 1


def test_the_guest_sees_the_desks_number_and_never_the_operators(begin: Begin) -> None:
    night = begin()
    put_through(night)
    night.until_ended()
    (guest,) = [call for call in night.server.calls if call.to == GUEST]
    assert guest.from_ == CALLER_ID


def test_an_operator_who_presses_nothing_spares_the_guest_the_call(begin: Begin) -> None:
    night = begin()
    night.operator_is(presses="")
    night.accept()
    night.press_call()
    assert night.until_ended().outcome == "not_connected"
    assert guest_legs(night) == []


@pytest.mark.parametrize("behaviour", ["busy", "no-answer", "voicemail", "unreachable"])
def test_an_operators_phone_that_nobody_holds_costs_no_attempt(
    begin: Begin, behaviour: str
) -> None:
    night = begin()
    night.operator_is(behaviour, talk=20)
    night.accept()
    night.press_call()
    ended = night.until_ended()
    assert (ended.outcome, ended.counted) == ("not_connected", False)
    assert guest_legs(night) == []
    assert night.stage.task().attempt_number == 1


def test_a_talk_ends_in_a_saved_result_and_the_host_is_told(begin: Begin) -> None:
    night = begin()
    night.guest_is("answers", talk=50)
    put_through(night)
    night.until_ended()
    night.save("guest_agreed")
    assert night.stage.incident().state == "following_up"
    incident = night.stage.incident().public_id
    assert "Agreed to turn it down" in night.owner.get(f"/incidents/{incident}").text


def test_hanging_up_at_the_desk_ends_both_legs(begin: Begin) -> None:
    night = begin()
    night.guest_is("answers", talk=600)
    put_through(night)
    night.world.pass_time(seconds=40)
    assert night.attempt().state == "talking"
    night.ann.post(f"/desk/tasks/{night.stage.task_of('Ann').public_id}/hang-up")
    night.world.run()
    ended = night.until_ended()
    assert ended.outcome == "answered"
    assert {call.status for call in night.server.calls} == {"completed"}


def test_a_reply_that_was_lost_is_found_and_nobody_is_dialled_twice(begin: Begin) -> None:
    night = begin()
    night.guest_is("answers", talk=45)
    night.server.rest_faults.next("reply_lost", matching="POST .*Calls", times=1)
    put_through(night)
    assert night.until_ended().outcome == "answered"
    assert len(guest_legs(night)) == 1
    assert len([call for call in night.server.calls if call.to == OPERATOR_PHONE]) == 1


def test_reports_that_were_all_lost_are_asked_for(begin: Begin) -> None:
    night = begin()
    night.guest_is("answers", talk=45)
    night.server.webhook_faults(lose=1.0)
    put_through(night)
    ended = night.until_ended(timedelta(minutes=8))
    assert (ended.outcome, ended.talk_seconds) == ("answered", 45)


@pytest.mark.parametrize("code", [20003, 21210, 21215, 10004])
def test_our_own_faults_never_count_as_an_attempt(begin: Begin, code: int) -> None:
    night = begin()
    night.server.refuse_next(code)
    put_through(night)
    ended = night.until_ended()
    assert (ended.outcome, ended.counted) == ("provider_error", False)


def test_too_many_requests_are_made_again_and_dial_once(begin: Begin) -> None:
    night = begin()
    night.guest_is("answers", talk=45)
    night.server.refuse_next(20429)
    put_through(night)
    assert night.until_ended().outcome == "answered"
    assert len(guest_legs(night)) == 1


def test_a_number_of_the_operators_that_does_not_exist_is_no_fault_of_the_guests(
    begin: Begin,
) -> None:
    night = begin()
    night.server.refuse_next(21211)
    put_through(night)
    assert night.until_ended().outcome == "not_connected"


def test_a_second_browser_with_the_same_attempt_connects_nobody(begin: Begin) -> None:
    night = begin("softphone")
    night.guest_is("answers", talk=600)
    night.accept()
    night.press_call()
    night.browser_connects()
    again = night.browser_connects()
    night.world.pass_time(seconds=30)
    assert again.status == "completed"
    assert len(guest_legs(night)) == 1
