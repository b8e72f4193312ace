"""On call: the phones of the duty rota ring in turn; one presses 1, and nobody rings twice."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callassist.domain.dial import LegStatus
from callassist.domain.own_network import PREFIX
from callassist.domain.results import AttemptOutcome
from callassist.errors import NotFound
from callassist.escalation import ending
from callassist.escalation.tokens import Question
from callassist.models import Account, DutySpan, Operator, Property, StayNumber
from callassist.ports.telephony import AskKey, Connect, HangUp
from callassist.roster.result_links import result_link, ring_of_link
from tests.escalation.on_duty import MARY, OMAR, OnDuty
from tests.escalation.scene import ANSWERS, HOST_ANSWERS
from tests.escalation.two_legs import NEVER_ARRIVED, PLACED_BUT_LOST

NO_ANSWER, ANSWERED = AttemptOutcome.NO_ANSWER, AttemptOutcome.ANSWERED


@pytest.fixture
def duty(night, network):
    """It has been loud for half an hour, and the first phone rings."""
    made = OnDuty(night, network)
    made.it_is_loud()
    return made


@pytest.fixture
def talking(duty):
    """Mary pressed 1 and talks to the guest."""
    duty.picks_up()
    duty.presses("1")
    return duty


def endings(duty):
    return [one.ending for one in duty.rings()]


def test_who_is_on_duty_first_is_rung_and_hears_nothing_personal(duty):
    assert duty.rung == [MARY]
    asked = duty.picks_up()
    assert isinstance(asked, AskKey)
    incident = duty.home.incident
    assert asked.say == (
        "Call Assist. It has been loud in a home for 30 minutes. The guest is to be called, "
        f"attempt 1. Reference {incident.reference}."
    )
    assert "phone_rung" in duty.home.log()


def test_pressing_1_takes_the_task_and_dials_the_guest_on_the_same_line_once(talking, network):
    again = talking.presses("1")  # the answer was lost, or the key pressed twice
    assert isinstance(again, Connect)
    assert again.to == ANSWERS
    assert duty_task(talking).state == "assigned"
    assert len(network.asked) == 1
    assert len(talking.home.attempts()) == 1
    attempt = talking.attempt()
    assert (attempt.mode, attempt.provider_call_id) == ("own_phone", "OWN1")
    assert talking.home.log().count("dial_started") == 1
    assert endings(talking) == ["taken"]
    assert talking.presses("1", call="ANOTHER") == HangUp()


def duty_task(duty):
    return duty.home.tasks()[-1]


def test_nobody_takes_it_the_next_one_rings_then_the_first_again(duty):
    for _ in range(2):
        duty.line_ends(NO_ANSWER)
        duty.home.pass_time(seconds=15)
    assert duty.rung == [MARY, OMAR, MARY]
    assert endings(duty) == ["not_answered", "not_answered", None]


def test_the_homes_own_number_is_shown_to_the_rota_and_to_the_guest(night, network):
    made = OnDuty(night, network)
    with made.home.sessions.write() as session:
        session.scalars(select(Property)).one().caller_id = "+12025550101"
    made.it_is_loud()
    assert network.asked[0].caller_id == "+12025550101"
    made.picks_up()
    joins = made.presses("1")
    assert isinstance(joins, Connect)
    assert joins.caller_id == "+12025550101"


def test_over_the_accounts_own_network_that_networks_number_is_shown(night, network):
    network.name = f"{PREFIX}1"
    made = OnDuty(night, network)
    with made.home.sessions.write() as session:
        session.get_one(Account, made.home.account_id).caller_id = "+12025550102"
    made.it_is_loud()
    assert network.asked[0].caller_id is None
    made.picks_up()
    joins = made.presses("1")
    assert isinstance(joins, Connect)
    assert joins.caller_id is None


def test_a_mailbox_presses_nothing_and_has_not_taken_it(duty):
    duty.picks_up()
    duty.line_ends(ANSWERED)
    duty.home.pass_time(seconds=15)
    assert duty.rung == [MARY, OMAR]
    assert endings(duty)[0] == "no_key"
    assert duty_task(duty).state == "pending"


def test_another_key_rings_somebody_else_at_once(duty):
    duty.picks_up()
    assert isinstance(duty.presses("2"), HangUp)
    duty.home.pass_time(seconds=2)
    assert duty.rung == [MARY, OMAR]


def test_who_presses_after_somebody_at_a_screen_hears_kindly_that_it_is_taken(duty):
    with duty.home.sessions.write() as session:
        duty.home.operator_ids["Zoe"] = duty.home._operator(
            session, "Zoe", ("en",), duty.home.clock.now()
        )
    duty.picks_up()
    duty.home.available("Zoe")
    duty.home.accept("Zoe")
    said = duty.presses("1")
    assert isinstance(said, HangUp)
    assert "taken it already" in said.say
    assert endings(duty) == ["too_late"]
    assert duty_task(duty).operator_id == duty.home.operator_ids["Zoe"]


def test_a_phone_that_rings_is_hung_up_when_the_host_takes_over(duty, network):
    with duty.home.sessions.write() as session:
        ending.take_over(session, duty.home.incident.id, "host", now=duty.home.clock.now())
    duty.home.run()
    assert network.hung_up == ["OWN1"]
    assert isinstance(duty.picks_up(), HangUp)


def test_a_ring_that_is_in_doubt_is_hung_up_as_soon_as_it_is_found(night, network):
    network.fault = PLACED_BUT_LOST
    made = OnDuty(night, network)
    made.it_is_loud()
    network.fault = ""
    made.home.pass_time(seconds=5)
    with made.home.sessions.write() as session:
        ending.take_over(session, made.home.incident.id, "host", now=made.home.clock.now())
    for _ in range(27):
        made.home.pass_time(seconds=1)
    assert network.hung_up == ["OWN1"]


def test_quiet_while_the_phone_rang_dials_nobody(duty):
    duty.picks_up()
    duty.home.noise_ends()
    said = duty.presses("1")
    assert isinstance(said, HangUp)
    assert duty.home.attempts() == []


def test_a_lost_answer_is_found_and_nobody_is_rung_twice(night, network):
    network.fault = PLACED_BUT_LOST
    made = OnDuty(night, network)
    made.it_is_loud()
    network.fault = ""
    made.home.pass_time(seconds=45)
    assert made.rung == [MARY]
    assert made.rings()[0].provider_call_id == "OWN1"


def test_a_request_that_never_arrived_rings_the_next_one_and_says_so(night, network):
    network.fault = NEVER_ARRIVED
    made = OnDuty(night, network)
    made.it_is_loud()
    network.fault = ""
    made.home.pass_time(seconds=60)
    assert made.rung == [OMAR]
    assert endings(made)[0] == "failed"
    assert "supervisor_paged" in made.home.log()


def test_a_crash_after_the_row_was_written_rings_once(duty):
    duty.home.restart(seconds=1)
    duty.home.pass_time(seconds=5)
    assert duty.rung == [MARY]


def test_a_key_says_how_it_went(talking):
    menu = talking.guest_ends(ANSWERED, 60)
    assert isinstance(menu, AskKey)
    assert "Agreed, press 1." in menu.then
    said = talking.asks(Question.RESULT, digits="1")
    assert isinstance(said, HangUp)
    assert duty_task(talking).result == "guest_agreed"
    assert talking.asks(Question.RESULT, digits="2") == said
    assert talking.home.incident.state == "following_up"


def test_an_unanswered_call_needs_no_word(talking):
    assert isinstance(talking.guest_ends(NO_ANSWER), HangUp)
    assert duty_task(talking).attempt_number == 2
    talking.line_ends(ANSWERED)
    talking.home.pass_time(minutes=5, seconds=5)
    assert talking.rung == [MARY, MARY]


def test_who_hangs_up_gets_a_link_once_that_ends_with_the_result(talking):
    talking.guest_ends(ANSWERED, 60)
    talking.line_ends(ANSWERED)
    ring = talking.rings()[0]
    assert ring.result_asked_at is not None
    assert "call_result" in talking.home.told()
    token = result_link(talking.home.vault, ring, "http://x").rpartition("/")[2]
    with talking.home.sessions.read() as session:
        assert ring_of_link(session, talking.home.vault, token).id == ring.id
        with pytest.raises(NotFound):
            ring_of_link(session, talking.home.vault, token[:-1] + "x")
    talking.home.pass_time(minutes=8)
    assert duty_task(talking).result == "not_recorded"
    assert talking.home.incident.state == "following_up"


def test_who_is_on_duty_becomes_an_operator_of_the_accounts_desk_and_stays_offline(talking):
    with talking.home.sessions.read() as session:
        mary = session.query(Operator).one()
    assert (mary.name, mary.desk_id) == ("Mary", talking.home.desk_id)
    talking.guest_ends(ANSWERED, 60)
    talking.asks(Question.RESULT, digits="1")
    talking.home.operator_ids["Mary"] = mary.id
    assert talking.home.presence("Mary") == "offline"


def test_without_a_phone_on_duty_the_other_channels_are_told_why(night, network):
    made = OnDuty(night, network)
    with made.home.sessions.write() as session:
        for span in session.query(DutySpan):
            span.phone = None
    made.it_is_loud()
    made.home.pass_time(minutes=1)
    assert made.rung == []
    assert made.home.log().count("supervisor_paged") == 1


def test_a_host_on_duty_who_is_the_contact_knows_by_a_key_and_is_not_called_as_well(night, network):
    made = OnDuty(night, network)
    with made.home.sessions.write() as session:
        for span in session.query(DutySpan):
            span.phone = made.home.vault.seal(HOST_ANSWERS)
        for number in session.query(StayNumber):
            session.delete(number)
    made.it_is_loud()
    asked = made.picks_up()
    assert made.rung == [HOST_ANSWERS]
    assert isinstance(asked, AskKey)
    assert "the host is to be called" in asked.say
    assert isinstance(made.presses("1"), HangUp)
    assert (duty_task(made).party, duty_task(made).result) == ("host", "host_reached")
    assert made.home.incident.state == "following_up"


def test_two_calls_at_once_ring_two_people_and_never_one_phone_for_both(duty):
    other = duty.home.add_home((ANSWERS[:-1] + "4",), duty.home.account_id)
    duty.home.noise_for_30_minutes(other)
    assert duty.rung == [MARY, OMAR]
    assert len({one.task_id for one in duty.rings()}) == 2


def test_who_missed_twice_as_the_last_is_rung_once_and_then_the_supervisor_is_paged(night, network):
    home = night(telephony=network)
    with home.sessions.write() as session:
        session.get_one(Operator, home.operator_ids["Ann"]).phone = home.vault.seal(MARY)
    home.available()
    home.noise_for_30_minutes()
    home.pass_time(seconds=95)
    assert [request.to for request in network.asked] == [MARY]
    assert home.presence("Ann") != "break"
    assert "supervisor_page:last_operator_misses" not in home.told()
    network.known["OWN1"] = network.event("OWN1", LegStatus.ENDED, 9, NO_ANSWER)
    home.pass_time(minutes=2)
    assert [request.to for request in network.asked] == [MARY]
    assert "supervisor_page:last_operator_misses" in home.told()
