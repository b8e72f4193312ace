"""A key of the automatic call in any order with the reports: heeded once, and nobody rung twice."""

from __future__ import annotations

from itertools import permutations

import pytest

from callassist.domain.dial import LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.escalation import ending
from callassist.escalation.tokens import Question
from callassist.models import StopEntry
from callassist.ports.telephony import AskKey, HangUp
from tests.escalation.automatically import untaken
from tests.escalation.two_legs import PLACED_BUT_LOST, Wire

LEG = "OWN1"
REPORTS = {
    "answered": (1, LegStatus.ANSWERED, {}),
    "ended": (2, LegStatus.ENDED, {"outcome": AttemptOutcome.ANSWERED, "talk_seconds": 12}),
}


@pytest.fixture
def home(night, network):
    """The guest's phone rings: an automatic call was placed, and nothing was heard of it yet."""
    made = untaken(night, telephony=network)
    made.pass_time(seconds=15)
    return made


def wire_of(home, network):
    return Wire(home.ctx, network, home.attempts()[-1].dial_token)


def said(home, step):
    (name,) = [name for name, words in home.ctx.guest_words["en"].items() if words == step.say]
    return name


def happens(wire, what):
    if what in REPORTS:
        sequence, status, facts = REPORTS[what]
        return wire.called_leg(sequence, status, call_id=LEG, **facts)
    return wire.asks(Question.PRESSED, LEG, digits=what)


def test_the_network_is_asked_once_and_told_where_to_ask(home, network):
    (asked,) = network.asked
    token = home.attempts()[0].dial_token
    assert asked.answer_url is not None
    assert asked.answer_url.endswith(f"{token}/ask")
    assert asked.callback_url.endswith(token)
    assert asked.hears_mailbox


def test_the_menu_names_the_host_and_neither_home_nor_level(home, network):
    step = wire_of(home, network).asks(Question.ANSWERED, LEG)
    assert isinstance(step, AskKey)
    assert len(step.then) == 5
    assert step.times == 2


@pytest.mark.parametrize("order", list(permutations(["1", "answered", "ended"])))
def test_in_any_order_a_yes_is_a_yes_and_nobody_is_rung_twice(home, network, order):
    wire = wire_of(home, network)
    wire.asks(Question.ANSWERED, LEG)
    for what in order:
        for _ in range(2):  # each of them comes twice
            happens(wire, what)
    home.pass_time(minutes=4)
    assert len(network.asked) == 1
    assert home.findings() == []
    if order.index("1") < order.index("ended"):
        assert home.attempts()[0].disposition == "guest_agreed"
        assert home.incident.state == "following_up"
    else:  # a promise that came after the call's end holds the next one
        assert home.attempts()[0].outcome == "answered"
        assert home.incident.held_until == home.tasks()[-1].available_at


def test_two_after_the_end_brings_a_person_now(home, network):
    wire = wire_of(home, network)
    wire.asks(Question.ANSWERED, LEG)
    happens(wire, "ended")
    assert said(home, happens(wire, "2")) == "voice_person"
    task = home.tasks()[-1]
    assert (task.guest_asked, task.available_at) == (True, home.clock.now())


def test_the_same_key_again_hears_the_same_and_another_is_too_late(home, network):
    wire = wire_of(home, network)
    wire.asks(Question.ANSWERED, LEG)
    assert said(home, happens(wire, "2")) == "voice_person"
    assert said(home, happens(wire, "2")) == "voice_person"
    assert happens(wire, "1") == HangUp()
    assert [task.result for task in home.tasks()] == ["asked_for_a_person", None]


def test_a_guest_is_promised_no_call_that_the_host_has_ended(home, network):
    wire = wire_of(home, network)
    wire.asks(Question.ANSWERED, LEG)
    happens(wire, "answered")
    with home.sessions.write() as session:
        ending.take_over(session, home.incident.id, "the host", now=home.clock.now())
    for _ in range(2):
        assert said(home, happens(wire, "2")) == "voice_goodbye"
    assert home.incident.resolution == "host_took_over"


def test_nine_twice_is_one_stop(home, network):
    wire = wire_of(home, network)
    wire.asks(Question.ANSWERED, LEG)
    for _ in range(2):
        assert said(home, happens(wire, "9")) == "voice_stopped"
    with home.sessions.read() as session:
        assert session.query(StopEntry).count() == 1
    assert home.log().count("guest_stopped") == 1


@pytest.mark.parametrize("question", [Question.ANSWERED, Question.PRESSED])
def test_another_leg_hears_nothing_and_changes_nothing(home, network, question):
    wire = wire_of(home, network)
    wire.asks(Question.ANSWERED, LEG)
    assert wire.asks(question, "OWN9", digits="1") == HangUp()
    assert home.attempts()[0].state != "ended"


def test_a_crash_before_the_answer_leaves_a_doubt_that_the_call_itself_settles(night, network):
    network.fault = PLACED_BUT_LOST
    home = untaken(night, telephony=network)
    home.pass_time(seconds=15)
    wire = wire_of(home, network)
    assert isinstance(wire.asks(Question.ANSWERED, LEG), AskKey)
    happens(wire, "1")
    home.pass_time(minutes=3)
    assert home.attempts()[0].disposition == "guest_agreed"
    assert len(network.asked) == 1


def test_a_mailbox_that_is_heard_while_it_talks_is_hung_up_on(home, network):
    wire = wire_of(home, network)
    wire.asks(Question.ANSWERED, LEG)
    wire.called_leg(3, LegStatus.ANSWERED, call_id=LEG, outcome=AttemptOutcome.VOICEMAIL)
    home.run()
    assert network.hung_up == [LEG]
    assert wire.asks(Question.ANSWERED, LEG) == HangUp()
    happens(wire, "ended")
    assert home.tasks()[0].result == "voicemail"


def test_whoever_picks_up_when_it_is_not_needed_any_more_hears_so(home, network):
    wire = wire_of(home, network)
    with home.sessions.write() as session:
        ending.cancel(session, home.incident.id, "the host", now=home.clock.now())
    assert said(home, wire.asks(Question.ANSWERED, LEG)) == "voice_over"
