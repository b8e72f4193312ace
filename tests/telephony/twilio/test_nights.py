"""What only a Twilio-shaped network has: two legs, browsers, its codes. For the rest see nights."""

from __future__ import annotations

import pytest

from tests.telephony.twilio.conftest import Begin
from tests.telephony.twilio.twilio_stage import CALLER_ID, TwilioStage

GUEST = "+12025550102"
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


@pytest.mark.parametrize("status", ["no-answer", "canceled"])
def test_hanging_up_on_a_guest_whose_phone_rings_is_no_attempt(begin: Begin, status: str) -> None:
    night = begin()
    night.server.exchange.abandoned_status = status
    night.guest_is("answers", ring=25)
    put_through(night)
    night.world.pass_time(seconds=20)
    assert night.attempt().state == "ringing"
    night.ann.post(f"/desk/tasks/{night.stage.task_of('Ann').public_id}/hang-up")
    night.world.run()
    ended = night.until_ended()
    assert (ended.outcome, ended.counted) == ("cancelled", False)
    assert night.stage.task().attempt_number == 1


@pytest.mark.parametrize("code", [20003, 21210, 21215, 10004])
def test_our_own_faults_never_count_as_an_attempt(begin: Begin, code: int) -> None:
    night = begin()
    night.server.refuse_next(code)
    put_through(night)
    ended = night.until_ended()
    assert (ended.outcome, ended.counted) == ("provider_error", False)


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
