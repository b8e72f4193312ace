"""How soon `callassist serve` answers, and how much memory all its processes take together."""

from __future__ import annotations

import argparse
import http.client
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from callassist.demo.server import free_port
from tests.bench import load
from tests.bench.figures import Figure, report
from tests.bench.ingest_world import CONNECTIONS, World, make_world, requests
from tests.bench.serving import ROOT, Served

_STARTS = 5
_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})
_CLIENTS = 8
_PATIENCE = 60.0  # seconds
_BATCH = 100
_PAGES = ("/healthz", "/readyz", "/metrics", "/sign-in", "/api/v1/openapi.json")


def main(argv: list[str]) -> dict[str, Any]:
    """Start, 1,000 homes, 100,000 sensors."""
    parser = argparse.ArgumentParser(prog="scripts/bench memory --")
    parser.add_argument("--homes", type=int, default=1_000)
    parser.add_argument("--sensors", type=int, default=100_000)
    parser.add_argument("--starts", type=int, default=_STARTS, help="the median counts")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as directory:
        world = make_world(Path(directory), arguments.homes)
        figures = [*_starting(world, arguments.starts), *_with_homes(world)]
    with tempfile.TemporaryDirectory() as directory:
        figures += _with_sensors(make_world(Path(directory), arguments.sensors))
    return report(figures)


def _starting(world: World, starts: int) -> list[Figure]:
    _start(world)[0].stop()  # the first start makes keys and files
    walls, cpus = [], []
    for _ in range(starts):
        served, seconds = _start(world)
        walls.append(seconds)
        cpus.append(served.cpu_seconds())
        served.stop()
    return [
        Figure(
            name=f"start to first request, existing database, median of {starts}",
            figure=statistics.median(walls),
            unit="s",
            limit=3,
        ),
        Figure(name="processor time of a start", figure=statistics.median(cpus), unit="s"),
    ]


def _with_homes(world: World) -> list[Figure]:
    with running(world) as served:
        _settle(served)
        idle = memory_of("when it has started", served)
        _post(served, world, readings=1, count=world.sensors)
        _look(served)
        _settle(served)
        return [*idle, *memory_of(f"with {world.sensors:,} homes", served, limit=150)]


def _with_sensors(world: World) -> list[Figure]:
    rounds = -(-world.sensors // (CONNECTIONS * _BATCH))
    with running(world) as served:
        _post(served, world, readings=_BATCH, count=rounds * CONNECTIONS)
        _look(served)
        _settle(served)
        return memory_of(f"with {world.sensors:,} sensors", served, limit=300)


def memory_of(name: str, served: Served, limit: float | None = None) -> list[Figure]:
    """What all processes hold; a page that two of them share counts once."""
    once = sum(_kilobytes(pid, "Pss") for pid in served.pids())
    twice = sum(_kilobytes(pid, "Rss") for pid in served.pids())
    return [
        Figure(name=f"memory {name}", figure=once * 1.024e-3, unit="MB", limit=limit),
        Figure(name="  counting shared pages once per process", figure=twice * 1.024e-3, unit="MB"),
    ]


def _kilobytes(pid: int, what: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(f"{what}:")))


@contextmanager
def running(world: World, settings: Mapping[str, str] = _NO_SETTINGS) -> Iterator[Served]:
    """`callassist serve` on this world's database, with these settings in its environment."""
    served, _ = _start(world, settings)
    try:
        yield served
    finally:
        served.stop()


@contextmanager
def running_apart(world: World, settings: Mapping[str, str]) -> Iterator[tuple[Served, Served]]:
    """The same in processes of their own: one for pages, with the worker, and one for callbacks.

    The first of the two counts what all of them take.
    """
    worker = Served(_process(world, "worker", free_port(), settings), 0)
    started = [worker]
    try:
        for _ in range(2):
            started.append(_start(world, settings, "web")[0])
        _, pages, callbacks = started
        yield Together(pages.process, pages.port, (worker, callbacks)), callbacks
    finally:
        for one in started:
            one.stop()


class Together(Served):
    """A server and others that belong to it."""

    def __init__(
        self, process: subprocess.Popen[bytes], port: int, others: tuple[Served, ...]
    ) -> None:
        super().__init__(process, port)
        self._others = others

    def pids(self) -> list[int]:
        """Of all."""
        return [*super().pids(), *(pid for one in self._others for pid in one.pids())]


def _start(
    world: World, settings: Mapping[str, str] = _NO_SETTINGS, command: str = "serve"
) -> tuple[Served, float]:
    """A running service and the seconds until it answered."""
    port = free_port()
    began = time.perf_counter()
    served = Served(_process(world, command, port, settings), port)
    while not _answers(served):
        if served.process.poll() is not None or time.perf_counter() - began > _PATIENCE:
            served.stop()
            raise RuntimeError(f"callassist {command} did not start")
        time.sleep(0.01)
    return served, time.perf_counter() - began


def _process(
    world: World, command: str, port: int, settings: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "callassist", command],
        env={
            **{name: value for name, value in os.environ.items() if "CALLASSIST" not in name},
            "CALLASSIST_DATABASE_URL": world.url,
            "CALLASSIST_DATA_DIR": str(world.directory),
            "CALLASSIST_SECRET_KEY": world.key,
            "CALLASSIST_BIND": f"127.0.0.1:{port}",
            "CALLASSIST_LOG_LEVEL": "error",
            **settings,
        },
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _answers(served: Served) -> bool:
    try:
        return _get(served, "/healthz") == 200
    except OSError:
        return False


def _get(served: Served, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def _post(served: Served, world: World, *, readings: int, count: int) -> None:
    sent = list(itertools.islice(requests(world, readings=readings), count))
    statuses = load.run(served.port, _CLIENTS, sent)["statuses"]
    if statuses != {"202": count}:
        raise RuntimeError(f"not everything was accepted: {statuses}")


def _look(served: Served) -> None:
    for path in _PAGES:
        _get(served, path)


def _settle(served: Served) -> None:
    """Wait until it has done what the requests left to do."""
    deadline = time.monotonic() + _PATIENCE
    quiet, spent = 0, served.cpu_seconds()
    while quiet < 3 and time.monotonic() < deadline:
        time.sleep(1)
        now = served.cpu_seconds()
        quiet = quiet + 1 if now - spent < 0.05 else 0
        spent = now
