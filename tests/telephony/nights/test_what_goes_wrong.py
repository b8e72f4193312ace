"""Requests, answers and reports get lost, the network is down: nobody is dialled twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.telephony.nights.conftest import BeginNight


def test_a_lost_reply_is_found_and_nobody_is_dialled_twice(night: BeginNight) -> None:
    tonight = night("answers").begin()
    tonight.line.loses_a_reply()
    tonight.call()
    ended = tonight.until_ended()
    assert (ended.outcome, ended.talk_seconds) == ("answered", 60)
    assert tonight.rang() == 1
    assert len(tonight.attempts()) == 1


def test_a_lost_reply_and_lost_reports_are_settled_within_a_minute(night: BeginNight) -> None:
    tonight = night("talks-long").begin()
    tonight.line.loses_a_reply()
    tonight.line.reports("lost")
    tonight.call()
    known = ("placed", "ringing", "talking")
    tonight.until(lambda: tonight.attempt().state in known, timedelta(seconds=60))
    assert tonight.attempt().provider_call_id is not None


def test_a_lost_request_is_our_fault_and_made_anew(night: BeginNight) -> None:
    tonight = night("answers").begin()
    tonight.line.loses_a_request()
    tonight.call()
    ended = tonight.until_ended()
    assert (ended.outcome, ended.counted) == ("provider_error", False)
    assert tonight.rang() == 0
    assert tonight.stage.task().attempt_number == 1


def test_a_network_that_is_down_for_minutes_costs_no_attempt(night: BeginNight) -> None:
    tonight = night("answers").begin()
    tonight.line.goes_down()
    tonight.call()
    tonight.world.pass_time(minutes=3)
    assert tonight.attempt().state != "ended"
    tonight.line.comes_back()
    ended = tonight.until_ended()
    assert (ended.outcome, ended.counted) == ("provider_error", False)
    assert tonight.rang() == 0


def test_too_many_requests_are_made_again_and_dial_once(night: BeginNight) -> None:
    tonight = night("answers").begin()
    tonight.line.has_too_many()
    tonight.call()
    assert tonight.attempt().state == "waiting"
    assert tonight.until_ended().outcome == "answered"
    assert tonight.rang() == 1


@pytest.mark.parametrize("how", ["lost", "doubled", "shuffled", "late"])
def test_whatever_becomes_of_the_reports_the_outcome_is_the_same(
    night: BeginNight, how: str
) -> None:
    tonight = night("answers").begin()
    tonight.line.reports(how)
    tonight.call()
    ended = tonight.until_ended()
    tonight.world.pass_time(minutes=2, step=timedelta(minutes=1))
    assert (ended.outcome, ended.talk_seconds) == ("answered", 60)
    assert tonight.attempt().outcome == "answered"
    assert tonight.rang() == 1


def test_a_refusal_for_a_fault_of_ours_never_counts(night: BeginNight) -> None:
    tonight = night("answers").begin()
    tonight.line.refuses_us()
    tonight.call()
    ended = tonight.until_ended()
    assert (ended.outcome, ended.counted) == ("provider_error", False)
    assert tonight.rang() == 0
    assert tonight.stage.task().attempt_number == 1
