"""Durable ingest on SQLite against the obvious way, and against no database at all.

Each server is a granian of its own (one worker, 32 threads); the load comes from another process
over 32 keep-alive connections. Rounds visit every server in turn, figures are medians of rounds,
so ratios hold on a noisy machine too; absolute figures do not.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, percentile, report
from tests.bench.ingest_world import World, make_world, requests
from tests.bench.load import pack
from tests.bench.serving import ROOT, Served, serve

CONNECTIONS = 32
BATCH_CONNECTIONS = 8
FLAT_READINGS = 15  # of as many homes, however many sensors there are
SINGLES = ("ours", "orm", "stores_nothing", "at_once", "ours+flask", "at_once+flask")


@dataclass
class Contender:
    """One running server and what was measured of it so far."""

    served: Served
    world: World
    supply: dict[int, Iterator[bytes]] = field(default_factory=dict)
    rates: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)  # microseconds per reading

    def post(self, count: int, readings: int, connections: int, *, measured: bool = True) -> None:
        """One round of `count` requests; any answer but 202 is an error of the measurement."""
        supply = self.supply.setdefault(readings, requests(self.world, readings=readings))
        sent = list(itertools.islice(supply, count))
        before = self.served.cpu_seconds()
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.load", str(self.served.port), str(connections)],
            input=pack(sent),
            stdout=subprocess.PIPE,
            cwd=ROOT,
            check=True,
        )
        spent = self.served.cpu_seconds() - before
        figures = json.loads(done.stdout)
        if set(figures["statuses"]) != {"202"}:
            raise RuntimeError(f"not everything was accepted: {figures['statuses']}")
        if measured:
            self.rates.append(count * readings / figures["seconds"])
            self.latencies += figures["latencies"]
            self.cpu.append(1e6 * spent / (count * readings))

    def warm_up(self) -> None:
        """Let every sensor be heard twice, so that nothing is new any more."""
        requests_needed = 2 * self.world.sensors // FLAT_READINGS + 64
        self.post(requests_needed, FLAT_READINGS, BATCH_CONNECTIONS, measured=False)

    @property
    def rate(self) -> float:
        """Readings per second."""
        return statistics.median(self.rates)


def main(argv: list[str]) -> dict[str, Any]:
    """Singles, batches, and whether many sensors cost more."""
    parser = argparse.ArgumentParser(prog="scripts/bench ingest --")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=6000, help="in each round")
    parser.add_argument("--sensors", type=int, default=100_000, help="of the larger world")
    parser.add_argument("--directory", help="where the databases lie; default: the temporary one")
    arguments = parser.parse_args(argv)
    bench = Bench(arguments.rounds, arguments.requests, arguments.directory)
    return report([*bench.singles(), *bench.batches_and_flatness(arguments.sensors)])


@dataclass(frozen=True)
class Bench:
    """How much to measure, and where."""

    rounds: int
    count: int  # requests of one reading in a round; of more readings fewer
    directory: str | None

    def singles(self) -> list[Figure]:
        """One reading per request."""
        with ExitStack() as stack:
            found = {kind: stack.enter_context(self._contender(kind, 1000)) for kind in SINGLES}
            for contender in found.values():
                contender.warm_up()
            for _ in range(self.rounds):
                for kind, contender in found.items():
                    contender.post(
                        self.count // 10 if kind == "orm" else self.count, 1, CONNECTIONS
                    )
        ours = found["ours"]
        figures = [
            Figure(
                name=f"one reading per request, {kind}", figure=contender.rate, unit="readings/s"
            )
            for kind, contender in found.items()
        ]
        return [
            *figures,
            _ratio("against a plain ORM transaction per request", ours, found["orm"], 5),
            _ratio(
                "against the same server without a database", ours, found["stores_nothing"], 0.6
            ),
            _ratio("against the same without the writer either", ours, found["at_once"]),
            _ratio(
                "against Flask's dispatch without a database", ours, found["at_once+flask"], 0.6
            ),
            _ratio(
                "by Flask's dispatch, against the same", found["ours+flask"], found["at_once+flask"]
            ),
            Figure(
                name="latency p50, 32 connections",
                figure=percentile(ours.latencies, 0.5),
                unit="ms",
            ),
            Figure(
                name="latency p99", figure=percentile(ours.latencies, 0.99), unit="ms", limit=30
            ),
            Figure(name="latency, the worst", figure=max(ours.latencies), unit="ms"),
        ]

    def batches_and_flatness(self, sensors: int) -> list[Figure]:
        """A hundred readings per request, and what a reading costs among many sensors."""
        with ExitStack() as stack:
            few = stack.enter_context(self._contender("ours", 1000))
            many = stack.enter_context(self._contender("ours", sensors))
            for contender in (few, many):
                contender.warm_up()
            for _ in range(self.rounds):
                for contender in (few, many):
                    contender.post(self.count // 6, FLAT_READINGS, BATCH_CONNECTIONS)
            flat = statistics.median(many.cpu) / statistics.median(few.cpu)
            for contender in (few, many):
                contender.rates.clear()
            for _ in range(self.rounds):
                for contender in (few, many):
                    contender.post(self.count // 30, 100, BATCH_CONNECTIONS)
        return [
            Figure(
                name="batches of 100, a gateway's 16 sensors",
                figure=few.rate,
                unit="readings/s",
                limit=30_000,
                bound="at least",
            ),
            Figure(name="batches of 100, 100 homes each", figure=many.rate, unit="readings/s"),
            Figure(
                name=f"CPU per reading, {sensors:,} sensors against 1,000",
                figure=flat,
                unit="times",
                limit=1.2,
            ),
        ]

    @contextmanager
    def _contender(self, kind: str, sensors: int) -> Iterator[Contender]:
        with tempfile.TemporaryDirectory(dir=self.directory) as directory:
            world = make_world(Path(directory), sensors)
            served = serve(world, kind)
            try:
                yield Contender(served, world)
            finally:
                served.stop()


def _ratio(name: str, ours: Contender, other: Contender, limit: float | None = None) -> Figure:
    figure = ours.rate / other.rate
    return Figure(name=name, figure=figure, unit="times", limit=limit, bound="at least")


if __name__ == "__main__":
    main(sys.argv[1:])
