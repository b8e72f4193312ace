"""The web application on a real service: embedded database, manual clock, simulated network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callassist.clock import ManualClock
from tests.databases import SqliteDatabases
from tests.web.world import World


@pytest.fixture
def world(sqlite_databases: SqliteDatabases, tmp_path: Path, clock: ManualClock) -> Iterator[World]:
    """Two firms, a desk that serves the first, and tokens for everybody."""
    made = World(sqlite_databases.create(tmp_path), tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def make_world(
    sqlite_databases: SqliteDatabases, tmp_path: Path, clock: ManualClock
) -> Iterator[Callable[..., World]]:
    """The same with settings of its own, as many times as it is called."""
    made: list[World] = []

    def make(**settings: str) -> World:
        directory = tmp_path / str(len(made))
        directory.mkdir()
        made.append(World(sqlite_databases.create(directory), directory, clock, **settings))
        return made[-1]

    yield make
    for world in made:
        world.close()


@pytest.fixture
def world_on_each(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[World]:
    """The same on each kind of database."""
    made = World(database_url, tmp_path, clock)
    yield made
    made.close()
