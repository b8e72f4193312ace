"""One call a second at each network: what a network is asked for counts, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.domain.dial import DialMode, LegStatus
from callassist.errors import NotYet
from callassist.escalation.call_rate import take_turn
from callassist.escalation.tokens import Question
from callassist.models import OutboxEntry
from callassist.ports.telephony import Connect
from tests.escalation.night import NO_ANSWER, called
from tests.escalation.two_leg_scene import dialled, identity, taken
from tests.roster.test_swaps_at_once import at_once

SECOND = timedelta(seconds=1)


def asks(home, network=None, later=timedelta()):
    """A network is asked for a call."""
    now = home.clock.now() + later
    with home.sessions.write() as session:
        take_turn(session, home.ctx, network or home.ctx.telephony.name, now, now)


def refused(home, **asked):
    with pytest.raises(NotYet) as not_yet:
        asks(home, **asked)
    return not_yet.value.turn_at


def test_the_next_call_at_a_network_comes_a_second_later(night):
    home = night()
    began = home.clock.now()
    asks(home)
    assert refused(home) == began + SECOND
    assert refused(home, later=timedelta(seconds=0.999)) == began + SECOND
    asks(home, later=SECOND)
    assert refused(home, later=SECOND) == began + 2 * SECOND


def test_who_was_refused_has_used_up_nothing(night):
    home = night()
    asks(home)
    for _ in range(3):
        refused(home, later=timedelta(seconds=0.5))
    asks(home, later=SECOND)


def test_an_account_with_a_network_of_its_own_waits_for_nobody_else(night):
    home = night()
    asks(home)
    asks(home, "own_hillside")
    refused(home)
    refused(home, network="own_hillside")


def test_of_two_at_the_same_moment_one_goes(night):
    home = night()
    for later in range(5):
        moment = later * SECOND
        failed = at_once(lambda: asks(home, later=moment), lambda: asks(home, later=moment))  # noqa: B023
        assert [type(one) for one in failed] == [NotYet]


def test_a_clock_that_was_set_back_does_not_stop_the_networks_calls(night):
    home = night()
    asks(home, later=timedelta(hours=1))
    asks(home)
    refused(home)


def test_call_pressed_in_a_busy_second_is_looked_at_once_when_its_turn_has_come(night):
    home = called(night, guest_numbers=(NO_ANSWER,))
    home.accept()
    asks(home)
    turn = home.clock.now() + SECOND
    home.dial()
    with home.sessions.read() as session:
        entry = session.scalars(select(OutboxEntry).where(OutboxEntry.topic == "dial")).one()
    assert (entry.due_at, entry.attempts) == (turn, 0)
    home.pass_time(seconds=1)
    assert home.attempts()[0].dial_at == turn


def test_a_guest_who_is_connected_to_a_line_that_is_up_counts_at_no_rate(night, network):
    home = taken(night, network)
    wire = dialled(home, network)
    home.clock.advance(seconds=2)
    wire.own_line(0, LegStatus.ANSWERED)
    wire.asks(Question.ANSWERED, "OWN1")
    assert isinstance(wire.asks(Question.PRESSED, "OWN1", digits="1"), Connect)
    asks(home)


def test_a_browser_that_calls_counts_at_no_rate(night, network):
    home = taken(night, network)
    wire = dialled(home, network, DialMode.SOFTPHONE)
    attempt = home.attempts()[-1].public_id
    told = {"identity": identity(home), "attempt_id": attempt}
    assert isinstance(wire.asks(Question.BROWSER, "WEB1", **told), Connect)
    asks(home)
