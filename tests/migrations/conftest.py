"""One incident with one log entry."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from callassist import incident_log
from callassist.clock import ManualClock
from callassist.domain.log_action import LogAction
from callassist.storage.sessions import Sessions
from tests.incident_log.incidents import open_incident


@pytest.fixture
def logged_incident(sessions: Sessions, clock: ManualClock) -> Callable[[], int]:
    """Makes an incident with one entry and gives its id."""

    def make() -> int:
        with sessions.write() as session:
            incident = open_incident(session, clock.now())
            incident_log.append(
                session, incident.id, LogAction.INCIDENT_OPENED, {"by": "noise"}, now=clock.now()
            )
            return incident.id

    return make
