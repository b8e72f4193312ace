"""The stage on which pages are tried."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from callassist.clock import ManualClock
from tests.databases import SqliteDatabases
from tests.evening import evening
from tests.web.pages.stage import Stage
from tests.web.pages.staged import Staged
from tests.web.world import World


@pytest.fixture(scope="session")
def staged(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Staged:
    """Two firms, a desk and people, to be copied."""
    return Staged(sqlite_databases, tmp_path_factory.mktemp("staged"), evening())


@pytest.fixture
def world(
    request: pytest.FixtureRequest,
    sqlite_databases: SqliteDatabases,
    tmp_path: Path,
    clock: ManualClock,
) -> Iterator[World]:
    """A service: with the stage on it where a test asks for the stage, else an empty one."""
    if "stage" in request.fixturenames:
        made = request.getfixturevalue("staged").world(tmp_path, clock)
    else:
        made = World(sqlite_databases.create(tmp_path), tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def stage(staged: Staged, world: World) -> Stage:
    """Two firms, a desk and people, on a real service."""
    return staged.stage(world)
