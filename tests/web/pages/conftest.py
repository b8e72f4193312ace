"""The stage on which pages are tried."""

from __future__ import annotations

import pytest

from tests.web.pages.stage import Stage
from tests.web.world import World


@pytest.fixture
def stage(world: World) -> Stage:
    """Two firms, a desk and people, on a real service."""
    return Stage(world)
