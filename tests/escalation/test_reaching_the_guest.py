"""The main job: noise persists, an operator phones, the guest answers, it gets quiet."""

from __future__ import annotations

from callassist.escalation.dialling import DialAnswer
from callassist.models import Breach
from tests.escalation.night import BUSY, NO_ANSWER


def test_guest_answers_and_it_gets_quiet(night):
    home = night()
    home.available()
    home.noise_for_30_minutes()
    assert home.incident.state == "calling_guest"
    home.work("guest_agreed")
    assert home.incident.state == "following_up"
    home.pass_time(minutes=8)
    home.noise_ends()
    incident = home.incident
    assert (incident.state, incident.resolution) == ("closed", "guest_reached")
    assert home.told() == ["noise_started", "call_requested", "guest_reached"]
    assert home.reports() == ["calling_ended", "closed"]
    assert home.presence() == "available"


def test_incident_watches_ten_minutes_into_the_noise_and_ends_by_itself(night):
    home = night()
    home.noise_begins()
    home.pass_time(minutes=9)
    assert home.incidents() == []
    home.pass_time(minutes=1)
    assert home.incident.state == "watching"
    assert home.findings() == []
    home.pass_time(minutes=12)
    home.noise_ends()
    assert home.incident.resolution == "went_quiet"
    assert home.told() == ["noise_started"]
    assert home.reports() == ["closed"]


def test_three_unanswered_attempts_are_five_minutes_apart_and_then_the_host_is_phoned(night):
    home = night(guest_numbers=(NO_ANSWER,))
    home.available()
    home.noise_for_30_minutes()
    home.work("no_answer")
    for _ in range(2):
        home.pass_time(minutes=6)
        home.work("no_answer")
    assert [attempt.counted for attempt in home.attempts()] == [True, True, True]
    ended = [attempt.ended_at for attempt in home.attempts()]
    dialled = [attempt.dial_at for attempt in home.attempts()]
    assert all(
        (later - earlier).total_seconds() >= 300
        for earlier, later in zip(ended, dialled[1:], strict=False)
    )
    assert home.incident.state == "calling_host"
    assert "guest_not_reached" in home.told()
    home.pass_time(seconds=15)
    home.work("host_reached")
    assert home.incident.state == "following_up"
    home.pass_time(minutes=31)
    assert home.incidents()[0].resolution == "host_reached"


def test_busy_guest_is_called_again_by_the_same_operator(night):
    home = night(guest_numbers=(BUSY,), operators={"Ann": ("en",), "Ben": ("en",)})
    home.available("Ann")
    home.noise_for_30_minutes()
    home.available("Ben")
    home.work("busy", "Ann")
    home.pass_time(minutes=5, seconds=5)
    assert home.presence("Ann") == "offered"
    assert home.presence("Ben") == "available"


def test_noise_that_stops_between_two_attempts_stands_the_operator_down(night):
    home = night(guest_numbers=(NO_ANSWER,))
    home.available()
    home.noise_for_30_minutes()
    home.work("no_answer")
    home.pass_time(minutes=2)
    home.noise_ends()
    assert home.incident.resolution == "went_quiet"
    assert [task.state for task in home.tasks()] == ["completed", "cancelled"]
    assert "went_quiet" in home.told()
    assert home.findings() == []


def test_last_look_stops_a_dial_when_the_noise_has_just_ended(night):
    home = night()
    home.available()
    home.noise_for_30_minutes()
    home.accept()
    with home.sessions.write() as session:
        breach = session.get_one(Breach, home.breach_id)
        breach.ended_at, breach.end_reason = home.clock.now(), "calm"
    assert home.dial().answer is DialAnswer.WENT_QUIET
    assert home.attempts() == []
    assert home.network.calls() == []


def test_noise_that_ends_during_the_talk_lets_the_call_finish_as_reached(night):
    home = night()
    home.available()
    home.noise_for_30_minutes()
    home.accept()
    home.dial()
    home.noise_ends()
    assert home.incident.state == "calling_guest"
    home.call_ends()
    home.save("guest_agreed")
    assert home.incident.resolution == "guest_reached"
    assert home.incident.noise_ended_at is not None


def test_noise_that_ends_while_ringing_and_nobody_answers_closes_went_quiet(night):
    home = night(guest_numbers=(NO_ANSWER,))
    home.available()
    home.noise_for_30_minutes()
    home.accept()
    home.dial()
    home.noise_ends()
    home.call_ends()
    home.save("no_answer")
    assert home.incident.resolution == "went_quiet"
