"""The networks that the contract is told to; a new adapter adds its line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from callassist.telephony.simulated import Faults
from tests.telephony.world import World

NETWORKS = {"simulated": World}

Begin = Callable[..., World]


@pytest.fixture(params=NETWORKS)
def begin(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Begin]:
    """Begins an evening with a network that misbehaves as asked."""
    with ExitStack() as stack:

        def begin_with(seed: int = 7, **faults: Any) -> World:
            world = NETWORKS[request.param](tmp_path, Faults(**faults), seed)
            return stack.enter_context(world.running())

        yield begin_with


@pytest.fixture
def world(begin: Begin) -> World:
    return begin()
