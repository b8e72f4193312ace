"""`callassist sync`: read property-management systems now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import click
from sqlalchemy import select

from callassist.bootstrap import Service
from callassist.cli.applications import built
from callassist.errors import Conflict, NotFound
from callassist.models import ImportRun, PmsConnection
from callassist.pms_sync.hints import read_hinted
from callassist.pms_sync.running import run_connection

_WORDS = (
    ("stays", "{} stays"),
    ("created", "{} new"),
    ("changed", "{} changed"),
    ("cancelled", "{} cancelled"),
    ("without_number", "{} without a number"),
    ("set_aside", "{} set aside"),
)


@dataclass(frozen=True)
class _Wanted:
    id: int
    public_id: str
    vendor: str


@click.command()
@click.option("--connection", "public_id", help="Only this connection, by its id.")
@click.option("--full", is_flag=True, help="Everything, from the first to the last page.")
def sync(public_id: str | None, full: bool) -> None:
    """Transfer stays from every connected property-management system now.

    Says for each what came; exit 1 when one of them could not be read.
    """
    service = built()
    try:
        failed = [one for one in _wanted(service, public_id) if not _read(service, one, full=full)]
    finally:
        service.stop()
    raise SystemExit(1 if failed else 0)


def in_words(counts: Mapping[str, int]) -> str:
    """What came: "41 stays, 3 new, 2 without a number"."""
    said = [text.format(counts.get(name, 0)) for name, text in _WORDS if counts.get(name)]
    return ", ".join(said) or "nothing new"


def _wanted(service: Service, public_id: str | None) -> Iterable[_Wanted]:
    query = select(PmsConnection).where(PmsConnection.disabled_at.is_(None))
    if public_id is not None:
        query = query.where(PmsConnection.public_id == public_id)
    with service.sessions.read() as session:
        found = [
            _Wanted(one.id, one.public_id, one.vendor)
            for one in session.scalars(query.order_by(PmsConnection.id))
        ]
    if not found and public_id is not None:
        raise NotFound(f"no connection {public_id!r} is read; look under Connections")
    if not found:
        raise Conflict(
            "no property-management system is connected; connect one on the web page, type stays "
            "in there or post them to /api/v1/stays"
        )
    return found


def _read(service: Service, one: _Wanted, *, full: bool) -> bool:
    run_id = run_connection(service.systems.sync, one.id, full=full)
    if run_id is None:
        click.echo(f"{one.vendor} {one.public_id}: it is being read already", err=True)
        return True
    read_hinted(service.systems.sync)
    with service.sessions.read() as session:
        run = session.get_one(ImportRun, run_id)
    click.echo(f"{one.vendor} {one.public_id}: {run.error or in_words(run.counts)}")
    return run.error is None
