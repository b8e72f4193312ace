"""The scene, on each kind of database."""

from __future__ import annotations

import pytest

from callassist.clock import ManualClock
from callassist.storage.sessions import Sessions
from tests.notifications.scene import Scene


@pytest.fixture
def scene(sessions: Sessions, clock: ManualClock) -> Scene:
    """One account with one home; nobody can be told anything yet."""
    return Scene(sessions, clock)
