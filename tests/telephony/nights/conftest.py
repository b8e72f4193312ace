"""Nights on each of the three networks; at the end of each nobody may have broken a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from callassist.clock import ManualClock
from tests.databases import SqliteDatabases
from tests.telephony.nights.night import Night
from tests.telephony.twilio.twilio_stage import TwilioWorld
from tests.twilio_server import twilio_server
from tests.web.world import World

NETWORKS = ("simulated", "twilio", "signalwire")
BeginNight = Callable[..., Night]


@pytest.fixture(params=NETWORKS)
def network(request: pytest.FixtureRequest) -> str:
    """The network that the story is told on."""
    return str(request.param)


@pytest.fixture
def night(
    network: str, sqlite_databases: SqliteDatabases, tmp_path: Path, clock: ManualClock
) -> Iterator[BeginNight]:
    """Makes a night: `night("busy")`; not begun yet, so that it can be furnished."""
    with ExitStack() as stack:
        url = sqlite_databases.create(tmp_path)
        server = None
        if network != "simulated":
            server = stack.enter_context(twilio_server(layout=network, clock=clock))
        made: list[Night] = []

        def make_world(**settings: str) -> World:
            if server is None:
                return World(url, tmp_path, clock)
            return TwilioWorld(url, tmp_path, clock, server, **settings)

        def make(guest: str = "answers", **settings: str) -> Night:
            made.append(Night(lambda: make_world(**settings), guest))
            stack.callback(lambda: made[0].world.close())
            return made[-1]

        yield make
        for one in made:
            one.check()
