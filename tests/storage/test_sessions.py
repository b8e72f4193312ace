"""Transactions, what wakes loops, and the faults that pass: named, kept out, nothing half-done."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from callassist import timers
from callassist.clock import ManualClock
from callassist.errors import ServiceBusy, SettingsError
from callassist.models import Account
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions

NOW = datetime(2026, 6, 13, 20, tzinfo=UTC)


def test_what_was_written_is_there_and_readable_after_the_commit(sessions: Sessions):
    with sessions.write() as session:
        account = Account(name="Canal Homes", created_at=NOW)
        session.add(account)
    assert account.name == "Canal Homes"
    assert _names(sessions) == ["Canal Homes"]


def test_an_error_rolls_everything_back(sessions: Sessions):
    with pytest.raises(ZeroDivisionError):
        _write_and_fail(sessions)
    assert _names(sessions) == []


def test_a_savepoint_rolls_back_alone(sessions: Sessions):
    with sessions.write() as session:
        session.add(Account(name="kept", created_at=NOW))
        with session.begin_nested() as savepoint:
            session.add(Account(name="dropped", created_at=NOW))
            session.flush()
            savepoint.rollback()
    assert _names(sessions) == ["kept"]


def test_foreign_keys_are_enforced(sessions: Sessions):
    with pytest.raises(IntegrityError), sessions.write() as session:
        session.execute(
            text("INSERT INTO presence (operator_id, state, since, misses) VALUES (7, 'x', 0, 0)")
        )


def test_writers_take_turns_and_none_loses_an_update(sessions: Sessions):
    with sessions.write() as session:
        session.add(Account(id=1, name="0", created_at=NOW))

    def count() -> None:
        for _ in range(20):
            with sessions.write() as session:
                account = session.get_one(Account, 1, with_for_update=True)
                account.name = str(int(account.name) + 1)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _names(sessions) == ["80"]


def test_a_reader_does_not_wait_for_a_writer_and_does_not_see_half_of_it(sessions: Sessions):
    with sessions.write() as session:
        session.add(Account(name="half", created_at=NOW))
        session.flush()
        assert _names(sessions) == []
    assert _names(sessions) == ["half"]


def test_a_write_inside_a_write_is_a_mistake_and_says_so(sessions: Sessions):
    with sessions.write() as session:
        with pytest.raises(RuntimeError, match="pass the session down"):
            _write(sessions, "inner")
        session.add(Account(name="outer", created_at=NOW))
    assert _names(sessions) == ["outer"]


def test_loops_hear_of_a_due_row_after_the_commit_and_of_a_rolled_back_one_never(
    sessions: Sessions, clock: ManualClock
):
    with sessions.write() as session:
        timers.arm(session, "ring", 1, clock.now(), now=clock.now())
        assert _is_woken(sessions, clock) is False
    assert _is_woken(sessions, clock) is True
    sessions.hints.forget("timers")
    with pytest.raises(ZeroDivisionError):
        _write_and_fail(sessions)
    assert _is_woken(sessions, clock) is False


def test_a_locked_database_is_named_and_nothing_is_kept(sqlite_url: str):
    sessions = Sessions(make_engine(f"{sqlite_url}?timeout=0.05"))
    other = sqlite3.connect(str(sessions.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ServiceBusy, match="locked by another program") as caught:
        _write(sessions, "locked out")
    assert isinstance(caught.value.__cause__, OperationalError)
    other.execute("ROLLBACK")
    _write(sessions, "let in")
    assert _names(sessions) == ["let in"]
    other.close()
    sessions.engine.dispose()


def test_a_full_disk_is_named_and_nothing_is_kept(sqlite_url: str):
    sessions = Sessions(make_engine(sqlite_url))
    with pytest.raises(ServiceBusy, match="disk of the database is full") as caught:
        _fill(sessions)
    assert isinstance(caught.value.__cause__, OperationalError)
    assert _names(sessions) == []
    with sessions.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    _write(sessions, "room again")
    assert _names(sessions) == ["room again"]
    sessions.engine.dispose()


def test_a_read_only_database_is_named(sqlite_url: str):
    sessions = Sessions(make_engine(sqlite_url))
    with sessions.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(ServiceBusy, match="cannot be written"):
        _write(sessions, "refused")
    sessions.engine.dispose()


def test_a_directory_that_does_not_exist_is_named(tmp_path: Path):
    sessions = Sessions(make_engine(f"sqlite:///{tmp_path}/missing/night.db"))
    with pytest.raises(ServiceBusy, match="cannot be opened"):
        _names(sessions)


def test_a_lost_postgresql_connection_is_named_and_comes_back(postgresql_url: str):
    sessions = Sessions(make_engine(postgresql_url))
    with pytest.raises(ServiceBusy, match="does not answer"):
        _lose_connection(sessions)
    _write(sessions, "back")
    assert _names(sessions) == ["back"]
    sessions.engine.dispose()


def test_a_postgresql_row_that_is_locked_too_long_is_named(postgresql_url: str):
    sessions = Sessions(make_engine(postgresql_url))
    _write(sessions, "Canal Homes")
    with sessions.write() as holder:
        holder.execute(text("SELECT * FROM account FOR UPDATE"))
        with pytest.raises(ServiceBusy, match="busy with other changes"):
            _lock_briefly(Sessions(sessions.engine))
    sessions.engine.dispose()


def test_a_postgresql_server_that_is_down_is_named():
    sessions = Sessions(make_engine("postgresql://nobody@127.0.0.1:1/nothing"))
    with pytest.raises(ServiceBusy, match="does not answer"):
        _names(sessions)


def test_a_mistake_in_a_statement_is_not_mistaken_for_a_fault(sessions: Sessions):
    with pytest.raises(Exception, match="nowhere") as caught, sessions.read() as session:
        session.execute(text("SELECT 1 FROM nowhere"))
    assert not isinstance(caught.value, ServiceBusy)


def test_sqlite_survives_a_power_cut_by_its_settings(sqlite_url: str):
    engine = make_engine(sqlite_url)
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("nonsense", "not a database address"),
        ("mysql://root@localhost/x", "mysql is not supported"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_with_what_to_write(url: str, named: str):
    with pytest.raises(SettingsError, match=f"DATABASE_URL: .*{named}"):
        make_engine(url)


def test_a_wait_ends_when_the_awaited_instant_comes():
    sessions = Sessions(make_engine("sqlite:////nowhere/night.db"))
    clock = ManualClock(NOW)
    sessions.hints.wait("timers", NOW, clock, longest=30)
    sessions.hints.due("timers", NOW - timedelta(seconds=1))
    sessions.hints.wait("timers", NOW + timedelta(hours=1), clock, longest=30)
    sessions.hints.ring("outbox")
    sessions.hints.wait("outbox", None, clock, longest=30)


def _write(sessions: Sessions, name: str) -> None:
    with sessions.write() as session:
        session.add(Account(name=name, created_at=NOW))


def _write_and_fail(sessions: Sessions) -> None:
    with sessions.write() as session:
        session.add(Account(name="never", created_at=NOW))
        timers.arm(session, "ring", 2, NOW - timedelta(hours=1), now=NOW)
        session.flush()
        raise ZeroDivisionError


def _names(sessions: Sessions) -> list[str]:
    with sessions.read() as session:
        return list(session.scalars(select(Account.name).order_by(Account.id)))


def _is_woken(sessions: Sessions, clock: ManualClock) -> bool:
    """Whether a wait for something an hour away ends long before its limit."""
    ended = threading.Event()

    def wait() -> None:
        sessions.hints.wait("timers", clock.now() + timedelta(hours=1), clock, longest=0.2)
        ended.set()

    thread = threading.Thread(target=wait)
    thread.start()
    woken = ended.wait(0.1)
    thread.join()
    return woken


def _fill(sessions: Sessions) -> None:
    with sessions.write() as session:
        pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar()
        session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        for number in range(2000):
            session.add(Account(name=f"{number}" * 50, created_at=NOW))
        session.flush()


def _lose_connection(sessions: Sessions) -> None:
    with sessions.write() as session:
        mine = session.execute(text("SELECT pg_backend_pid()")).scalar()
        with sessions.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
        session.execute(select(Account.name))


def _lock_briefly(sessions: Sessions) -> None:
    with sessions.write() as session:
        session.execute(text("SET LOCAL lock_timeout = '50ms'"))
        session.execute(text("SELECT * FROM account FOR UPDATE"))
