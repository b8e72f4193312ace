"""Who phones us: known by the number alone, helped even after STOP, and answered twice alike."""

from __future__ import annotations

from itertools import count

import pytest
from sqlalchemy import select

from callassist import stays
from callassist.domain.phoning_back import language_of_number
from callassist.errors import Conflict
from callassist.escalation import incoming_talk
from callassist.escalation.incoming import phone_rings
from callassist.models import IncidentLogEntry, IncomingCall, Stay, StayNumber
from callassist.ports.telephony import AskKey, BridgeRequest, Connect, HangUp
from tests.escalation.night import NO_ANSWER
from tests.escalation.scene import HOST_ANSWERS

_number = count(1)
SECOND_NUMBER = "+12025550104"


def phones(home, number, call_id=""):
    request = BridgeRequest(call_id=call_id or f"IN{next(_number)}", caller=number)
    with home.sessions.write() as session:
        return phone_rings(session, home.ctx, "simulated", request, home.clock.now())


def presses(home, key):
    with home.sessions.write() as session:
        row = session.scalars(select(IncomingCall).order_by(IncomingCall.id.desc())).first()
        request = BridgeRequest(call_id=row.provider_call_id, digits=key)
        return incoming_talk.key_pressed(session, home.ctx, row.id, request, home.clock.now())


def line(home):
    with home.sessions.read() as session:
        return session.scalars(select(IncomingCall.state).order_by(IncomingCall.id.desc())).first()


@pytest.fixture
def called(night):
    """One attempt was made, nobody answered, and it is written down."""
    home = night(guest_numbers=(NO_ANSWER, SECOND_NUMBER))
    home.available()
    home.noise_for_30_minutes()
    home.work("no_answer")
    return home


def test_a_network_that_asks_twice_hears_the_same_and_one_call_is_kept(called):
    first, second = (phones(called, NO_ANSWER, "IN-twice") for _ in range(2))
    assert isinstance(first, AskKey)
    assert first == second
    assert called.log().count("phoned_back") == 1


def test_the_number_is_not_kept_and_not_in_the_log(called):
    phones(called, NO_ANSWER)
    phones(called, "+12025550111")
    with called.sessions.read() as session:
        rows = session.scalars(select(IncomingCall)).all()
        assert all(NO_ANSWER not in str(vars(row)) for row in rows)
        assert rows[1].number_index == ""
        logged = session.scalars(select(IncidentLogEntry.data)).all()
    assert all(NO_ANSWER not in str(data) for data in logged)


@pytest.mark.parametrize("number", ["", "+12025550111", "anonymous", "+266696687"])
def test_whoever_is_nobody_hears_the_same_sentence(called, number):
    step = phones(called, number)
    assert isinstance(step, HangUp)
    assert step.say == called.ctx.guest_words["en"]["back_neutral"]
    assert presses(called, "1") == step
    assert called.log().count("phoned_back") == 0


def test_a_number_that_proved_wrong_is_nobodys(called):
    with called.sessions.write() as session:
        for number in session.scalars(select(StayNumber)):
            number.flagged_at, number.flag_reason = called.clock.now(), "wrong_person"
    assert isinstance(phones(called, NO_ANSWER), HangUp)
    assert line(called) == "neutral"


def test_press_one_is_phoned_next_on_the_phone_in_their_hand(called):
    phones(called, SECOND_NUMBER)
    presses(called, "1")
    presses(called, "1")
    called.run()
    task = called.tasks()[-1]
    assert (task.guest_asked, task.attempt_number) == (True, 2)
    assert called.log().count("guest_answered") == 1
    attempt = called.work("guest_agreed")
    assert attempt.number_mask.endswith(SECOND_NUMBER[-2:])


def test_nobody_is_dialled_while_they_are_in_the_menu(called):
    phones(called, NO_ANSWER)
    called.pass_time(seconds=20)
    presses(called, "1")
    called.run()
    phones(called, NO_ANSWER)  # and again, while the call to them is offered
    called.accept()
    with pytest.raises(Conflict):
        called.dial()
    called.pass_time(seconds=100)
    assert called.dial().attempt is not None


