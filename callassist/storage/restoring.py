"""Restoring a backup into an empty database; the copy dials nobody until somebody resumes it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, inspect

from callassist.errors import Conflict, InvalidInput
from callassist.migrations import upgrade
from callassist.storage.backup import check, read_manifest, sqlite_path
from callassist.storage.engine import is_sqlite, make_engine
from callassist.storage.facts import mark_restored
from callassist.storage.pg_tools import libpq_url, run_tool
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

_BESIDE = ("", "-wal", "-shm", "-journal")  # what SQLite keeps of one database


def restore(backup: Path, url: str, vault: Vault) -> Sessions:
    """Put a checked backup in the place of an empty or absent database; it then dials nobody.

    Conflict when there is data already, InvalidInput when the backup does not pass its check.
    """
    wrong = check(backup, vault)
    if wrong:
        raise InvalidInput("; ".join(wrong))
    engine = make_engine(url)
    kind = read_manifest(backup).database
    if is_sqlite(engine) != (kind == "sqlite"):
        raise InvalidInput(f"this is a backup of {kind}; CALLASSIST_DATABASE_URL is not")
    try:
        if is_sqlite(engine):
            _into_sqlite(backup, engine)
            return Sessions(engine)
        _into_postgresql(backup, engine)
        return _silenced(engine)
    except Exception:
        engine.dispose()
        raise


def _into_sqlite(backup: Path, engine: Engine) -> None:
    """Made ready beside its place: a copy that may dial never stands there, not even for long."""
    target = sqlite_path(engine)
    for suffix in _BESIDE:
        there = target.with_name(target.name + suffix)
        if there.exists() and (suffix or there.stat().st_size):
            raise Conflict(f"{there} exists; move it away first, nothing is overwritten")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.restoring")
    for suffix in _BESIDE:
        draft.with_name(draft.name + suffix).unlink(missing_ok=True)  # of an attempt that died
    draft.touch(mode=0o600)
    shutil.copyfile(backup, draft)
    own = make_engine(engine.url.set(database=str(draft)).render_as_string())
    _silenced(own)
    own.dispose()  # the last connection folds the log into the file
    draft.rename(target)


def _into_postgresql(backup: Path, engine: Engine) -> None:
    if inspect(engine).get_table_names():
        raise Conflict("the database is not empty; restore into a new one")
    whole = ["--no-owner", "--exit-on-error", "--single-transaction"]
    run_tool(engine, ["pg_restore", *whole, f"--dbname={libpq_url(engine)}", str(backup)])


def _silenced(engine: Engine) -> Sessions:
    upgrade(engine)
    sessions = Sessions(engine)
    with sessions.write() as session:
        mark_restored(session, now=datetime.now(UTC))
    return sessions
