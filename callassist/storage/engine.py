"""One function that opens a database so that everything above may forget which one it is."""

from __future__ import annotations

import time
from sqlite3 import SQLITE_BUSY, OperationalError
from sqlite3 import Connection as SqliteConnection
from sqlite3 import Cursor as SqliteCursor
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from callassist.errors import SettingsError

BUSY_TIMEOUT_MS = 5_000
_AGAIN_SECONDS = 0.02
BEGIN_OPTION = "callassist_begin"  # execution option: DEFERRED (default) or IMMEDIATE

_PRAGMAS = (
    "PRAGMA synchronous=FULL",  # a commit that was answered survives a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-4000",  # 4 MB a connection
    "PRAGMA wal_autocheckpoint=2000",
)


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///file` or `postgresql://...`; opens no connection yet.

    SettingsError names DATABASE_URL when the address cannot be used.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    return _postgresql(parsed)


def is_sqlite(engine: Engine | Connection) -> bool:
    """Whether this is the embedded database: one process, one writer."""
    return engine.dialect.name == "sqlite"


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SettingsError(
            "DATABASE_URL: not a database address; use sqlite:////path/to/callassist.db or "
            "postgresql://user:password@host/database"
        ) from None
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise SettingsError(f"DATABASE_URL: {backend} is not supported; use sqlite or postgresql")
    if parsed.database in (None, "", ":memory:"):
        raise SettingsError("DATABASE_URL: SQLite needs a file, like sqlite:////var/lib/night.db")
    return parsed


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url.update_query_dict({"timeout": str(BUSY_TIMEOUT_MS / 1000), **url.query}),
        # A connection costs next to nothing; the last one used has the warmest cache.
        pool_size=64,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT_MS / 1000,
        pool_use_lifo=True,
        connect_args={"check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: SqliteConnection, record: Any) -> None:
    # Python's sqlite3 must not begin by itself: it would begin late and without IMMEDIATE, and
    # savepoints would not work.
    connection.isolation_level = None
    cursor = connection.cursor()
    _keep_a_log_ahead(cursor)
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _keep_a_log_ahead(cursor: SqliteCursor) -> None:
    """Where two processes begin with a new file at once, SQLite does not wait by itself here."""
    end = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except OperationalError as error:
            if error.sqlite_errorcode & 0xFF != SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(_AGAIN_SECONDS)


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get(BEGIN_OPTION)
    if mode is None:
        # takes no lock and so never fails; a page has several, and SQLAlchemy's way costs ten times
        _driver(connection).execute("BEGIN DEFERRED")
    else:
        connection.exec_driver_sql(f"BEGIN {mode}")


def _driver(connection: Connection) -> SqliteConnection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, SqliteConnection)
    return driver


def _postgresql(url: URL) -> Engine:
    try:
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=40,
            pool_timeout=BUSY_TIMEOUT_MS / 1000,
            pool_use_lifo=True,
            connect_args={"options": f"-c lock_timeout={BUSY_TIMEOUT_MS}", "connect_timeout": 5},
        )
    except ModuleNotFoundError:
        raise SettingsError(
            "DATABASE_URL: PostgreSQL needs its driver: pip install 'callassist[postgresql]'"
        ) from None
