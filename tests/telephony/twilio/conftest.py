"""A service on a Twilio-shaped network, in each layout and each of the operator's two ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from callassist.clock import ManualClock
from tests.databases import SqliteDatabases
from tests.telephony.twilio.twilio_stage import TwilioStage, TwilioWorld
from tests.twilio_server import twilio_server

Begin = Callable[..., TwilioStage]


@pytest.fixture
def begin(sqlite_databases: SqliteDatabases, tmp_path: Path, clock: ManualClock) -> Iterator[Begin]:
    """Begins a night: `begin("own_phone")`, `begin("softphone")`, `begin(layout="signalwire")`."""
    with ExitStack() as stack:

        def make(mode: str = "own_phone", layout: str = "twilio") -> TwilioStage:
            server = stack.enter_context(twilio_server(layout=layout, clock=clock))
            world = TwilioWorld(sqlite_databases.create(tmp_path), tmp_path, clock, server)
            stack.callback(world.close)
            return TwilioStage(world, mode).begin()

        yield make
