"""The stage of the pages' tests with live streams, on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.scene import LiveStage
from tests.web.conftest import world_on_each
from tests.web.pages.stage import Stage
from tests.web.world import World

__all__ = ["world_on_each"]


@pytest.fixture
def live(world_on_each: World) -> Iterator[LiveStage]:
    """Two firms, a desk, and a hub with room for ten streams."""
    made = LiveStage(Stage(world_on_each))
    yield made
    made.close()
