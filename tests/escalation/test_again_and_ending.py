"""Repeats, re-arming, zombies, and what the host may end at any moment."""

from __future__ import annotations

import pytest

from callassist import timers
from callassist.errors import Conflict, IllegalMove, InvalidInput
from callassist.escalation import ending, guest_answers, opening
from callassist.escalation.guest_answers import GuestAnswer
from callassist.escalation.new_incident import OpenedBy
from callassist.models import Breach, Property
from tests.escalation.night import NO_ANSWER


def called(night, **fields):
    home = night(**fields)
    home.available()
    home.noise_for_30_minutes()
    return home


def by_hand(home, **more):
    with home.sessions.write() as session:
        place = session.get_one(Property, home.property_id)
        opening.open_by_hand(session, home.ctx, place, OpenedBy.HOST, now=home.clock.now(), **more)
    home.run()


def end(home, how, incident=None):
    with home.sessions.write() as session:
        how(session, (incident or home.incident).id, "Host", now=home.clock.now())
    home.run()


def test_still_loud_fifteen_minutes_after_the_contact_needs_the_host(night):
    home = called(night)
    home.work("guest_agreed")
    home.pass_time(minutes=16)
    assert "needs_you:still_loud" in home.told()


def test_still_loud_thirty_minutes_after_the_contact_is_a_repeat_that_calls_at_once(night):
    home = called(night)
    home.work("guest_agreed")
    home.pass_time(minutes=31)
    first, second = home.incidents()
    assert (first.resolution, first.noise_ended_at) == ("guest_reached", None)
    assert (second.opened_by, second.repeat_of_id) == ("repeat", first.id)
    assert second.state == "calling_guest"
    assert home.presence() == "offered"


def test_after_nobody_was_reached_noise_opens_nothing_for_an_hour(night):
    home = called(night, guest_numbers=(NO_ANSWER,), host_numbers=())
    for _ in range(3):
        home.work("no_answer")
        home.pass_time(minutes=5, seconds=20)
    assert home.incident.resolution == "nobody_reached"
    home.pass_time(minutes=50)
    assert len(home.incidents()) == 1
    home.pass_time(minutes=11)
    assert len(home.incidents()) == 2
    assert home.incident.state == "calling_guest"


def test_after_it_went_quiet_a_new_breach_starts_from_zero(night):
    home = called(night)
    home.noise_ends()
    home.noise_begins()
    home.pass_time(minutes=10)
    assert len(home.incidents()) == 2
    assert home.incident.state == "watching"


def test_three_incidents_a_night_and_then_the_host_alone_is_told(night):
    home = night()
    home.available()
    for _ in range(3):
        home.noise_for_30_minutes()
        home.work("guest_agreed")
        home.noise_ends()
    home.noise_for_30_minutes()
    assert len(home.incidents()) == 3
    assert home.told().count("needs_you:night_is_full") == 1
    assert home.presence() == "available"


def test_a_host_who_takes_over_ends_tasks_and_offers(night):
    home = called(night)
    end(home, ending.take_over)
    assert home.incident.resolution == "host_took_over"
    assert home.presence() == "available"
    assert [task.state for task in home.tasks()] == ["cancelled"]


def test_a_ringing_call_is_hung_up_when_the_host_takes_over(night):
    home = called(night, guest_numbers=("+12025550190",))
    home.accept()
    home.dial()
    end(home, ending.take_over)
    home.pass_time(minutes=2)
    assert home.incident.resolution == "host_took_over"
    assert home.network.calls()[0].outcome == "cancelled"
    assert home.presence() == "available"


def test_a_talk_finishes_with_its_wrap_up_when_the_host_cancels(night):
    home = called(night, guest_numbers=("+12025550105",))
    home.accept()
    home.dial()
    home.pass_time(seconds=50)
    end(home, ending.cancel)
    assert home.incident.state == "calling_guest"
    home.call_ends()
    home.save("guest_agreed")
    assert home.incident.resolution == "cancelled"


def test_a_closed_incident_cannot_be_taken_over(night):
    home = called(night)
    home.noise_ends()
    with pytest.raises(IllegalMove, match="closed"):
        end(home, ending.take_over)


def test_a_pause_cancels_what_runs_and_opens_nothing(night):
    home = called(night)
    until = home.clock.now().replace(hour=23, minute=59)
    with home.sessions.write() as session:
        place = session.get_one(Property, home.property_id)
        place.paused_until = until
        ending.pause_home(session, place, until, "Host", now=home.clock.now())
    home.run()
    assert home.incident.resolution == "cancelled"
    home.noise_ends()
    home.noise_for_30_minutes()
    assert len(home.incidents()) == 1


