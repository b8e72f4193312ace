"""A host, their clouds on a real socket, and our way of asking them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callassist.clock import ManualClock
from callassist.storage.sessions import Sessions
from tests.sensors.asked.scene import AskedScene


@pytest.fixture
def scene(sessions: Sessions, clock: ManualClock) -> Iterator[AskedScene]:
    """On each kind of database."""
    with AskedScene(sessions, clock) as scene:
        yield scene
