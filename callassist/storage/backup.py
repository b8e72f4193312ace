"""Backups of a whole database, with a manifest that says what is in them and which key they need.

SQLite: its own online backup, while the service runs. PostgreSQL: `pg_dump`, which must be
installed (Debian: postgresql-client). Secret keys are never in a backup; the manifest names the
key's fingerprint.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, func, select

from callassist.errors import Conflict, InvalidInput, PermanentError, TransientError
from callassist.migrations import current, upgrade
from callassist.models import Base
from callassist.settings import BackupSettings
from callassist.storage.engine import is_sqlite, make_engine
from callassist.storage.facts import mark_restored
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
    directory.mkdir(parents=True, exist_ok=True)
    engine = sessions.engine
    suffix = ".db" if is_sqlite(engine) else ".dump"
    target = directory / f"{PREFIX}{at.astimezone(UTC):%Y%m%dT%H%M%SZ}{suffix}"
    if target.exists():
        raise Conflict(f"{target} exists already; wait a second and try again")
    draft = target.with_suffix(".part")
    draft.touch(mode=0o600)
    try:
        if is_sqlite(engine):
            _copy_sqlite(_sqlite_path(engine), draft)
        else:
            _run(engine, ["pg_dump", "--format=custom", f"--file={draft}", _libpq_url(engine)])
        manifest = Manifest(
            made_at=at.astimezone(UTC).isoformat(),
            database="sqlite" if is_sqlite(engine) else "postgresql",
            schema=current(engine) or "",
            key_fingerprint=vault.fingerprint,
            sha256=_digest(draft),
            rows=_count_rows(sessions),
        )
        draft.rename(target)
        _manifest_path(target).write_text(
            json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8"
        )
    except OSError as error:
        raise TransientError(
            f"the backup could not be written to {directory}: {error.strerror}; "
            "make room or set CALLASSIST_BACKUP_DIR to another disk"
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return target


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
    return sorted(path for path in found if _manifest_path(path).exists())


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
    if manifest.key_fingerprint != vault.fingerprint:
        wrong.append(
            f"it needs the secret key with fingerprint {manifest.key_fingerprint}; "
            f"CALLASSIST_SECRET_KEY has {vault.fingerprint}"
        )
    if manifest.database == "sqlite" and not wrong:
        wrong += check_sqlite(backup)
    return wrong


def check_sqlite(path: Path) -> list[str]:
    """What SQLite's own integrity check says; empty when all is well."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        found += [
            f"a row of {row[0]} points at nothing"
            for row in connection.execute("PRAGMA foreign_key_check")
        ]
    return [line for line in found if line != "ok"]


def restore(backup: Path, url: str, vault: Vault) -> Sessions:
    """Put a checked backup in the place of an empty or absent database; it then dials nobody.

    Conflict when there is data already, InvalidInput when the backup does not pass its check.
    """
    wrong = check(backup, vault)
    if wrong:
        raise InvalidInput("; ".join(wrong))
    manifest = read_manifest(backup)
    engine = make_engine(url)
    if is_sqlite(engine) != (manifest.database == "sqlite"):
        raise InvalidInput(
            f"this is a backup of {manifest.database}; CALLASSIST_DATABASE_URL is not"
        )
    if is_sqlite(engine):
        _put_sqlite(backup, _sqlite_path(engine))
    else:
        if current(engine) is not None:
            raise Conflict("the database is not empty; restore into a new one")
        into = f"--dbname={_libpq_url(engine)}"
        _run(engine, ["pg_restore", "--no-owner", "--exit-on-error", into, str(backup)])
    upgrade(engine)
    sessions = Sessions(engine)
    with sessions.write() as session:
        mark_restored(session, now=datetime.now(UTC))
    return sessions


def _copy_sqlite(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy, pages=2000, sleep=0.005)


def _put_sqlite(backup: Path, target: Path) -> None:
    if target.exists() and target.stat().st_size:
        raise Conflict(f"{target} exists; move it away first, nothing is overwritten")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.restoring")
    shutil.copyfile(backup, draft)
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.rename(target)


def _count_rows(sessions: Sessions) -> dict[str, int]:
    with sessions.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def _sqlite_path(engine: Engine) -> Path:
    name = engine.url.database
    if not name or name == ":memory:":
        raise PermanentError("a database in memory cannot be backed up")
    return Path(name)


def _libpq_url(engine: Engine) -> str:
    # without the password: everybody on the machine can read a command line
    return engine.url.set(drivername="postgresql", password=None).render_as_string()


def _run(engine: Engine, command: list[str]) -> None:
    password = engine.url.password
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    try:
        subprocess.run(  # noqa: S603
            command, check=True, capture_output=True, text=True, env=environment
        )
    except FileNotFoundError:
        raise PermanentError(
            f"{command[0]} is not installed; on Debian: apt-get install postgresql-client"
        ) from None
    except subprocess.CalledProcessError as failed:
        last = (failed.stderr or "no reason given").strip().splitlines()[-1]
        raise TransientError(f"{command[0]} failed: {last}") from failed


def _manifest_path(backup: Path) -> Path:
    return backup.with_name(backup.name + MANIFEST)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
