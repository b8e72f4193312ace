"""Backups: whole, checked, kept fourteen nights; a restored copy dials nobody."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from callassist.errors import Conflict, InvalidInput, PermanentError, TransientError
from callassist.models import Account
from callassist.settings import BackupSettings
from callassist.storage import backup as backups
from callassist.storage.engine import make_engine
from callassist.storage.facts import dialling_allowed, mark_restored, resume
from callassist.storage.restoring import restore
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from tests.databases import PostgresqlDatabases

AT = datetime(2026, 6, 14, 4, 0, 5, tzinfo=UTC)
NewUrl = Callable[[], str]


@pytest.fixture
def vault() -> Vault:
    return Vault.from_text(Vault.generate_key())


@pytest.fixture
def new_url(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path
) -> Iterator[Callable[[], str]]:
    """Addresses of empty databases of the same kind as the test's own."""
    if database_url.startswith("sqlite"):
        yield lambda: f"sqlite:///{tmp_path}/{len(list(tmp_path.iterdir()))} new #1.db"
        return
    databases: PostgresqlDatabases = request.getfixturevalue("postgresql_databases")
    with databases.create(empty=True) as url:
        yield lambda: url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def add_account(sessions: Sessions, name: str) -> None:
    with sessions.write() as session:
        session.add(Account(name=name, created_at=AT))


def names(sessions: Sessions) -> list[str]:
    with sessions.read() as session:
        return [account.name for account in session.query(Account).order_by(Account.id)]


def test_what_was_backed_up_is_restored(sessions, vault, folder, new_url):
    add_account(sessions, "Homes")
    made = backups.back_up(sessions, vault, folder, at=AT)
    add_account(sessions, "After the backup")
    assert backups.check(made, vault) == []
    copy = restore(made, new_url(), vault)
    assert names(copy) == ["Homes"]
    copy.engine.dispose()


def test_the_manifest_says_what_is_in_it(sessions, vault, folder):
    add_account(sessions, "Homes")
    manifest = backups.read_manifest(backups.back_up(sessions, vault, folder, at=AT))
    assert manifest.made_at == AT.isoformat()
    assert manifest.database == sessions.engine.dialect.name
    assert manifest.rows["account"] == 1
    assert manifest.key_fingerprint == vault.fingerprint


def test_a_backup_is_for_its_owner_only_and_leaves_nothing_else(sessions, vault, folder):
    made = backups.back_up(sessions, vault, folder, at=AT)
    backups.check(made, vault)
    assert made.stat().st_mode & 0o077 == 0
    assert {path.name for path in folder.iterdir()} == {made.name, f"{made.name}.json"}


def test_a_restored_copy_dials_nobody_until_it_is_resumed(sessions, vault, folder, new_url):
    with sessions.write() as session:  # itself once restored, and resumed
        mark_restored(session, now=AT)
        resume(session, now=AT)
    copy = restore(backups.back_up(sessions, vault, folder, at=AT), new_url(), vault)
    with copy.write() as session:
        assert not dialling_allowed(session)
        resume(session, now=AT)
        assert dialling_allowed(session)
    copy.engine.dispose()


def test_nothing_is_restored_over_data(sessions, vault, folder, database_url):
    made = backups.back_up(sessions, vault, folder, at=AT)
    with pytest.raises(Conflict, match=r"move it away first|is not empty"):
        restore(made, database_url, vault)
    assert names(sessions) == []


def test_a_database_that_is_not_ours_is_not_empty_either(postgresql_databases, vault, tmp_path):
    with postgresql_databases.create() as full, postgresql_databases.create(empty=True) as url:
        sessions = Sessions(make_engine(full))
        made = backups.back_up(sessions, vault, tmp_path / "b", at=AT)
        sessions.engine.dispose()
        other = make_engine(url)
        with other.begin() as connection:
            connection.execute(text("CREATE TABLE theirs (id int)"))
        other.dispose()
        with pytest.raises(Conflict, match="is not empty"):
            restore(made, url, vault)


def test_a_log_left_over_from_a_moved_database_is_never_mixed_in(sqlite_url, vault, tmp_path):
    sessions = Sessions(make_engine(sqlite_url))
    made = backups.back_up(sessions, vault, tmp_path / "b", at=AT)
    sessions.engine.dispose()
    (tmp_path / "new.db-wal").write_bytes(b"old frames")
    with pytest.raises(Conflict, match=r"new\.db-wal exists"):
        restore(made, f"sqlite:///{tmp_path}/new.db", vault)


def test_another_key_is_refused_and_both_are_named(sessions, vault, folder, new_url):
    made = backups.back_up(sessions, vault, folder, at=AT)
    other = Vault.from_text(Vault.generate_key())
    with pytest.raises(InvalidInput, match=vault.fingerprint) as refused:
        restore(made, new_url(), other)
    assert other.fingerprint in refused.value.detail


def test_the_older_of_two_keys_restores_too(sessions, folder, new_url):
    old, new = Vault.generate_key(), Vault.generate_key()
    made = backups.back_up(sessions, Vault.from_text(old), folder, at=AT)
    restore(made, new_url(), Vault.from_text(f"{new},{old}")).engine.dispose()


