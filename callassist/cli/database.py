"""`callassist db` and `callassist resume`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from callassist import incident_log
from callassist.accounts.departures import reapply_departures
from callassist.accounts.erasure_journal import noted_departures, noted_erasures
from callassist.accounts.guest_data import reapply_erasures
from callassist.cli.data import journal_path
from callassist.cli.opened import open_vault, opened
from callassist.migrations import current
from callassist.settings import load_settings
from callassist.storage import backup as backups
from callassist.storage.engine import is_sqlite
from callassist.storage.facts import resume as allow_dialling
from callassist.storage.restoring import restore


@click.group()
def db() -> None:
    """The database: upgrade, backup, restore, check."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the schema to this version; safe to run twice and from two machines."""
    with opened() as here:
        click.echo(f"the schema is at {current(here.sessions.engine)}")


@db.command("backup")
@click.option("--to", "directory", type=click.Path(path_type=Path, file_okay=False))
def db_backup(directory: Path | None) -> None:
    """Write a backup now, while the service runs; prints its path."""
    with opened() as here:
        target = backups.back_up(
            here.sessions,
            here.vault,
            directory or here.settings.backup.dir,
            at=datetime.now(UTC),
        )
        click.echo(target)
        click.echo(
            f"it needs the secret key with fingerprint {here.vault.fingerprint}, "
            "which is not in it: keep a copy of the key elsewhere",
            err=True,
        )


@db.command("restore")
@click.argument("backup", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def db_restore(backup: Path) -> None:
    """Restore into the configured, still empty database; it dials nobody until `resume`."""
    settings = load_settings()
    vault, journal, now = open_vault(settings), journal_path(settings), datetime.now(UTC)
    sessions = restore(backup, settings.database.url, vault)
    with sessions.write() as session:
        erased = reapply_erasures(session, now=now, notes=noted_erasures(journal))
        gone = reapply_departures(session, vault, noted_departures(journal), now=now)
    sessions.engine.dispose()
    click.echo(f"restored; {erased} erased guests were erased again")
    if gone:
        click.echo(f"{gone} accounts and people that had been deleted go again")
    click.echo(
        "this copy dials nobody. Make sure that the original is stopped, then: callassist resume"
    )


@db.command("check")
@click.argument("backup", type=click.Path(path_type=Path, exists=True), required=False)
def db_check(backup: Path | None) -> None:
    """Check the live database (integrity, schema, log chain), or a backup file."""
    if backup is not None:
        wrong = backups.check(backup, open_vault(load_settings()))
    else:
        with opened() as here:
            wrong = []
            if is_sqlite(here.sessions.engine):
                wrong += backups.check_sqlite(Path(str(here.sessions.engine.url.database)))
            with here.sessions.read() as session:
                faults = incident_log.verify(session)
            wrong += [f"incident {f.incident_id}, entry {f.seq}: {f.problem}" for f in faults]
    for line in wrong:
        click.echo(line)
    click.echo("all is well" if not wrong else f"{len(wrong)} faults")
    raise SystemExit(1 if wrong else 0)


@click.command()
def resume() -> None:
    """After a restore: this copy is the one, it may dial again."""
    with opened() as here:
        with here.sessions.write() as session:
            allow_dialling(session, now=here.clock.now())
        click.echo("this copy dials again")
