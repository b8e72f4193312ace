"""What the database fixtures promise to every other test."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from callassist.migrations import current, head
from callassist.storage.engine import make_engine
from tests.databases import PostgresqlDatabases


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_test_sees_nothing_of_the_test_before_it(engine: Engine, time: str):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_behind (id INTEGER)"))


def test_a_fresh_database_has_the_newest_schema(engine: Engine):
    assert current(engine) == head()


def test_a_database_is_dropped_even_while_somebody_is_connected(
    postgresql_databases: PostgresqlDatabases,
):
    with postgresql_databases.create() as url:
        engine = make_engine(url)
        engine.connect().close()  # the pool keeps the connection
    engine.dispose()

    with pytest.raises(OperationalError, match="does not exist"):
        engine.connect()
