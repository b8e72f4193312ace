"""Answers that get lost: what the network can and cannot tell afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from callassist.domain.dial import LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.errors import TransientError
from callassist.ports.telephony import CallInDoubt, RateLimited
from tests.telephony.conftest import Begin
from tests.telephony.world import START, World, token_of

GUEST = "+12025550101"


def test_a_call_whose_answer_was_lost_is_found_and_rings(begin: Begin) -> None:
    world = begin(lose_reply=1.0)
    request = world.request(GUEST, attempt_id="attempt-9")
    with pytest.raises(CallInDoubt):
        world.network.place_call(request)
    world.let_pass(seconds=30)
    (found,) = world.network.find_calls(to=GUEST, since=START)
    assert found.attempt_id == "attempt-9"
    assert found.placed_at == START
    assert found.event.status in (LegStatus.RINGING, LegStatus.ANSWERED)
    assert found.call_id == world.told(token_of(request))[0].call_id


def test_a_call_that_never_arrived_is_not_found(begin: Begin) -> None:
    world = begin(lose_request=1.0)
    with pytest.raises(CallInDoubt):
        world.dial(GUEST)
    world.let_pass(seconds=30)
    assert world.network.find_calls(to=GUEST, since=START) == []
    assert world.network.calls() == []


def test_a_slow_network_shows_a_doubtful_call_only_when_it_accepted_it(begin: Begin) -> None:
    world = begin(lose_reply=1.0, accept_within=timedelta(seconds=10))
    with pytest.raises(CallInDoubt):
        world.dial(GUEST)
    assert world.network.find_calls(to=GUEST, since=START) == []
    world.let_pass(seconds=10)
    assert len(world.network.find_calls(to=GUEST, since=START)) == 1


def test_only_calls_to_this_number_since_then_are_found(world: World) -> None:
    world.dial(GUEST)
    world.dial("+12025550102")
    world.let_pass(minutes=5)
    later, _ = world.dial(GUEST)
    since = world.clock.now() - timedelta(minutes=1)
    assert [call.call_id for call in world.network.find_calls(to=GUEST, since=since)] == [later]
    assert len(world.network.find_calls(to=GUEST, since=START)) == 2


def test_a_call_whose_callbacks_were_lost_can_be_asked_for(begin: Begin) -> None:
    world = begin(lose_callback=1.0)
    call, token = world.dial(GUEST)
    world.let_pass(minutes=2)
    assert world.told(token) == []
    event = world.network.fetch_call(call)
    assert event is not None
    assert (event.status, event.outcome) == (LegStatus.ENDED, AttemptOutcome.ANSWERED)
    assert event.talk_seconds == 60


def test_the_answer_to_a_question_is_the_report_of_the_callback(world: World) -> None:
    call, token = world.dial(GUEST)
    for _ in range(5):
        world.let_pass(seconds=20)
        assert world.network.fetch_call(call) == world.told(token)[-1]


def test_a_call_that_was_never_placed_is_unknown(world: World) -> None:
    assert world.network.fetch_call("SIM" + "0" * 32) is None


def test_a_network_that_says_too_many_placed_nothing(begin: Begin) -> None:
    world = begin(rate_limit=1.0, retry_after_seconds=3.0)
    with pytest.raises(RateLimited) as limited:
        world.dial(GUEST)
    assert limited.value.retry_after == 3.0
    assert world.network.calls() == []


def test_a_network_that_is_down_says_so_and_places_nothing(begin: Begin) -> None:
    world = begin(down=True)
    with pytest.raises(CallInDoubt):
        world.dial(GUEST)
    for question in (
        world.network.check,
        lambda: world.network.find_calls(to=GUEST, since=START),
        lambda: world.network.fetch_call("SIM" + "0" * 32),
    ):
        with pytest.raises(TransientError, match="down"):
            question()
    assert world.network.calls() == []
