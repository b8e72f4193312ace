"""Brings a database to the newest schema; safe when two processes start at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import cast

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from callassist.errors import PermanentError

_LOCK_WAIT_SECONDS = 120
_POSTGRESQL_LOCK = 0x63616C6C  # an advisory lock's number: "call"


class UnknownSchema(PermanentError):
    """The database was written by a newer version of Call Assist."""


def head() -> str:
    """The revision that this version of the code needs."""
    revision = _scripts().get_current_head()
    assert revision is not None
    return revision


def current(engine: Engine) -> str | None:
    """The revision that the database has; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> None:
    """Run every missing migration in one transaction, under a lock.

    UnknownSchema when the database is newer than this code.
    """
    if _is_at_head(current(engine)):
        return
    with _locked(engine) as connection:
        # Another process may have done it while we waited.
        if not _is_at_head(MigrationContext.configure(connection).get_current_revision()):
            command.upgrade(_config(connection), "head")


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to `revision` ("base" for an empty database); data of what is dropped is lost."""
    with _locked(engine) as connection:
        command.downgrade(_config(connection), revision)


def _is_at_head(revision: str | None) -> bool:
    known = {script.revision for script in _scripts().walk_revisions()}
    if revision is not None and revision not in known:
        raise UnknownSchema(
            f"the database has schema {revision}, which this version of Call Assist does not "
            "know: install the newer version again, or restore a backup from before it"
        )
    return revision == head()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _locked(engine: Engine) -> Iterator[Connection]:
    if engine.dialect.name == "sqlite":
        with _locked_sqlite(engine) as connection:
            yield connection
        return
    with engine.begin() as connection:
        connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_WAIT_SECONDS}s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _POSTGRESQL_LOCK})
        yield connection


@contextmanager
def _locked_sqlite(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        raw = cast(SqliteConnection, connection.connection.driver_connection)
        before = raw.execute("PRAGMA busy_timeout").fetchone()[0]
        raw.execute(f"PRAGMA busy_timeout={_LOCK_WAIT_SECONDS * 1000}")
        try:
            with connection.execution_options(callassist_begin="IMMEDIATE").begin():
                yield connection
        finally:
            raw.execute(f"PRAGMA busy_timeout={before}")
