"""Fixtures of sensors that write to a database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callassist.clock import ManualClock
from callassist.storage.sessions import Sessions
from tests.ingest.scene import Scene


@pytest.fixture
def scene(sessions: Sessions, clock: ManualClock) -> Iterator[Scene]:
    """A host on each kind of database."""
    scene = Scene(sessions, clock)
    yield scene
    scene.close()