def test_an_incident_opened_by_hand_calls_at_once_without_any_sensor(night):
    home = night()
    home.available()
    by_hand(home, complaint="a neighbour rang", complaint_at=home.clock.now())
    assert home.incident.opened_by == "host"
    home.work("guest_agreed")
    home.pass_time(minutes=31)
    assert home.incident.resolution == "guest_reached"
    assert len(home.incidents()) == 1


def test_call_now_on_a_watched_home_skips_the_waiting(night):
    home = night()
    home.available()
    home.noise_begins()
    home.pass_time(minutes=12)
    by_hand(home)
    assert len(home.incidents()) == 1
    assert home.presence() == "offered"


def test_call_now_while_calls_run_is_a_conflict(night):
    home = called(night)
    with pytest.raises(Conflict, match="already running"):
        by_hand(home)


def test_a_complaint_in_the_future_is_refused(night):
    home = night()
    with pytest.raises(InvalidInput, match="future"):
        by_hand(home, complaint_at=home.clock.now().replace(year=2030))
    assert home.incidents() == []


def test_a_call_slept_through_for_half_an_hour_is_missed_never_dialled(night):
    home = night()
    home.available()
    home.noise_begins()
    home.pass_time(minutes=29)
    home.clock.advance(minutes=1)
    persisted = home.clock.now()
    with home.sessions.write() as session:
        breach = session.get_one(Breach, home.breach_id)
        breach.escalated_at = breach.last_loud_at = persisted
        timers.arm(session, "breach_due", breach.id, persisted, now=persisted)
    home.clock.advance(minutes=40)  # the service is down
    home.up_since = home.clock.now()
    home.run()
    assert home.incident.resolution == "missed"
    assert "needs_you:missed" in home.told()
    assert home.attempts() == []


def test_a_short_sleep_calls_at_once(night):
    home = night()
    home.available()
    home.noise_begins()
    home.pass_time(minutes=29)
    due = home.clock.now()
    with home.sessions.write() as session:
        breach = session.get_one(Breach, home.breach_id)
        breach.escalated_at = breach.last_loud_at = due
        timers.arm(session, "breach_due", breach.id, due, now=due)
    home.clock.advance(minutes=20)
    home.up_since = home.clock.now()
    home.run()
    assert home.incident.state == "calling_guest"


def test_waiting_for_an_operator_is_never_a_zombie(night):
    home = night()
    home.noise_for_30_minutes()
    home.pass_time(minutes=28)
    assert home.incident.state == "calling_guest"


def test_a_silent_sensor_closes_what_is_only_watched(night):
    home = night()
    home.noise_begins()
    home.pass_time(minutes=12)
    home.noise_ends(reason="sensor_lost")
    assert home.incident.resolution == "sensor_lost"


def test_a_silent_sensor_does_not_stop_a_requested_call(night):
    home = called(night)
    home.noise_ends(reason="sensor_lost")
    assert home.incident.state == "calling_guest"
    home.work("guest_agreed")
    home.pass_time(minutes=31)
    assert home.incident.resolution == "guest_reached"


def test_we_turn_it_down_holds_dialling_ten_minutes_once(night):
    home = night()
    home.noise_for_30_minutes()
    answer(home, GuestAnswer.TURN_IT_DOWN)
    held = home.incident.held_until
    home.available()
    assert home.presence() == "available"
    home.pass_time(minutes=5)
    answer(home, GuestAnswer.TURN_IT_DOWN)
    assert home.incident.held_until == held
    home.pass_time(minutes=5)
    assert home.presence() == "offered"


def test_call_me_makes_the_next_attempt_available_now(night):
    home = called(night, guest_numbers=(NO_ANSWER,))
    home.work("no_answer")
    answer(home, GuestAnswer.CALL_ME)
    assert home.presence() == "offered"
    home.work("no_answer")
    assert [attempt.attempt_number for attempt in home.attempts()] == [1, 2]


def test_it_is_not_us_is_told_and_calls_go_on(night):
    home = called(night)
    answer(home, GuestAnswer.NOT_US)
    assert "needs_you:guest_says_not_us" in home.told()
    assert home.presence() == "offered"


def answer(home, said):
    with home.sessions.write() as session:
        guest_answers.answer(
            session, home.ctx, home.incident.id, said, "page", now=home.clock.now()
        )
    home.run()
