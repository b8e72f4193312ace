"""Work that is left lying, or that comes back late, always moves on by itself."""

from __future__ import annotations

import pytest

from callassist import timers
from callassist.errors import Conflict, InvalidInput
from callassist.escalation import ending, guest_answers, new_incident, opening
from callassist.models import Breach, HostContact, Property
from tests.escalation.faulty_nights import faulty
from tests.escalation.night import HOST_NO_ANSWER, NO_ANSWER

TALKS = "+12025550109"
RINGS_LONG = "+12025550190"


def called(night, **fields):
    home = night(**fields)
    home.available()
    home.noise_for_30_minutes()
    return home


def answer(home, said):
    with home.sessions.write() as session:
        word = guest_answers.GuestAnswer(said)
        incident = home.incident
        guest_answers.answer(session, home.ctx, incident.id, word, "page", now=home.clock.now())
    home.run()


def test_a_last_operator_who_never_answers_does_not_keep_the_host_from_being_phoned(night):
    home = called(night)
    home.pass_time(minutes=31)
    assert home.incident.state == "calling_host"
    home.pass_time(minutes=31)
    assert home.incident.resolution == "nobody_reached"


def test_an_operator_who_comes_back_to_a_talk_gets_no_other_work(night):
    home = called(night, guest_numbers=(TALKS,))
    home.add_home(("+12025550101",))
    home.accept()
    home.dial()
    home.pass_time(seconds=45)
    home.vanished.add("Ann")
    home.pass_time(seconds=70)
    assert home.presence() == "offline"
    home.vanished.clear()
    home.available()
    assert home.presence() == "on_a_call"
    with pytest.raises(Conflict, match="finish or decline"):
        home.choose("Ann", "break")
    home.call_ends()
    assert home.presence() == "wrap_up"
    home.save("guest_agreed")
    assert home.presence() == "available"


def test_a_host_contact_removed_while_it_is_dialled_ends_the_calls(night):
    home = called(night, guest_numbers=(), host_numbers=(HOST_NO_ANSWER,))
    home.accept()
    home.dial()
    home.call_ends()
    with home.sessions.write() as session:
        session.query(HostContact).delete()
    home.save("host_not_reached")
    assert home.incident.resolution == "nobody_reached"


def test_a_429_that_lasts_is_our_fault_after_five_minutes(night):
    home = called(night)
    faulty(home, rate_limit=1.0)
    home.accept()
    home.dial()
    for _ in range(36):
        home.pass_time(seconds=10)
    assert home.attempts()[0].outcome == "provider_error"
    assert home.log().count("dial_started") == 1
    assert home.findings() == []


def test_a_call_that_the_network_has_forgotten_is_over_after_five_minutes(night):
    home = called(night)
    home.accept()
    faulty(home, lose_callback=1.0)
    home.dial()
    home.network.fetch_call = lambda call_id: None
    home.pass_time(minutes=7)
    assert home.attempts()[0].outcome == "unreachable"
    assert "supervisor_page:dial_in_doubt" in home.told()


def test_a_dial_that_the_service_slept_through_is_never_made_late(night):
    home = called(night)
    home.accept()
    faulty(home, rate_limit=1.0)
    home.dial()
    faulty(home)
    home.restart(minutes=90)
    home.pass_time(minutes=5)
    assert home.network.calls() == []
    assert home.incident.resolution == "missed"


def test_a_next_attempt_that_the_service_slept_through_is_missed(night):
    home = called(night, guest_numbers=(NO_ANSWER,))
    home.accept()
    home.dial()
    home.call_ends()
    home.restart(minutes=120)  # the wrap-up is closed late, and its next attempt is long past
    assert home.incident.resolution == "missed"
    assert len(home.network.calls()) == 1


def test_a_call_asked_for_by_hand_that_the_service_slept_through_is_missed(night):
    home = night()
    with home.sessions.write() as session:
        place = session.get_one(Property, home.property_id)
        opening.open_by_hand(
            session, home.ctx, place, new_incident.OpenedBy.HOST, now=home.clock.now()
        )
    home.restart(minutes=240)
    assert home.incident.resolution == "missed"


