"""Any night: whatever people, noise, the network and the service do, the promises hold.

Each step is drawn from one number, so that a failing night shrinks to the few steps that matter;
the report names them.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import cast

import hypothesis
import pytest
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from callassist.clock import ManualClock
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions
from callassist.telephony.simulated import Faults
from tests.databases import SqliteDatabases
from tests.dealing import examples
from tests.escalation.any_night import AnyNight
from tests.escalation.happenings import a_scene, drawn, happen
from tests.escalation.promises import PROMISES, everything_is_closed_and_reported_once

_EXAMPLES = examples(15, dealt=5, nightly=2000)
_STEPS = 30
_IN_MEMORY = Path("/dev/shm")  # a fresh private directory is made in it
_BEGIN = datetime(2026, 6, 13, 20, tzinfo=UTC)


class AnythingHappens(RuleBasedStateMachine):
    """Each rule is one thing that happens; each promise is looked at after each of them."""

    def __init__(self, databases: SqliteDatabases) -> None:
        super().__init__()
        memory = _IN_MEMORY if _IN_MEMORY.is_dir() else None
        self.directory = Path(tempfile.mkdtemp(prefix="any-night-", dir=memory))
        self.engine = make_engine(databases.create(self.directory))

    @initialize(seed=st.integers(0, 2**32 - 1))
    def night_begins(self, seed: int) -> None:
        scene = a_scene(Random(seed))
        note(str(scene))
        self.night = AnyNight(
            Sessions(self.engine), ManualClock(_BEGIN), self.directory, seed=seed, **scene
        )
        self.night.available("Ann")
        happen(self.night, ("noise", 0, "persists"))

    @rule(seed=st.integers(0, 2**32 - 1))
    def something_happens(self, seed: int) -> None:
        event = drawn(Random(seed))
        note(str(event))
        happen(self.night, event)

    # -- the promises

    @invariant()
    def promises_hold(self) -> None:
        for promise in PROMISES:
            promise(self.night)

    def teardown(self) -> None:
        try:
            if hasattr(self, "night"):
                self._let_it_end()
        finally:
            self.engine.dispose()
            if hasattr(self, "night"):
                self.night.network.close()
            shutil.rmtree(self.directory)

    def _let_it_end(self) -> None:
        self.night.network.faults = Faults()
        self.night.vanished.update(self.night.operator_ids)
        for home in range(3):
            happen(self.night, ("noise", home, "calm"))
        self.night.pass_time(hours=6)
        self.promises_hold()
        everything_is_closed_and_reported_once(self.night)


@pytest.mark.long
@pytest.mark.timeout(1500)  # a hundred steps cost minutes when the machine is shared
def test_any_night_keeps_every_promise(sqlite_databases: SqliteDatabases) -> None:
    run_state_machine_as_test(
        cast(type[RuleBasedStateMachine], partial(AnythingHappens, sqlite_databases)),
        settings=hypothesis.settings(
            max_examples=_EXAMPLES,
            stateful_step_count=_STEPS,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
