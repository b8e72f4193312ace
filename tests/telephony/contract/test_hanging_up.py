"""The service ends a call: before it rings, while it rings, while somebody talks."""

from __future__ import annotations

import pytest

from callassist.domain.dial import DialState, LegStatus
from callassist.domain.results import AttemptOutcome
from callassist.errors import NotFound
from tests.telephony.world import World


@pytest.mark.parametrize("after", [0, 10], ids=["before it rings", "while it rings"])
def test_hung_up_before_an_answer_the_call_is_cancelled(world: World, after: int) -> None:
    call, token = world.dial("+12025550121")
    world.let_pass(seconds=after)
    world.network.hang_up(call)
    world.network.pump()
    facts = world.facts(token)
    assert facts.outcome is AttemptOutcome.CANCELLED
    assert facts.ended_at == world.clock.now()
    assert facts.answered_at is None


def test_hung_up_while_talking_the_call_keeps_the_talk_so_far(world: World) -> None:
    call, token = world.dial("+12025550109")
    world.let_pass(minutes=2)
    assert world.facts(token).state is DialState.TALKING
    world.network.hang_up(call)
    world.network.pump()
    facts = world.facts(token)
    assert facts.outcome is AttemptOutcome.ANSWERED
    assert facts.answered_at is not None
    assert facts.talk_seconds == round((world.clock.now() - facts.answered_at).total_seconds())


def test_after_a_hang_up_nothing_more_happens(world: World) -> None:
    call, token = world.dial("+12025550109")
    world.let_pass(seconds=3)
    world.network.hang_up(call)
    world.let_pass(minutes=12)
    ends = [event for event in world.told(token) if event.status is LegStatus.ENDED]
    assert len(ends) == 1
    assert LegStatus.ANSWERED not in [event.status for event in world.told(token)]
    (logged,) = world.network.calls()
    assert logged.outcome is AttemptOutcome.CANCELLED


def test_hanging_up_twice_or_too_late_is_fine(world: World) -> None:
    call, token = world.dial("+12025550130")
    world.let_pass(seconds=10)
    world.network.hang_up(call)
    world.network.hang_up(call)
    world.let_pass(seconds=10)
    assert world.facts(token).outcome is AttemptOutcome.BUSY


def test_a_call_that_was_never_placed_cannot_be_hung_up(world: World) -> None:
    with pytest.raises(NotFound, match="knows no call"):
        world.network.hang_up("SIM" + "0" * 32)
