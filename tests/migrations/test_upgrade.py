"""The schema that migrations make, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from callassist import migrations
from callassist.migrations.draft import differences
from callassist.models import Base
from callassist.storage.engine import make_engine


def test_models_and_migrations_agree(engine: Engine):
    with engine.connect() as connection:
        changes = differences(connection)
    assert changes.ops == [], "run: python -m callassist.migrations draft <slug>"


def test_a_fresh_database_has_every_table_and_the_newest_revision(engine: Engine):
    tables = set(inspect(engine).get_table_names())
    assert tables == {*Base.metadata.tables, "alembic_version"}
    assert migrations.current(engine) == migrations.head()


def test_what_is_read_off_the_files_names_is_what_alembic_finds():
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_current_head() == migrations.head()
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)


def test_going_down_leaves_nothing_and_up_again_makes_the_same(engine: Engine):
    migrations.downgrade(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    assert migrations.current(engine) is None
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert differences(connection).ops == []


def test_each_migration_can_be_taken_back_by_itself(engine: Engine):
    migrations.downgrade(engine, "20261122_0801")
    assert "incident" not in inspect(engine).get_table_names()
    assert "stay" in inspect(engine).get_table_names()
    migrations.upgrade(engine)
    assert migrations.current(engine) == migrations.head()


def test_upgrading_again_changes_nothing(engine: Engine):
    migrations.upgrade(engine)
    assert migrations.current(engine) == migrations.head()


def test_two_that_start_at_once_do_not_disturb_each_other(engine: Engine):
    migrations.downgrade(engine, "base")
    assert _at_once(lambda: migrations.upgrade(engine), times=4) == []
    assert migrations.current(engine) == migrations.head()


def test_two_processes_on_a_new_sqlite_file_do_not_disturb_each_other(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'new.db'}"
    engines = [make_engine(url) for _ in range(3)]
    turns = iter(engines)
    assert _at_once(lambda: migrations.upgrade(next(turns)), times=3) == []
    assert migrations.current(engines[0]) == migrations.head()
    for engine in engines:
        engine.dispose()


def test_a_database_of_a_newer_version_is_refused_with_what_to_do(engine: Engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '20991231_0000'"))
    with pytest.raises(migrations.UnknownSchema, match=r"20991231_0000.*newer version"):
        migrations.upgrade(engine)


@pytest.mark.parametrize(
    "verb", ["UPDATE incident_log SET action = 'x'", "DELETE FROM incident_log"]
)
def test_the_database_itself_refuses_to_change_the_incident_log(
    engine: Engine, verb: str, logged_incident: Callable[[], int]
):
    logged_incident()
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text(verb))


def _at_once(work: Callable[[], None], times: int) -> list[Exception]:
    barrier, errors = threading.Barrier(times), list[Exception]()

    def run() -> None:
        barrier.wait()
        try:
            work()
        except Exception as error:  # given back to the test
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors
