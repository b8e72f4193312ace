"""Homes of one account whose guest has the same number share one call."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callassist.escalation import ending, guest_answers, joined
from callassist.models import CallTask, Incident
from tests.escalation.night import INVALID, NO_ANSWER
from tests.escalation.scene import ANSWERS

OTHER = "+12025550104"
TALKS = "+12025550109"
SECOND = timedelta(seconds=1)


@pytest.fixture
def two(night):
    """Two homes of one account, loud since half an hour; Ann is there."""

    def build(number=ANSWERS, homes=2, **fields):
        home = night(guest_numbers=(number,), **fields)
        home.available()
        more = [home.add_home((number,)) for _ in range(homes - 1)]
        breaches = [home.noise_begins(each) for each in (home.property_id, *more)]
        home.pass_time(minutes=30)
        home.breaches = breaches
        for breach_id in breaches:
            home.noise_persists(breach_id)
        return home

    return build


def states(home):
    return [incident.state for incident in home.incidents()]


def open_tasks(home):
    return [task for task in home.tasks() if task.state not in ("completed", "cancelled")]


def ends(home, how, incident):
    with home.sessions.write() as session:
        how(session, incident.id, "Host", now=home.clock.now())
    home.run()


def test_two_homes_with_one_number_become_one_task_that_lists_both(two):
    home = two()
    assert states(home) == ["calling_guest", "calling_guest"]
    assert len(home.tasks()) == 1
    first, second = home.incidents()
    assert second.led_by_id == first.id
    with home.sessions.read() as session:
        about = joined.incidents_of(session, session.get_one(Incident, first.id))
        assert [each.property_id for each in about] == [first.property_id, second.property_id]
    assert home.findings() == []


def test_a_guest_who_agrees_is_reached_for_every_home(two):
    home = two()
    home.work("guest_agreed")
    assert states(home) == ["following_up", "following_up"]
    assert home.told().count("guest_reached") == 2
    assert len(home.network.calls()) == 1
    home.pass_time(minutes=31)
    assert [each.resolution for each in home.incidents()[:2]] == ["guest_reached"] * 2


def test_three_unanswered_calls_phone_the_host_of_each_home(two):
    home = two(NO_ANSWER)
    for _ in range(3):
        assert len(open_tasks(home)) == 1
        home.work("no_answer")
        home.pass_time(minutes=5, seconds=20)
    assert states(home) == ["calling_host", "calling_host"]
    assert [(task.party, task.attempt_number) for task in open_tasks(home)] == [("host", 1)] * 2
    assert home.told().count("guest_not_reached") == 2


def test_a_guest_who_phones_while_we_ring_for_the_last_time_gets_one_call_for_all_homes(two):
    home = two(NO_ANSWER)
    for _ in range(2):
        home.work("no_answer")
        home.pass_time(minutes=5, seconds=20)
    home.accept()
    home.dial()
    with home.sessions.write() as session:
        session.get_one(CallTask, home.tasks()[-1].id).phoned_back_at = home.clock.now() + SECOND
    home.call_ends()
    home.save("no_answer")
    home.run()
    assert states(home) == ["calling_guest", "calling_guest"]
    assert [(one.party, one.continuation) for one in open_tasks(home)] == [("guest", True)]
    home.work("no_answer")
    assert states(home) == ["calling_host", "calling_host"]
    assert [one.counted for one in home.attempts()] == [True, True, True, False]


def test_a_joined_home_that_gets_quiet_closes_and_the_call_goes_on(two):
    home = two()
    home.noise_ends(home.breaches[1])
    assert states(home) == ["calling_guest", "closed"]
    home.work("guest_agreed")
    assert states(home) == ["following_up", "closed"]
    assert home.incidents()[1].resolution == "went_quiet"


def test_when_the_first_home_gets_quiet_the_next_one_leads(two):
    home = two(homes=3)
    home.noise_ends(home.breaches[0])
    first, second, third = home.incidents()
    assert first.resolution == "went_quiet"
    assert [(task.incident_id, task.attempt_number) for task in open_tasks(home)] == [
        (second.id, 1)
    ]
    assert third.led_by_id == second.id
    home.work("guest_agreed")
    assert states(home) == ["closed", "following_up", "following_up"]
    assert home.findings() == []


def test_the_next_home_goes_on_with_the_next_attempt_five_minutes_later(two):
    home = two(NO_ANSWER)
    ended = home.work("no_answer").ended_at
    ends(home, ending.take_over, home.incidents()[0])
    task = open_tasks(home)[0]
    assert (task.incident_id, task.attempt_number) == (home.incidents()[1].id, 2)
    assert (task.available_at - ended).total_seconds() == 300


def test_attempts_of_a_shared_call_count_for_each_home(two):
    home = two(NO_ANSWER)
    for _ in range(2):
        home.work("no_answer")
        home.pass_time(minutes=5, seconds=20)
    ends(home, ending.cancel, home.incidents()[0])
    home.pass_time(minutes=5)
    home.work("no_answer")
    home.pass_time(minutes=5)
    assert states(home) == ["closed", "calling_host"]
    assert len(home.network.calls()) == 3


def test_a_host_who_takes_the_leading_home_over_while_we_talk_leaves_the_result_to_the_other(two):
    home = two(TALKS)
    home.accept()
    home.dial()
    home.pass_time(seconds=45)
    ends(home, ending.take_over, home.incidents()[0])
    home.call_ends()
    home.save("guest_agreed")
    assert home.incidents()[0].resolution == "host_took_over"
    assert states(home) == ["closed", "following_up"]


def test_a_home_that_joins_while_we_talk_is_called_about_on_its_own(night):
    home = night(guest_numbers=(TALKS,))
    home.available()
    first = home.noise_begins()
    later = home.noise_begins(home.add_home((TALKS,)))
    home.pass_time(minutes=30)
    home.noise_persists(first)
    home.accept()
    home.dial()
    home.pass_time(seconds=45)
    home.noise_persists(later)
    assert home.incidents()[1].state == "calling_guest"
    home.call_ends()
    home.save("guest_agreed")
    second = home.incidents()[1]
    assert second.state == "calling_guest"
    task = open_tasks(home)[0]
    assert (task.incident_id, task.attempt_number) == (second.id, 1)
    assert home.findings() == []


def test_a_wrong_number_is_wrong_for_every_home(two):
    home = two(INVALID)
    home.work("invalid_number")
    assert states(home) == ["calling_host", "calling_host"]


def test_homes_whose_next_numbers_differ_part(night):
    home = night(guest_numbers=(INVALID, ANSWERS))
    home.available()
    second = home.add_home((INVALID, OTHER))
    breaches = [home.noise_begins(), home.noise_begins(second)]
    home.pass_time(minutes=30)
    for breach_id in breaches:
        home.noise_persists(breach_id)
    home.work("invalid_number")
    assert len(open_tasks(home)) == 2
    home.work("guest_agreed")
    home.work("guest_agreed")
    assert states(home) == ["following_up", "following_up"]
    assert [call.to for call in home.network.calls()] == [ANSWERS, OTHER]


def test_a_guest_who_asks_not_to_be_called_is_not_called_about_the_other_home_either(two):
    home = two()
    home.work("asked_not_to_be_called")
    assert states(home) == ["calling_host", "calling_host"]
    stays = [home.stay(incident.stay_id) for incident in home.incidents()]
    assert all(stay.do_not_call_at is not None for stay in stays)


def test_a_shared_task_that_nobody_takes_phones_each_host_after_half_an_hour(two):
    home = two()
    home.decline()
    home.choose("Ann", "offline")
    home.pass_time(minutes=30)
    assert states(home) == ["calling_host", "calling_host"]
    assert len(open_tasks(home)) == 2


def test_a_guest_who_answers_for_the_joined_home_holds_the_shared_call(two):
    home = two()
    home.decline()
    with home.sessions.write() as session:
        word = guest_answers.GuestAnswer.TURN_IT_DOWN
        second = home.incidents()[1]
        guest_answers.answer(session, home.ctx, second.id, word, "page", now=home.clock.now())
    home.run()
    held = (open_tasks(home)[0].available_at - home.clock.now()).total_seconds()
    assert held == 600


def test_homes_of_two_accounts_never_share_a_call(night):
    home = night(guest_numbers=(NO_ANSWER,))
    second = home.add_home((NO_ANSWER,), account_id=home.add_account("Other Homes"))
    home.noise_for_30_minutes()
    home.noise_for_30_minutes(second)
    assert home.incidents()[1].led_by_id is None


def test_a_call_that_the_service_slept_through_is_missed_for_every_home(two):
    home = two(NO_ANSWER)
    home.accept()
    home.dial()
    home.call_ends()
    home.restart(minutes=120)
    assert [each.resolution for each in home.incidents()] == ["missed", "missed"]
