"""Booking systems on the stage: rows as a reading leaves them, and a server that stands in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from callassist.models import ImportRun, PmsConnection, PmsListing
from callassist.pms_sync.access import Patience
from callassist.pms_sync.connections import Tried, connect
from callassist.ports.pms import Verified
from callassist.settings import PmsSettings
from tests.pms_sync.servers.base import serving
from tests.pms_sync.servers.lodgify import LodgifyServer
from tests.web.pages.stage import ADMIN, Stage


def connected(stage: Stage, vendor: str = "lodgify", **values: Any) -> str:
    """A connection that was verified; its public id. Read and quiet unless `values` say else."""
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        made = connect(
            session,
            stage.vault,
            ADMIN,
            stage.account.id,
            vendor=vendor,
            credentials={"api_key": "a-secret-that-nobody-sees"},
            tried=Tried(verified=Verified(account="Maisons Exemple")),
            now=now,
        )
        given = {"wanted": None, "next_run_at": now + timedelta(minutes=9), **values}
        for name, value in given.items():
            setattr(made, name, value)
        return made.public_id


def listed(stage: Stage, system_id: str, *names: str, **values: Any) -> list[str]:
    """Listings of a connection; their public ids."""
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        connection = of(session, system_id)
        rows = [
            PmsListing(
                account_id=connection.account_id,
                connection_id=connection.id,
                external_id=f"L-{name}",
                name=name,
                seen_at=now,
                created_at=now,
                **values,
            )
            for name in names
        ]
        session.add_all(rows)
        session.flush()
        return [one.public_id for one in rows]


def ran(stage: Stage, system_id: str, at: datetime, error: str | None = None, **counts: int) -> int:
    """A reading that ended."""
    with stage.world.service.sessions.write() as session:
        connection = of(session, system_id)
        run = ImportRun(
            account_id=connection.account_id,
            connection_id=connection.id,
            source=connection.vendor,
            kind="changes",
            started_at=at,
            ended_at=at + timedelta(seconds=9),
            is_complete=error is None,
            counts=counts,
            error=error,
            detail="GET /v2/reservations 503" if error else None,
        )
        session.add(run)
        session.flush()
        return run.id


def of(session: Any, system_id: str) -> PmsConnection:
    """The row."""
    found = session.query(PmsConnection).filter(PmsConnection.public_id == system_id).one()
    assert isinstance(found, PmsConnection)
    return found


@contextmanager
def lodgify_answers(stage: Stage) -> Iterator[LodgifyServer]:
    """Lodgify is a server on this machine."""
    with serving() as host:
        server = LodgifyServer()
        host.mount(server)
        opener = stage.world.service.opener
        opener.settings = PmsSettings(base_urls={"lodgify": server.base_url}, oauth={})
        opener.patience = Patience(turn=5, tries=1)
        yield server
