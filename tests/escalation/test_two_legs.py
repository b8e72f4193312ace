"""The operator's own line first: nobody is dialled before a person holds it, and nobody twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callassist.domain.dial import DialMode, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.errors import Conflict, NotFound
from callassist.escalation import ending
from callassist.escalation.tokens import Question
from callassist.models import Operator
from callassist.ports.telephony import AskKey, Connect, HangUp
from callassist.storage.facts import mark_restored
from tests.escalation.scene import ANSWERS
from tests.escalation.two_leg_scene import (
    OWN_PHONE,
    dialled,
    put_through,
    taken,
    with_operator,
)
from tests.escalation.two_legs import NEVER_ARRIVED, PLACED_BUT_LOST, TwoLegNetwork, Wire


@pytest.fixture
def home(night, network):
    return taken(night, network)


def test_call_rings_the_operators_phone_and_never_the_guests(home, network):
    dialled(home, network)
    (asked,) = network.asked
    assert asked.to == OWN_PHONE
    assert asked.answer_url is not None
    assert "dial_started" not in home.log()


def test_who_picks_up_is_asked_for_a_key_and_hears_no_name(home, network):
    wire = dialled(home, network)
    step = wire.asks(Question.ANSWERED, "OWN1")
    assert isinstance(step, AskKey)
    assert home.incident.reference in step.say
    assert "Robin" not in step.say
    assert step.pressed_url.endswith(f"{wire.token}/pressed")


def test_pressing_one_hands_the_guests_number_out_and_that_is_the_dial(home, network):
    wire = dialled(home, network)
    step = wire.asks(Question.PRESSED, "OWN1", digits="1")
    assert isinstance(step, Connect)
    assert step.to == ANSWERS
    assert home.log().count("dial_started") == 1


@pytest.mark.parametrize("digits", ["", "2", "11", "*"])
def test_any_other_key_or_none_dials_nobody(home, network, digits):
    wire = dialled(home, network)
    assert isinstance(wire.asks(Question.PRESSED, "OWN1", digits=digits), HangUp)
    assert "dial_started" not in home.log()


def test_the_same_leg_asking_again_hears_the_same_and_another_leg_nothing(home, network):
    wire = dialled(home, network)
    first = wire.asks(Question.PRESSED, "OWN1", digits="1")
    assert wire.asks(Question.PRESSED, "OWN1", digits="1") == first
    assert isinstance(wire.asks(Question.PRESSED, "OWN9", digits="1"), HangUp)
    assert home.log().count("dial_started") == 1


def test_the_guests_leg_alone_decides_the_outcome(home, network):
    wire = put_through(home, network)
    wire.called_leg(0, LegStatus.RINGING)
    wire.called_leg(1, LegStatus.ENDED, outcome=AttemptOutcome.BUSY)
    wire.own_line(1, LegStatus.ENDED, outcome=AttemptOutcome.ANSWERED, talk_seconds=40)
    attempt = home.attempts()[-1]
    assert (attempt.outcome, attempt.talk_seconds, attempt.called_call_id) == (
        "busy",
        None,
        "CALLED1",
    )
    home.save("busy")
    assert home.attempts()[-1].counted


def test_a_talk_is_a_talk_whichever_leg_is_heard_of_last(home, network):
    wire = put_through(home, network)
    wire.own_line(1, LegStatus.ENDED, outcome=AttemptOutcome.ANSWERED, talk_seconds=70)
    assert home.attempts()[-1].state != "ended"
    home.clock.advance(seconds=2)
    wire.called_leg(2, LegStatus.ENDED, outcome=AttemptOutcome.ANSWERED, talk_seconds=48)
    assert (home.attempts()[-1].outcome, home.attempts()[-1].talk_seconds) == ("answered", 48)


def test_the_end_that_the_network_tells_when_asking_what_next_counts_too(home, network):
    wire = put_through(home, network)
    over = network.event("CALLED1", LegStatus.ENDED, 900, AttemptOutcome.NO_ANSWER)
    assert isinstance(wire.asks(Question.OVER, "OWN1", called=over), HangUp)
    assert home.attempts()[-1].outcome == "no_answer"


def test_a_mailbox_that_was_heard_stays_one_whatever_tells_of_the_end(home, network):
    wire = put_through(home, network)
    wire.called_leg(0, LegStatus.ANSWERED, outcome=AttemptOutcome.VOICEMAIL)
    home.pass_time(seconds=15)
    over = network.event("CALLED1", LegStatus.ENDED, 900, AttemptOutcome.ANSWERED, 20)
    wire.asks(Question.OVER, "OWN1", called=over)
    assert home.attempts()[-1].outcome == "voicemail"


def test_an_operator_who_does_not_pick_up_costs_the_guest_no_attempt(home, network):
    wire = dialled(home, network)
    wire.own_line(0, LegStatus.ENDED, outcome=AttemptOutcome.NO_ANSWER)
    attempt = home.attempts()[-1]
    assert (attempt.outcome, attempt.counted) == ("not_connected", False)
    again = home.tasks()[-1]
    assert (again.attempt_number, again.available_at) == (1, home.clock.now())
    with home.sessions.read() as session:
        assert home.presence() in ("available", "offered")
        assert session.get_one(Operator, home.operator_ids["Ann"]).phone is not None


def test_four_lines_that_do_not_come_up_and_the_host_is_phoned(home, network):
    for n in range(1, 5):
        wire = dialled(home, network)
        wire.own_line(0, LegStatus.ENDED, f"OWN{n}", outcome=AttemptOutcome.BUSY)
        home.run()
        if home.tasks()[-1].party == "guest":
            if home.presence() == "break":
                home.available()
            home.accept()
    assert home.tasks()[-1].party == "host"
    assert "dial_started" not in home.log()


def test_a_line_that_failed_does_not_make_the_number_wait_five_minutes(home, network):
    dialled(home, network).own_line(0, LegStatus.ENDED, outcome=AttemptOutcome.BUSY)
    home.run()
    home.accept()
    wire = dialled(home, network)
    assert isinstance(wire.asks(Question.PRESSED, "OWN2", digits="1"), Connect)


def test_hanging_up_while_ones_own_phone_rings_dials_nobody(home, network):
    wire = dialled(home, network)
    home.hang_up()
    assert network.hung_up == ["OWN1"]
    assert isinstance(wire.asks(Question.PRESSED, "OWN1", digits="1"), HangUp)
    wire.own_line(0, LegStatus.ENDED, outcome=AttemptOutcome.CANCELLED)
    assert home.attempts()[-1].outcome == "not_connected"


def test_a_noise_that_ended_while_the_operators_phone_rang_calls_nobody(home, network):
    wire = dialled(home, network)
    home.noise_ends()
    assert isinstance(wire.asks(Question.PRESSED, "OWN1", digits="1"), HangUp)
    assert home.incident.resolution == "went_quiet"
    assert home.presence() == "available"
    assert "dial_started" not in home.log()


def test_a_host_who_takes_over_meanwhile_spares_the_guest_the_call(home, network):
    wire = dialled(home, network)
    with home.sessions.write() as session:
        ending.take_over(session, home.incident.id, "the host", now=home.clock.now())
    assert isinstance(wire.asks(Question.ANSWERED, "OWN1"), HangUp)
    assert isinstance(wire.asks(Question.PRESSED, "OWN1", digits="1"), HangUp)


def test_a_restored_copy_hands_no_number_out(home, network):
    wire = dialled(home, network)
    with home.sessions.write() as session:
        mark_restored(session, now=home.clock.now())
    assert isinstance(wire.asks(Question.PRESSED, "OWN1", digits="1"), HangUp)


def test_a_leg_that_nobody_was_told_to_dial_is_not_believed(home, network):
    wire = dialled(home, network)
    assert wire.called_leg(0, LegStatus.ENDED, outcome=AttemptOutcome.ANSWERED) == 0
    assert home.attempts()[-1].state != "ended"


def test_an_unknown_token_is_not_found(home, network):
    wire = Wire(home.ctx, network, "nonsense")
    with pytest.raises(NotFound):
        wire.asks(Question.PRESSED, "OWN1", digits="1")


def test_an_operator_without_a_number_is_told_before_anything_is_dialled(home, network):
    with_operator(home, phone=None)
    with pytest.raises(Conflict, match="My phone"):
        home.dial()
    assert home.attempts() == []


def test_a_lost_reply_is_found_by_the_operators_number_and_adopted(home, network):
    network.fault = PLACED_BUT_LOST
    wire = dialled(home, network)
    assert home.attempts()[-1].state == "in_doubt"
    network.fault = ""
    home.pass_time(seconds=31)
    assert home.attempts()[-1].provider_call_id == "OWN1"
    assert isinstance(wire.asks(Question.PRESSED, "OWN1", digits="1"), Connect)
    assert len(network.asked) == 1


def test_a_request_that_never_arrived_is_our_fault(home, network):
    network.fault = NEVER_ARRIVED
    dialled(home, network)
    network.fault = ""
    home.pass_time(seconds=31)
    assert home.attempts()[-1].outcome == "provider_error"


def test_the_key_may_come_before_the_answer_to_our_own_request(home, network):
    network.fault = PLACED_BUT_LOST
    wire = dialled(home, network)
    assert isinstance(wire.asks(Question.PRESSED, "OWN1", digits="1"), Connect)
    home.pass_time(seconds=31)
    assert home.attempts()[-1].provider_call_id == "OWN1"


def test_lost_words_of_the_guests_leg_are_asked_for(home, network):
    put_through(home, network)
    ended = network.event("CALLED1", LegStatus.ENDED, 900, AttemptOutcome.ANSWERED, 55)
    network.called["OWN1"] = ended
    home.pass_time(seconds=91)
    assert (home.attempts()[-1].outcome, home.attempts()[-1].talk_seconds) == ("answered", 55)


def test_a_number_that_was_handed_out_and_never_dialled_is_our_fault(home, network):
    wire = put_through(home, network)
    wire.own_line(1, LegStatus.ENDED, outcome=AttemptOutcome.ANSWERED)
    home.pass_time(minutes=2)
    assert home.attempts()[-1].outcome == "provider_error"


def test_a_way_that_the_network_does_not_have_falls_back_to_its_first(night, clock):
    network = TwoLegNetwork(clock, modes=(DialMode.OWN_PHONE,))
    home = night(telephony=network)
    with_operator(home, phone=home.vault.seal(OWN_PHONE), dial_mode="softphone")
    home.available()
    home.noise_for_30_minutes()
    home.accept()
    home.dial()
    assert home.attempts()[-1].mode == "own_phone"


def test_a_rehearsal_never_rings_the_operators_real_phone(night, clock):
    network = TwoLegNetwork(clock)
    home = night(telephony=network)
    assert home.ctx.rehearsal.capabilities().modes == (DialMode.SERVER,)
    assert timedelta() < home.ctx.settings.own_line_within
