"""Backups of a whole database, with a manifest that says what is in them and which key they need.

SQLite: its own online backup, while the service runs. PostgreSQL: `pg_dump`, which must be
installed (Debian: postgresql-client). Secret keys are never in a backup; the manifest names the
key's fingerprint.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, func, select

from callassist.errors import Conflict, InvalidInput, PermanentError, TransientError
from callassist.migrations import UnknownSchema, current
from callassist.migrations.revisions import is_at_head
from callassist.models import Base
from callassist.settings import BackupSettings
from callassist.storage.engine import is_sqlite
from callassist.storage.pg_tools import libpq_url, run_tool
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

PREFIX = "callassist-"
MANIFEST = ".json"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str
    database: str  # sqlite | postgresql
    schema: str
    key_fingerprint: str
    sha256: str
    rows: dict[str, int]


def back_up(sessions: Sessions, vault: Vault, directory: Path, *, at: datetime) -> Path:
    """Write one backup and its manifest into `directory`; returns the backup's path.

    A half-written backup never has a manifest and is never counted. `at` is real time.
    """
    engine = sessions.engine
    suffix = ".db" if is_sqlite(engine) else ".dump"
    target = directory / f"{PREFIX}{at.astimezone(UTC):%Y%m%dT%H%M%SZ}{suffix}"
    if target.exists():
        raise Conflict(f"{target} exists already; wait a second and try again")
    draft = target.with_suffix(".part")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        rows = _copy(engine, draft)
        manifest = Manifest(
            made_at=at.astimezone(UTC).isoformat(),
            database="sqlite" if is_sqlite(engine) else "postgresql",
            schema=current(engine) or "",
            key_fingerprint=vault.fingerprint,
            sha256=_digest(draft),
            rows=rows,
        )
        _publish(draft, target)
        draft.write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
        _publish(draft, _manifest_path(target))
    except (OSError, sqlite3.Error) as error:
        raise TransientError(
            f"the backup could not be written to {directory}: {error}; "
            "make room or set CALLASSIST_BACKUP_DIR to another disk"
        ) from error
    finally:
        if draft.parent.is_dir():
            draft.unlink(missing_ok=True)
    return target


def _copy(engine: Engine, draft: Path) -> dict[str, int]:
    """Write the whole database into `draft`; how many rows of each table are in it."""
    if is_sqlite(engine):
        _copy_sqlite(sqlite_path(engine), draft)
        return _count_rows_of_copy(draft)
    rows = _count_rows(engine)  # before the dump: at least so many are in it
    run_tool(engine, ["pg_dump", "--format=custom", f"--file={draft}", libpq_url(engine)])
    return rows


def nightly_backup(
    sessions: Sessions, vault: Vault, settings: BackupSettings, *, at: datetime | None = None
) -> Path | None:
    """Today's backup if its hour has passed and it was not made yet; keeps the newest `keep`."""
    at = at or datetime.now(UTC)
    local = at.astimezone()
    if local.time() < settings.at:
        return None
    for backup in backups(settings.dir):
        made = datetime.fromisoformat(read_manifest(backup).made_at).astimezone()
        if made.date() == local.date() and made.time() >= settings.at:
            return None
    made_now = back_up(sessions, vault, settings.dir, at=at)
    prune(settings.dir, settings.keep)
    return made_now


def backups(directory: Path) -> list[Path]:
    """Finished backups in `directory`, oldest first."""
    found = [path for path in directory.glob(f"{PREFIX}*") if path.suffix in (".db", ".dump")]
    return sorted(path for path in found if _is_finished(path))


def _is_finished(backup: Path) -> bool:
    try:
        read_manifest(backup)
    except InvalidInput:
        return False
    return True


def prune(directory: Path, keep: int) -> list[Path]:
    """Delete all but the newest `keep` backups; returns what was deleted."""
    old = backups(directory)[:-keep]
    for path in old:
        _manifest_path(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    return old


def read_manifest(backup: Path) -> Manifest:
    """The manifest beside a backup; InvalidInput when it is missing or unreadable."""
    try:
        return Manifest(**json.loads(_manifest_path(backup).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise InvalidInput(
            f"{backup} has no readable manifest {_manifest_path(backup).name} beside it; "
            "restore only a finished backup"
        ) from None


def check(backup: Path, vault: Vault) -> list[str]:
    """What is wrong with a backup, one sentence each; empty when it can be restored."""
    manifest = read_manifest(backup)
    wrong = []
    if _digest(backup) != manifest.sha256:
        wrong.append(f"{backup.name} is not what was written: its checksum differs")
    if manifest.key_fingerprint not in vault.fingerprints:
        wrong.append(
            f"it needs the secret key with fingerprint {manifest.key_fingerprint}; "
            f"CALLASSIST_SECRET_KEY has {vault.fingerprint}"
        )
    try:
        is_at_head(manifest.schema)
    except UnknownSchema as newer:
        wrong.append(newer.detail)
    if manifest.database == "sqlite" and not wrong:
        wrong += check_sqlite(backup, at_rest=True)
    return wrong


def check_sqlite(path: Path, *, at_rest: bool = False) -> list[str]:
    """What SQLite's own integrity check says; empty when all is well.

    `at_rest`: nobody has the file open, so that no helper files are made beside it.
    """
    address = f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if at_rest else ''}"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        found += [
            f"a row of {row[0]} points at nothing"
            for row in connection.execute("PRAGMA foreign_key_check")
        ]
    return [line for line in found if line != "ok"]


def _publish(draft: Path, target: Path) -> None:
    """Give a finished file its name once all of it is on the disk."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.rename(target)


def _copy_sqlite(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy, pages=2000, sleep=0.005)


def _count_rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def _count_rows_of_copy(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as copy:
        return {
            table.name: copy.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0]  # noqa: S608
            for table in Base.metadata.sorted_tables
        }


def sqlite_path(engine: Engine) -> Path:
    """The embedded database's file."""
    name = engine.url.database
    if not name or name == ":memory:":
        raise PermanentError("a database in memory cannot be backed up")
    return Path(name)


def _manifest_path(backup: Path) -> Path:
    return backup.with_name(backup.name + MANIFEST)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
