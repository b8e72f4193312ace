"""A home in a database, on each kind of database."""

from __future__ import annotations

import pytest

from callassist.storage.sessions import Sessions
from tests.reports.rows import Home


@pytest.fixture
def home(sessions: Sessions) -> Home:
    """An account with one home, a guest, a sensor and an operator."""
    return Home.set_up(sessions)
