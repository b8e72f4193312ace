"""The migrations themselves, run by Alembic under a lock; loaded only when there are any to run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import cast

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

from callassist.migrations.revisions import is_at_head

_LOCK_WAIT_SECONDS = 120
_POSTGRESQL_LOCK = 0x63616C6C  # an advisory lock's number: "call"


def upgrade(engine: Engine) -> None:
    """Run every missing migration in one transaction, under a lock."""
    with _locked(engine) as connection:
        # Another process may have done it while we waited.
        if not is_at_head(MigrationContext.configure(connection).get_current_revision()):
            command.upgrade(_config(connection), "head")


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to `revision` ("base" for an empty database); data of what is dropped is lost."""
    with _locked(engine) as connection:
        command.downgrade(_config(connection), revision)


def _config(connection: Connection) -> Config:
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