def test_the_holder_is_rung_and_the_menu_comes_when_they_do_not_pick_up(night):
    home = night(guest_numbers=(NO_ANSWER,))
    home.available()
    home.noise_for_30_minutes()
    home.accept()
    home.dial()
    home.call_ends()
    step = phones(home, NO_ANSWER)
    assert isinstance(step, Connect)
    assert step.ring_timeout_seconds == 20
    with home.sessions.write() as session:
        row = session.scalars(select(IncomingCall)).one()
        request = BridgeRequest(call_id=row.provider_call_id)
        now = home.clock.now()
        missed = incoming_talk.operator_leg_over(session, home.ctx, row.id, request, now)
    assert isinstance(missed, AskKey)
    presses(home, "1")
    home.save("no_answer")
    home.run()
    again = home.tasks()[-1]
    assert (again.phoned_back_at is not None, again.guest_asked) == (True, True)
    assert again.available_at <= home.clock.now()


@pytest.mark.parametrize("attempt", [1, 3])
def test_who_phones_while_we_ring_them_is_phoned_again_at_once(night, attempt):
    home = night(guest_numbers=(NO_ANSWER,))
    home.available()
    home.noise_for_30_minutes()
    for _ in range(attempt - 1):
        home.work("no_answer")
        home.pass_time(minutes=5)
    home.accept()
    home.dial()
    home.clock.advance(seconds=5)
    assert isinstance(phones(home, NO_ANSWER), AskKey)
    presses(home, "1")
    home.call_ends()
    home.save("no_answer")
    home.run()
    assert home.tasks()[-1].phoned_back_at is not None
    home.accept()
    assert home.dial().attempt is not None
    assert (home.incident.state, len(home.attempts())) == ("calling_guest", attempt + 1)
    home.call_ends()
    home.save("no_answer")
    assert home.incident.state == ("calling_host" if attempt == 3 else "calling_guest")
    assert [one.counted for one in home.attempts()] == [True, True, True, False][: attempt + 1]


def test_who_said_stop_or_do_not_phone_me_is_helped_all_the_same(called):
    with called.sessions.write() as session:
        stay = session.scalars(select(Stay)).one()
        index = called.vault.index(NO_ANSWER)
        stays.do_not_call(session, stay, index, "operator", called.clock.now())
    called.pass_time(seconds=5)
    assert isinstance(phones(called, NO_ANSWER), AskKey)
    presses(called, "1")
    called.run()
    called.work()
    assert len(called.attempts()) == 2


def test_a_host_reaches_the_front_of_the_queue_once_the_host_is_to_be_phoned(night):
    home = night(guest_numbers=())
    home.noise_for_30_minutes()
    assert home.incident.state == "calling_host"
    step = phones(home, HOST_ANSWERS)
    assert isinstance(step, AskKey)
    assert len(step.then) == 1
    presses(home, "2")
    assert line(home) == "menu"
    presses(home, "1")
    assert home.tasks()[-1].phoned_back_at is not None


def test_a_host_hears_that_the_guest_is_phoned_first(called):
    assert isinstance(phones(called, HOST_ANSWERS), HangUp)
    assert line(called) == "guest_first"


def test_a_guest_who_phones_when_the_host_waits_to_be_phoned_is_phoned_first(called):
    for _ in range(2):
        called.pass_time(minutes=6)
        called.work("no_answer")
    assert called.incident.state == "calling_host"
    called.decline()
    called.choose("Ann", "break")
    called.run()
    phones(called, NO_ANSWER)
    presses(called, "1")
    assert line(called) == "queued"
    (task,) = [one for one in called.tasks() if one.completed_at is None]
    assert (task.party, task.attempt_number, task.continuation) == ("guest", 3, True)


def test_after_the_end_they_hear_that_it_is_over(called):
    called.noise_ends()
    called.run()
    assert called.incident.state == "closed"
    assert isinstance(phones(called, NO_ANSWER), HangUp)
    assert line(called) == "over"


def test_a_strangers_language_follows_their_country_alone():
    assert [language_of_number(one) for one in ("+33639981234", "+447700900123", "")] == [
        "fr",
        "en",
        "en",
    ]
