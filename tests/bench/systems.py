"""A first transfer of 100,000 reservations, and what it costs pages, memory and processor.

The system is a server of the tests in a process of its own; its rate is Smoobu's (1,000 a minute).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import func, insert, select

from callassist.bootstrap.systems import make_systems
from callassist.clock import SystemClock
from callassist.domain.viewer import Viewer
from callassist.models import ImportRun, PmsConnection, PmsListing, Stay
from callassist.pms_sync.connections import Tried, connect, hook_address
from callassist.pms_sync.running import run_connection
from callassist.ports.pms import Verified
from callassist.settings import load_settings
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from tests.bench.figures import Figure, percentile, report
from tests.bench.ingest_world import World, make_world
from tests.bench.memory import memory_of, running
from tests.bench.serving import ROOT, Served
from tests.pms_sync.servers.smoobu import API_KEY, API_SECRET

_ADMIN = Viewer(name="the bench", is_admin=True)
_FIRST_LISTING = 880_001  # of the server's ids
_LIMIT_SECONDS = 600
_EVERY = 15 * 60  # seconds between two runs of a connection
_CONNECTIONS = 500
_RUNS = 20
_HOOKS = 400


def main(argv: list[str]) -> dict[str, Any]:
    """First transfer beside pages, hooks, and runs in which nothing has changed."""
    parser = argparse.ArgumentParser(prog="scripts/bench systems --")
    parser.add_argument("--reservations", type=int, default=100_000)
    parser.add_argument("--listings", type=int, default=500)
    arguments = parser.parse_args(argv)
    with (
        tempfile.TemporaryDirectory() as directory,
        _system(arguments.reservations, arguments.listings) as address,
    ):
        world = make_world(Path(directory), arguments.listings)
        sessions = Sessions(make_engine(world.url))
        connection_id, hook = _connected(world, sessions, arguments.listings)
        addresses = json.dumps({"smoobu": address})
        with running(world, {"CALLASSIST_PMS_BASE_URLS": addresses}) as served:
            figures = [
                *_first_transfer(served, sessions, connection_id, arguments.reservations),
                *_hooks(served, hook),
            ]
        figures += _nothing_new(world, sessions, connection_id, addresses)
        sessions.engine.dispose()
        return report(figures)


@contextmanager
def _system(reservations: int, listings: int) -> Iterator[str]:
    process = subprocess.Popen(
        [
            sys.executable,
            *("-m", "tests.bench.systems_server", str(reservations), str(listings)),
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def _connected(world: World, sessions: Sessions, listings: int) -> tuple[int, str]:
    """A connection whose listings are homes already; it is not due yet."""
    vault, now = Vault.from_text(world.key), datetime.now(UTC)
    with sessions.write() as session:
        connection = connect(
            session,
            vault,
            _ADMIN,
            1,
            vendor="smoobu",
            credentials={"api_key": API_KEY, "api_secret": API_SECRET},
            tried=Tried(verified=Verified()),
            now=now,
        )
        connection.next_run_at = connection.wanted = None
        session.execute(
            insert(PmsListing),
            [
                {
                    "account_id": 1,
                    "connection_id": connection.id,
                    "external_id": str(_FIRST_LISTING + place),
                    "name": f"Home {place + 1}",
                    "property_id": place + 1,
                    "seen_at": now,
                    "created_at": now,
                }
                for place in range(listings)
            ],
        )
        return connection.id, hook_address(vault, connection, "")


def _first_transfer(
    served: Served, sessions: Sessions, connection_id: int, reservations: int
) -> list[Figure]:
    before = percentile([_page(served) for _ in range(100)], 0.95)
    processor = served.cpu_seconds()
    _make_due(sessions, connection_id)
    began, pages, peak = time.monotonic(), [], 0.0
    while (run := _ended(sessions)) is None:
        if time.monotonic() - began > 2 * _LIMIT_SECONDS:
            raise RuntimeError("the transfer does not end")
        pages += [_page(served) for _ in range(5)]
        peak = max(peak, memory_of("", served)[0].figure)
        time.sleep(0.5)
    assert run.ended_at is not None
    seconds = (run.ended_at - run.started_at).total_seconds()
    with sessions.read() as session:
        stays = session.scalar(select(func.count()).select_from(Stay)) or 0
    if run.error or stays != reservations:
        raise RuntimeError(f"{stays:,} stays came: {run.error}, {run.counts}")
    slower = percentile(pages, 0.95) / before * 100 - 100
    return [
        Figure(
            name=f"first transfer of {reservations:,} reservations",
            figure=seconds,
            unit="s",
            limit=_LIMIT_SECONDS,
        ),
        Figure(name="  processor time", figure=served.cpu_seconds() - processor, unit="s"),
        Figure(name="  memory of all processes at most", figure=peak, unit="MB", limit=400),
        Figure(name="  sign-in page before, p95", figure=before, unit="ms"),
        Figure(name="  the same meanwhile, slower by", figure=slower, unit="%", limit=20),
    ]


def _hooks(served: Served, path: str) -> list[Figure]:
    body = {"action": "updateReservation", "user": 1, "data": {"id": 5500000}}
    with requests.Session() as system:
        address = f"http://127.0.0.1:{served.port}{path}"
        took = [_timed(system, "POST", address, json=body) for _ in range(_HOOKS)]
    return [
        Figure(
            name="a webhook is answered, p99", figure=percentile(took, 0.99), unit="ms", limit=50
        )
    ]


def _nothing_new(
    world: World, sessions: Sessions, connection_id: int, addresses: str
) -> list[Figure]:
    """Runs of one connection after the other, as a worker does them; none finds anything."""
    settings = load_settings(
        {
            "CALLASSIST_DATA_DIR": str(world.directory),
            "CALLASSIST_PMS_BASE_URLS": addresses,
            "CALLASSIST_LOG_LEVEL": "error",
        }
    )
    vault = Vault.from_text(world.key)
    systems = make_systems(settings, sessions, vault, SystemClock(), allow_loopback=True)
    run_connection(systems.sync, connection_id)
    began = time.process_time()
    for _ in range(_RUNS):
        run_connection(systems.sync, connection_id)
    each = (time.process_time() - began) / _RUNS
    return [
        Figure(name="a run in which nothing changed, processor", figure=1000 * each, unit="ms"),
        Figure(
            name=f"  {_CONNECTIONS} connections every 15 minutes, of one core",
            figure=100 * each * _CONNECTIONS / _EVERY,
            unit="%",
            limit=10,
        ),
    ]


def _make_due(sessions: Sessions, connection_id: int) -> None:
    with sessions.write() as session:
        row = session.get_one(PmsConnection, connection_id)
        row.next_run_at, row.wanted = datetime.now(UTC), "full"


def _ended(sessions: Sessions) -> ImportRun | None:
    with sessions.read() as session:
        query = select(ImportRun).where(ImportRun.ended_at.is_not(None))
        return session.scalars(query).first()


def _page(served: Served) -> float:
    with requests.Session() as visitor:
        return _timed(visitor, "GET", f"http://127.0.0.1:{served.port}/sign-in")


def _timed(who: requests.Session, method: str, address: str, **sent: Any) -> float:
    began = time.perf_counter()
    answer = who.request(method, address, timeout=20, **sent)
    if answer.status_code >= 300:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return 1000 * (time.perf_counter() - began)