def test_a_changed_backup_is_refused(sessions, vault, folder, new_url):
    made = backups.back_up(sessions, vault, folder, at=AT)
    content = bytearray(made.read_bytes())
    content[len(content) // 2] ^= 0xFF
    made.write_bytes(content)
    assert "checksum differs" in backups.check(made, vault)[0]
    with pytest.raises(InvalidInput, match="checksum differs"):
        restore(made, new_url(), vault)


def test_a_backup_of_a_newer_version_is_refused_before_anything_is_written(
    sessions, vault, folder, new_url
):
    made = backups.back_up(sessions, vault, folder, at=AT)
    beside = made.with_name(f"{made.name}.json")
    beside.write_text(json.dumps(json.loads(beside.read_text()) | {"schema": "20990101_0000"}))
    with pytest.raises(InvalidInput, match="20990101_0000"):
        restore(made, new_url(), vault)


def test_a_half_written_backup_is_never_counted(sessions, vault, folder):
    made = backups.back_up(sessions, vault, folder, at=AT)
    (folder / "callassist-20260615T040000Z.part").write_bytes(b"half")
    shutil.copy(made, folder / f"callassist-20260616T040000Z{made.suffix}")
    cut = folder / f"callassist-20260617T040000Z{made.suffix}"
    shutil.copy(made, cut)
    cut.with_name(f"{cut.name}.json").write_text('{"made_at": "2026-06')
    assert backups.backups(folder) == [made]
    with pytest.raises(InvalidInput, match="no readable manifest"):
        backups.check(cut, vault)


def test_a_backup_that_fails_leaves_nothing_behind(sessions, vault, tmp_path):
    blocked = tmp_path / "a file"
    blocked.write_text("not a directory")
    with pytest.raises(TransientError, match="CALLASSIST_BACKUP_DIR"):
        backups.back_up(sessions, vault, blocked, at=AT)
    assert blocked.read_text() == "not a directory"


def test_two_backups_in_one_second_are_not_mixed_up(sessions, vault, folder):
    backups.back_up(sessions, vault, folder, at=AT)
    with pytest.raises(Conflict, match="exists already"):
        backups.back_up(sessions, vault, folder, at=AT)


def test_a_backup_is_whole_while_others_write(sqlite_url, vault, tmp_path):
    sessions = Sessions(make_engine(sqlite_url))
    with sessions.write() as session:
        session.add(Account(name="Homes", created_at=AT))
        session.flush()  # not committed while the copy is made
        made = backups.back_up(Sessions(sessions.engine), vault, tmp_path / "b", at=AT)
    with closing(sqlite3.connect(made)) as copy:
        assert copy.execute("SELECT count(*) FROM account").fetchone() == (0,)
    sessions.engine.dispose()


def nightly(folder: Path, keep: int = 14) -> BackupSettings:
    return BackupSettings(dir=folder, keep=keep, at=time(4))


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant given in this machine's local time, which backups go by."""
    return datetime(2026, 6, day, hour, minute).astimezone().astimezone(UTC)


def test_the_nightly_backup_is_made_once_a_day_after_its_hour(sessions, vault, folder):
    made = [
        backups.nightly_backup(sessions, vault, nightly(folder), at=local(14, hour, minute))
        for hour, minute in [(3, 59), (4, 0), (4, 1), (23, 59)]
    ]
    assert [each is not None for each in made] == [False, True, False, False]
    again = backups.nightly_backup(sessions, vault, nightly(folder), at=local(15, 4))
    assert again is not None


def test_a_backup_by_hand_before_the_hour_does_not_replace_the_nightly_one(sessions, vault, folder):
    backups.back_up(sessions, vault, folder, at=local(14, 1))
    assert backups.nightly_backup(sessions, vault, nightly(folder), at=local(14, 4)) is not None


def test_the_newest_fourteen_are_kept(sqlite_url, vault, tmp_path):
    sessions = Sessions(make_engine(sqlite_url))
    for day in range(1, 17):
        backups.nightly_backup(sessions, vault, nightly(tmp_path / "b"), at=local(day, 4))
    kept = backups.backups(tmp_path / "b")
    assert len(kept) == 14
    made = [datetime.fromisoformat(backups.read_manifest(each).made_at) for each in kept]
    assert made[0] == local(3, 4)
    assert made[-1] - made[0] == timedelta(days=13)
    assert len(list((tmp_path / "b").iterdir())) == 28
    sessions.engine.dispose()


def test_a_backup_of_one_kind_is_not_restored_into_the_other(sessions, vault, folder, tmp_path):
    made = backups.back_up(sessions, vault, folder, at=AT)
    embedded = sessions.engine.dialect.name == "sqlite"
    other = "postgresql://nobody@127.0.0.1:9/x" if embedded else f"sqlite:///{tmp_path}/x.db"
    with pytest.raises(InvalidInput, match="this is a backup of"):
        restore(made, other, vault)


def test_without_pg_dump_the_package_is_named(postgresql_url, vault, folder, monkeypatch):
    sessions = Sessions(make_engine(postgresql_url))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PermanentError, match="postgresql-client"):
        backups.back_up(sessions, vault, folder, at=AT)
    assert backups.backups(folder) == []
    sessions.engine.dispose()
