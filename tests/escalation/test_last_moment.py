"""What changes while the operator's own line comes up counts: nobody is dialled against it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callassist import stays
from callassist.domain.dial import DialMode
from callassist.escalation.guest_answers import GuestAnswer, answer
from callassist.escalation.incoming import phone_rings
from callassist.escalation.tokens import Question
from callassist.models import HostContact, Operator, Stay
from callassist.ports.telephony import BridgeRequest, Connect, HangUp
from tests.escalation.scene import ANSWERS, HOST_ANSWERS
from tests.escalation.two_legs import Wire

OWN_PHONE, ANOTHER = "+447700900123", "+12025550104"


def called(night, network, **scene):
    """Ann's own phone rings, and she has not pressed 1 yet."""
    home = night(telephony=network, **scene)
    with home.sessions.write() as session:
        operator = session.get_one(Operator, home.operator_ids["Ann"])
        operator.phone = home.vault.seal(OWN_PHONE)
        operator.dial_mode = str(DialMode.OWN_PHONE)
    home.available()
    home.noise_for_30_minutes()
    home.accept()
    home.dial()
    return home, Wire(home.ctx, network, home.attempts()[-1].dial_token)


def another_number(home, session):
    (stay,) = session.scalars(select(Stay))
    stay.numbers[0].number = home.vault.seal(ANOTHER)
    stay.numbers[0].number_index = home.vault.index(ANOTHER)


def left(home, session):
    session.scalars(select(Stay)).one().check_out_at = home.clock.now()


def no_more_calls(home, session):
    stay = session.scalars(select(Stay)).one()
    stays.do_not_call(session, stay, None, "guest", home.clock.now())


def turns_it_down(home, session):
    now = home.clock.now()
    answer(session, home.ctx, home.incident.id, GuestAnswer.TURN_IT_DOWN, "page", now=now)


def phones_us(home, session):
    request = BridgeRequest(call_id="IN1", caller=ANSWERS)
    phone_rings(session, home.ctx, home.ctx.telephony.name, request, home.clock.now())


@pytest.mark.parametrize("change", [another_number, left, no_more_calls, turns_it_down, phones_us])
def test_what_the_guest_or_the_stay_says_meanwhile_counts(night, network, change):
    home, wire = called(night, network)
    with home.sessions.write() as session:
        change(home, session)
    assert isinstance(wire.asks(Question.PRESSED, "OWN1", digits="1"), HangUp)
    assert "dial_started" not in home.log()
    (attempt,) = home.attempts()
    assert (attempt.state, attempt.counted) == ("ended", False)
    assert home.tasks()[0].completed_at is not None
    assert home.presence("Ann") == "available"


def test_a_contact_who_was_changed_meanwhile_is_not_dialled_by_the_old_number(night, network):
    home, wire = called(night, network, guest_numbers=())
    with home.sessions.write() as session:
        contact = session.scalars(select(HostContact)).one()
        contact.phone_index = home.vault.index(ANOTHER)
    assert isinstance(wire.asks(Question.PRESSED, "OWN1", digits="1"), HangUp)


@pytest.mark.parametrize("numbers", [(ANSWERS,), ()])
def test_nothing_changed_and_the_number_is_handed_out(night, network, numbers):
    _, wire = called(night, network, guest_numbers=numbers)
    step = wire.asks(Question.PRESSED, "OWN1", digits="1")
    assert isinstance(step, Connect)
    assert step.to == (ANSWERS if numbers else HOST_ANSWERS)
