"""A fresh, migrated database for each test, copied from a template that is migrated once.

SQLite: a file in the test's directory. PostgreSQL: a database on the server which `scripts/test`
starts and names in CALLASSIST_TEST_POSTGRES. With pytest-xdist each worker has its own templates.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, text

from callassist.migrations import upgrade
from callassist.storage.engine import make_engine

_FILE = "callassist.sqlite"


class SqliteDatabases:
    """Copies one migrated file."""

    def __init__(self, directory: Path) -> None:
        self._template = directory / "template.sqlite"
        _migrate(_sqlite_url(self._template))

    def create(self, directory: Path) -> str:
        """Put a fresh migrated database into `directory` and return its URL."""
        shutil.copyfile(self._template, directory / _FILE)
        return self.url_in(directory)

    def url_in(self, directory: Path) -> str:
        """The URL of the database that is, or will be, in `directory`."""
        return _sqlite_url(directory / _FILE)


class PostgresqlDatabases:
    """Copies one migrated template database on the server at `server_url`."""

    def __init__(self, server_url: str) -> None:
        # CREATE and DROP DATABASE are refused inside a transaction.
        self._server = create_engine(server_url, isolation_level="AUTOCOMMIT", pool_size=1)
        # Several runs may share a server; each process has names of its own.
        self._prefix = f"callassist_test_{os.getpid()}"
        self._numbers = itertools.count(1)
        self._template = f"{self._prefix}_template"
        self._run(f"CREATE DATABASE {self._template}")
        _migrate(self._url(self._template))

    @contextmanager
    def create(self, *, empty: bool = False) -> Iterator[str]:
        """Yield the URL of a fresh migrated database, or an empty one, and drop it afterwards."""
        name = f"{self._prefix}_{next(self._numbers)}"
        template = "template0" if empty else self._template
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}{self._strategy()}")
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    def close(self) -> None:
        """Leave the server as it was."""
        self._drop(self._template)
        self._server.dispose()

    def _strategy(self) -> str:
        # Copying files is twice as fast as the log of the copy, the default since version 15.
        version = self._server.dialect.server_version_info
        return " STRATEGY FILE_COPY" if version and version >= (15,) else ""

    def _drop(self, name: str) -> None:
        # FORCE: a test that was stopped half-way may have left its connections open.
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with self._server.connect() as connection:
            connection.execute(text(statement))

    def _url(self, name: str) -> str:
        return self._server.url.set(database=name).render_as_string(hide_password=False)


def _sqlite_url(path: Path) -> str:
    return URL.create("sqlite", database=str(path)).render_as_string()


def _migrate(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    # The last connection's end folds SQLite's write-ahead log into the file, and PostgreSQL
    # copies a database only while nobody is connected to it.
    engine.dispose()
