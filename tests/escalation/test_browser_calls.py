"""A browser calls the network for an attempt: its own operator's, once, and in time."""

from __future__ import annotations

import pytest

from callassist.domain.dial import DialMode
from callassist.escalation.tokens import Question
from callassist.ports.telephony import Connect, HangUp
from tests.escalation.two_leg_scene import dialled, identity, taken

SOFTPHONE = DialMode.SOFTPHONE


@pytest.fixture
def home(night, network):
    return taken(night, network)


def test_a_browser_gets_its_own_attempt_connected_once(home, network):
    wire = dialled(home, network, SOFTPHONE)
    assert network.asked == []
    attempt = home.attempts()[-1].public_id
    step = wire.asks(Question.BROWSER, "WEB1", identity=identity(home), attempt_id=attempt)
    assert isinstance(step, Connect)
    assert home.attempts()[-1].provider_call_id == "WEB1"
    second = wire.asks(Question.BROWSER, "WEB2", identity=identity(home), attempt_id=attempt)
    assert isinstance(second, HangUp)
    assert home.log().count("dial_started") == 1


@pytest.mark.parametrize("who", ["", "operator_", "client_x", "Ann"])
def test_another_identity_or_attempt_is_refused(home, network, who):
    wire = dialled(home, network, SOFTPHONE)
    attempt = home.attempts()[-1].public_id
    assert isinstance(wire.asks(Question.BROWSER, "WEB1", identity=who, attempt_id=attempt), HangUp)
    mine = identity(home)
    assert isinstance(wire.asks(Question.BROWSER, "WEB1", identity=mine, attempt_id="x"), HangUp)
    assert home.attempts()[-1].state == "waiting"


def test_an_attempt_by_own_phone_is_not_for_browsers(home, network):
    wire = dialled(home, network)
    attempt = home.attempts()[-1].public_id
    step = wire.asks(Question.BROWSER, "WEB1", identity=identity(home), attempt_id=attempt)
    assert isinstance(step, HangUp)


def test_a_browser_that_never_calls_gives_the_call_back_after_45_seconds(home, network):
    dialled(home, network, SOFTPHONE)
    home.pass_time(seconds=44)
    assert home.attempts()[-1].state == "waiting"
    home.pass_time(seconds=2)
    assert home.attempts()[-1].outcome == "not_connected"
    assert home.tasks()[-1].attempt_number == 1


def test_a_browser_that_calls_too_late_connects_nobody(home, network):
    wire = dialled(home, network, SOFTPHONE)
    attempt = home.attempts()[-1].public_id
    home.pass_time(seconds=50)
    step = wire.asks(Question.BROWSER, "WEB1", identity=identity(home), attempt_id=attempt)
    assert isinstance(step, HangUp)


def test_hanging_up_before_the_browser_called_dials_nobody(home, network):
    dialled(home, network, SOFTPHONE)
    home.hang_up()
    assert home.attempts()[-1].outcome == "not_connected"
