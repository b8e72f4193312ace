"""The stage of pages, made once in a process of tests and copied for each test."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

from callassist.clock import ManualClock
from tests.databases import SqliteDatabases
from tests.web.pages.stage import Stage
from tests.web.world import World

_OF_ITS_WORLD = ("world", "vault", "_session")


class Staged:
    """A folder with a stage's database, keys and mail, and what the stage knows of them."""

    def __init__(self, databases: SqliteDatabases, folder: Path, clock: ManualClock) -> None:
        self._databases = databases
        self._folder = folder
        self._began_at = clock.now()
        world = World(databases.create(folder), folder, clock)
        try:
            stage = Stage(world)
            known = {name: one for name, one in vars(stage).items() if name not in _OF_ITS_WORLD}
            self._known = pickle.dumps(known)
        finally:
            world.close()

    def world(self, folder: Path, clock: ManualClock) -> World:
        """A service on a copy, into `folder`."""
        assert clock.now() == self._began_at, "the stage begins when the tests' clock begins"
        shutil.copytree(self._folder, folder, dirs_exist_ok=True)
        return World(self._databases.url_in(folder), folder, clock)

    def stage(self, world: World) -> Stage:
        """What is in that copy."""
        stage = Stage.__new__(Stage)
        vars(stage).update(pickle.loads(self._known), world=world, vault=world.service.vault)
        return stage
