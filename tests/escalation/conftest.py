"""A night that a test can set up in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from callassist.clock import ManualClock
from callassist.storage.sessions import Sessions
from tests.escalation.laddering import ladder_night
from tests.escalation.night import Night
from tests.escalation.two_legs import TwoLegNetwork


@pytest.fixture
def night(sessions: Sessions, clock: ManualClock, tmp_path: Path) -> Iterator[Callable[..., Night]]:
    """Builds a Night; keyword arguments are its fields."""
    made: list[Night] = []

    def build(**fields: Any) -> Night:
        made.append(Night(sessions, clock, tmp_path, **fields))
        return made[-1]

    yield build
    for each in made:
        each.network.close()


@pytest.fixture
def ladder_home(night: Callable[..., Night]) -> Callable[..., Night]:
    """Builds a night in which all but what is named allows texts to the guest."""
    return partial(ladder_night, night)


@pytest.fixture
def network(clock: ManualClock) -> TwoLegNetwork:
    """Joins two legs, and says what a test tells it to."""
    return TwoLegNetwork(clock)
