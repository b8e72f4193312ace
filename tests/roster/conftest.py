"""The team that swaps shifts, on each kind of database."""

from __future__ import annotations

import pytest

from callassist.storage.sessions import Sessions
from tests.roster.swap_scene import Team, make_team


@pytest.fixture
def team(sessions: Sessions) -> Team:
    """Ana, Bea and Cleo."""
    return make_team(sessions)
