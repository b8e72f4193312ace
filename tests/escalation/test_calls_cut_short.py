"""A call that we end ourselves, and one that is lost before the guest's phone rings."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callassist.domain.dial import NO_LEG, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.errors import TransientError
from callassist.models import PhoneCost
from tests.escalation.two_leg_scene import dialled, put_through, taken
from tests.escalation.two_legs import PLACED_BUT_LOST


@pytest.fixture
def home(night, network):
    return taken(night, network)


def test_hanging_up_on_a_ringing_guest_is_no_attempt_though_the_network_says_no_answer(
    home, network
):
    wire = put_through(home, network)
    wire.called_leg(0, LegStatus.RINGING)
    home.clock.advance(seconds=4)
    home.hang_up()
    wire.called_leg(1, LegStatus.ENDED, outcome=AttemptOutcome.NO_ANSWER)
    attempt = home.attempts()[-1]
    assert (attempt.outcome, attempt.counted) == ("cancelled", False)
    assert home.tasks()[-1].attempt_number == 1


def test_a_phone_that_had_rung_out_before_anybody_hung_up_is_an_attempt(home, network):
    wire = put_through(home, network)
    over = network.event("CALLED1", LegStatus.ENDED, 1, AttemptOutcome.NO_ANSWER)
    home.clock.advance(seconds=4)
    home.hang_up()
    wire.tells(over)
    assert home.attempts()[-1].outcome == "no_answer"


def test_a_call_without_an_id_yet_is_ended_as_soon_as_it_is_found(home, network):
    network.fault = PLACED_BUT_LOST
    dialled(home, network)
    network.fault = ""
    home.pass_time(seconds=5)
    home.hang_up()
    for _ in range(27):
        home.pass_time(seconds=1)
    assert network.hung_up == ["OWN1"]


def test_a_network_that_is_down_for_a_moment_is_asked_again_at_once_to_stop_a_ringing_phone(
    home, network
):
    dialled(home, network)
    ends, tried = network.hang_up, []

    def down_at_first(call_id):
        tried.append(home.clock.now())
        if len(tried) < 4:
            raise TransientError("the network is down")
        ends(call_id)

    network.hang_up = down_at_first
    home.hang_up()
    for _ in range(8):
        home.pass_time(seconds=1)
    assert network.hung_up == ["OWN1"]


def test_an_own_phone_that_cannot_be_looked_up_is_no_attempt_to_reach_the_guest(home, network):
    network.fault = PLACED_BUT_LOST
    dialled(home, network)
    network.find_calls = down
    home.pass_time(minutes=6)
    attempt = home.attempts()[0]
    assert (attempt.outcome, attempt.counted) == ("provider_error", False)
    assert "supervisor_page:dial_in_doubt" in home.told()


def test_an_own_phone_that_the_network_has_forgotten_is_no_attempt_to_reach_the_guest(
    home, network
):
    dialled(home, network)
    network.known.clear()
    home.pass_time(minutes=8)
    attempt = home.attempts()[0]
    assert (attempt.outcome, attempt.counted) == ("provider_error", False)


def test_a_mailbox_that_was_heard_stays_one_when_the_network_has_forgotten_the_call(home, network):
    wire = put_through(home, network)
    wire.called_leg(0, LegStatus.ANSWERED, outcome=AttemptOutcome.VOICEMAIL)
    network.known.clear()
    home.pass_time(minutes=8)
    assert home.attempts()[0].outcome == "voicemail"


def test_a_number_that_the_network_did_not_even_try_costs_nothing(home, network):
    network.pricing = Nothing()
    wire = put_through(home, network)
    wire.called_leg(0, LegStatus.ENDED, f"{NO_LEG}OWN1", outcome=AttemptOutcome.PROVIDER_ERROR)
    wire.own_line(1, LegStatus.ENDED, outcome=AttemptOutcome.ANSWERED)
    assert home.attempts()[0].outcome == "provider_error"
    with home.sessions.read() as session:
        assert session.scalars(select(PhoneCost.leg_id)).all() == ["OWN1"]


class Nothing:
    """Prices of a network that does not know them yet."""

    def of_call(self, _call_id):
        return []


def down(**_asked):
    raise TransientError("the network is down")