def test_noise_after_a_missed_incident_calls_again_after_an_hour(night):
    home = night()
    home.available()
    breach_id = home.noise_begins()
    home.pass_time(minutes=29)
    with home.sessions.write() as session:
        breach = session.get_one(Breach, breach_id)
        breach.escalated_at = home.clock.now()
        timers.arm(session, "breach_due", breach_id, home.clock.now(), now=home.clock.now())
    home.clock.advance(seconds=-1)
    home.restart(minutes=45)
    assert home.incident.resolution == "missed"
    for _ in range(13):
        home.pass_time(minutes=5)
        with home.sessions.write() as session:
            session.get_one(Breach, breach_id).last_loud_at = home.clock.now()
    assert home.incident.state == "calling_guest"


def test_a_repeat_that_the_service_slept_through_waits_for_something_loud(night):
    home = called(night)
    home.work("guest_agreed")
    home.choose("Ann", "offline")
    home.restart(minutes=240)
    assert [each.resolution for each in home.incidents()] == ["guest_reached"]
    with home.sessions.write() as session:
        session.get_one(Breach, home.breach_id).last_loud_at = home.clock.now()
    home.pass_time(minutes=5)
    assert len(home.incidents()) == 2
    assert home.incident.state == "calling_guest"


def test_a_guest_who_holds_dialling_holds_the_alarms_about_it_too(night):
    home = night()
    home.noise_for_30_minutes()
    answer(home, "turn_it_down")
    home.pass_time(minutes=12)
    assert "supervisor_page:nobody_takes_it" not in home.told()
    home.pass_time(minutes=4)
    assert "supervisor_page:nobody_takes_it" in home.told()


def test_a_guest_who_asks_for_a_call_after_holding_it_is_called_now(night):
    home = night()
    home.noise_for_30_minutes()
    answer(home, "turn_it_down")
    answer(home, "call_me")
    home.available()
    home.accept()
    assert home.dial().answer == "dialling"


def test_what_a_guest_asked_for_never_rings_a_phone_that_is_in_a_call(night):
    home = night(guest_numbers=(TALKS,), operators={"Ann": ("en",), "Ben": ("en",)})
    second = home.add_home((TALKS,), account_id=home.add_account("Other Homes"))
    home.available("Ann")
    later = home.noise_begins(second)
    home.noise_for_30_minutes()
    home.accept("Ann")
    home.dial("Ann")
    home.pass_time(seconds=45)
    home.noise_persists(later)
    answer(home, "call_me")
    home.available("Ben")
    home.accept("Ben")
    assert home.dial("Ben").answer == "too_soon"
    assert len(home.network.calls()) == 1


def test_a_retry_hold_is_not_stretched_by_a_decline_of_other_work(night):
    home = called(night, guest_numbers=(NO_ANSWER,), operators={"Ann": ("en",), "Ben": ("en",)})
    home.work("no_answer")
    home.choose("Ann", "break")
    home.pass_time(minutes=4, seconds=50)
    home.available("Ben")
    home.noise_for_30_minutes(home.add_home(()))
    home.decline("Ben")
    assert home.presence("Ben") == "offered"  # the retry: its hold is over long ago


def test_an_operator_cannot_call_an_answered_call_our_own_fault(night):
    home = called(night)
    home.accept()
    home.dial()
    home.call_ends()
    for word in ("cancelled", "provider_error"):
        with pytest.raises(InvalidInput, match="noted by the service itself"):
            home.save(word)


def test_a_talk_that_ends_after_the_host_took_over_still_counts_as_a_dial(night):
    home = called(night, guest_numbers=(RINGS_LONG,))
    home.accept()
    home.dial()
    with home.sessions.write() as session:
        ending.take_over(session, home.incident.id, "Host", now=home.clock.now())
    home.run()
    home.pass_time(minutes=1)
    assert (home.attempts()[0].outcome, home.attempts()[0].counted) == ("cancelled", False)


def test_an_operator_who_left_stays_offline_after_a_hostile_call(night):
    home = called(night, guest_numbers=("+12025550101",))
    home.accept()
    home.dial()
    home.call_ends()
    home.vanished.add("Ann")
    home.pass_time(seconds=65)
    assert home.presence() == "offline"
    home.save("hostile")
    assert home.presence() == "offline"


def test_a_lost_end_of_a_call_made_by_hand_is_asked_of_the_supervisor(night):
    home = called(night, manual=True)
    home.accept()
    assert home.dial().answer == "started"
    home.pass_time(minutes=16)
    assert "supervisor_page:call_end_missing" in home.told()
    home.pass_time(minutes=30)
    assert home.tasks()[0].result == "not_recorded"
    assert home.incident.first_contact is None  # nobody can say that the guest was reached
