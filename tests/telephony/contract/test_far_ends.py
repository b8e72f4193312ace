"""What the service learns when it dials each kind of number."""

from __future__ import annotations

import pytest

from callassist.domain.dial import DialState, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.ports.telephony import RefusedCall
from tests.telephony.world import World


def number(last: int) -> str:
    return f"+120255501{last:02d}"


@pytest.mark.parametrize("last", [1, 11, 91])
def test_somebody_answers_and_talks_as_many_minutes_as_the_last_digit(world: World, last) -> None:
    _, token = world.dial(number(last))
    world.let_pass(minutes=2)
    facts = world.facts(token)
    assert facts.outcome is AttemptOutcome.ANSWERED
    assert facts.talk_seconds == 60
    assert [event.status for event in world.told(token)] == list(LegStatus)
    assert [event.sequence for event in world.told(token)] == [0, 1, 2, 3]


def test_a_last_digit_of_nought_is_half_a_minute(world: World) -> None:
    _, token = world.dial(number(0))
    world.let_pass(minutes=1)
    assert world.facts(token).talk_seconds == 30


def test_numbers_in_the_nineties_ring_long_before_they_answer(world: World) -> None:
    _, token = world.dial(number(91))
    world.let_pass(seconds=24)
    assert world.facts(token).state is DialState.RINGING
    world.let_pass(seconds=8)
    assert world.facts(token).state is DialState.TALKING


@pytest.mark.parametrize(
    ("last", "outcome", "rings"),
    [
        (20, AttemptOutcome.NO_ANSWER, True),
        (30, AttemptOutcome.BUSY, False),
        (60, AttemptOutcome.DECLINED, True),
        (70, AttemptOutcome.UNREACHABLE, False),
    ],
)
def test_nobody_can_be_spoken_to(world: World, last, outcome, rings) -> None:
    _, token = world.dial(number(last))
    world.let_pass(seconds=40)
    facts = world.facts(token)
    assert (facts.outcome, facts.answered_at, facts.talk_seconds) == (outcome, None, None)
    assert (LegStatus.RINGING in [event.status for event in world.told(token)]) is rings


def test_a_mailbox_picks_up_and_is_not_taken_for_a_person(world: World) -> None:
    _, token = world.dial(number(40))
    world.let_pass(seconds=35)
    assert world.facts(token).state is DialState.TALKING
    world.let_pass(seconds=30)
    assert world.facts(token).outcome is AttemptOutcome.VOICEMAIL


def test_somebody_who_hangs_up_at_once_has_hung_up(world: World) -> None:
    _, token = world.dial(number(55))
    world.let_pass(seconds=30)
    facts = world.facts(token)
    assert facts.outcome is AttemptOutcome.HUNG_UP
    assert facts.talk_seconds == 2


@pytest.mark.parametrize("to", [number(80), number(89), "+15005550001", "banana", "", "+1202555"])
def test_a_number_that_cannot_be_called_is_refused_and_nothing_rings(world: World, to) -> None:
    with pytest.raises(RefusedCall) as refused:
        world.dial(to)
    assert refused.value.outcome is AttemptOutcome.INVALID_NUMBER
    assert refused.value.detail
    world.let_pass(seconds=30)
    assert world.network.calls() == []
    assert not world.service.events


def test_an_untouched_call_waits_for_its_ring_timeout_only(world: World) -> None:
    _, token = world.dial(number(20))
    world.let_pass(seconds=29)
    assert world.facts(token).state is DialState.RINGING
    world.let_pass(seconds=5)
    assert world.facts(token).state is DialState.ENDED


def test_two_requests_for_one_attempt_are_two_calls(world: World) -> None:
    for _ in range(2):
        world.network.place_call(world.request(number(20), attempt_id="the same"))
    assert [call.attempt_id for call in world.network.calls()] == ["the same", "the same"]
    assert len({call.call_id for call in world.network.calls()}) == 2
