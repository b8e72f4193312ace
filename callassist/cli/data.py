"""Audit, guests' data, and the secret key."""

from __future__ import annotations

import json
from pathlib import Path

import click

from callassist import incident_log
from callassist.accounts.erasure_journal import note_erasure
from callassist.accounts.guest_data import guest_erase, guest_export
from callassist.cli.opened import opened
from callassist.settings import Settings
from callassist.storage.rotation import rotate


@click.group()
def audit() -> None:
    """The incident log."""


@audit.command("verify")
def audit_verify() -> None:
    """Check that nothing in any incident's log was changed, removed or reordered."""
    with opened() as here, here.sessions.read() as session:
        faults = incident_log.verify(session)
    for fault in faults:
        click.echo(f"incident {fault.incident_id}, entry {fault.seq}: {fault.problem}")
    click.echo("the log is as it was written" if not faults else f"{len(faults)} faults")
    raise SystemExit(1 if faults else 0)


@click.group()
def guest() -> None:
    """A guest's personal data."""


@guest.command("export")
@click.argument("stay")
def guest_export_(stay: str) -> None:
    """Print everything that is kept about the guest of a stay, as JSON."""
    with opened() as here, here.sessions.read() as session:
        click.echo(json.dumps(guest_export(session, here.vault, stay), indent=2))


@guest.command("erase")
@click.argument("stay")
@click.confirmation_option(prompt="Names, numbers and notes of this guest go for good. Erase?")
def guest_erase_(stay: str) -> None:
    """Erase the guest of a stay; reports keep the facts, the log stays valid."""
    with opened() as here:
        with here.sessions.write() as session:
            note = guest_erase(session, stay, now=here.clock.now())
        # outside the database, so that a restored older backup erases them again
        note_erasure(journal_path(here.settings), note)
        click.echo("erased")


@click.group()
def key() -> None:
    """The secret key."""


@key.command("rotate")
def key_rotate() -> None:
    """Seal everything with the first key of CALLASSIST_SECRET_KEY=new,old; the service may run."""
    with opened() as here:
        report = rotate(here.sessions, here.vault, here.clock.now())
    click.echo(f"{report.resealed} values sealed anew, {report.reindexed} numbers indexed anew")
    for place in report.broken:
        click.echo(f"no key opens {place}", err=True)
    if report.broken:
        raise SystemExit(1)
    click.echo("the old key is not needed any more: remove it from CALLASSIST_SECRET_KEY")


def journal_path(settings: Settings) -> Path:
    """Where erasures are noted beside the database."""
    return settings.service.data_dir / "erasures.jsonl"
