"""A firm with a home and a guest in it."""

from __future__ import annotations

import pytest

from tests.web.scene import Scene
from tests.web.world import World


@pytest.fixture
def scene(world: World) -> Scene:
    """One firm, its home, stay, desk and tokens."""
    return Scene(world)
