"""Fixtures that give a test its own database; `database_url` runs the test on each kind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions
from tests.databases import PostgresqlDatabases, SqliteDatabases


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """The SQLite template; ask for `database_url` instead."""
    return SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[PostgresqlDatabases]:
    """The PostgreSQL template; ask for `database_url` or `postgresql_url` instead."""
    databases = PostgresqlDatabases(_postgresql_server())
    yield databases
    databases.close()


@pytest.fixture
def sqlite_url(sqlite_databases: SqliteDatabases, tmp_path: Path) -> str:
    """The URL of a fresh migrated SQLite file."""
    return sqlite_databases.create(tmp_path)


@pytest.fixture
def postgresql_url(postgresql_databases: PostgresqlDatabases) -> Iterator[str]:
    """The URL of a fresh migrated PostgreSQL database, dropped after the test."""
    with postgresql_databases.create() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh migrated database: the test runs once on each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on the test's own database."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> Sessions:
    """Sessions on the test's own database."""
    return Sessions(engine)


def _postgresql_server() -> str:
    server = os.environ.get("CALLASSIST_TEST_POSTGRES")
    if server:
        return server
    if os.environ.get("CI") == "true":
        pytest.fail("CALLASSIST_TEST_POSTGRES is not set: run scripts/test", pytrace=False)
    pytest.skip("no PostgreSQL server; scripts/test starts one")
