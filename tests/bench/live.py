"""200 open desks: how long from a commit until each is told, and until each shows what is new?

Each desk is an operator of their own, with a stream and a connection for the parts of the page. A
call is committed by another process than the server. The desks are played on the same machine.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import requests

from tests.bench.figures import Figure, percentile, report
from tests.bench.ingest_world import make_world
from tests.bench.live_desks import Desks
from tests.bench.live_scene import BROWSER, LiveScene, make_live_scene, signed_in
from tests.bench.memory import running
from tests.bench.serving import Served

_ROUNDS = 20
_WAITING = 20  # calls in the queue at the beginning
_PAUSE_SECONDS = 0.5
_PATIENCE = 60.0
_SOURCE = re.compile(r'data-live="[^"]*\bqueue\b[^"]*" data-src="([^"]+)"')


@dataclass(frozen=True)
class _Browser:
    """One that is signed in and asks for whole pages."""

    port: int
    cookie: str

    def page(self, path: str) -> str:
        headers = {"Cookie": self.cookie, "User-Agent": BROWSER}
        url = f"http://127.0.0.1:{self.port}{path}"
        answer = requests.get(url, headers=headers, timeout=_PATIENCE, allow_redirects=False)
        assert answer.status_code == 200, answer.status_code
        return answer.text

    def sources(self) -> list[str]:
        """What the parts of an open desk fetch when its queue changes, each address once."""
        found = _SOURCE.findall(self.page("/desk"))
        return [unescape(one) for one in dict.fromkeys(found)]

    def page_times(self) -> list[float]:
        """Milliseconds that a small page takes, several times."""
        times = []
        for _ in range(_ROUNDS):
            began = time.monotonic()
            self.page("/password")
            times.append(1000 * (time.monotonic() - began))
        return times


@dataclass
class Times:
    """Milliseconds from each commit until each desk was told, and until it showed the call."""

    told: list[float] = field(default_factory=list)
    drawn: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)  # until the last desk showed it
    missed: int = 0


def main(argv: list[str]) -> dict[str, Any]:
    """A real `serve`, desks on raw sockets, commits by another process."""
    parser = argparse.ArgumentParser(prog="scripts/bench live --")
    parser.add_argument("--desks", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as directory:
        world = make_world(Path(directory), _WAITING + arguments.rounds)
        scene = make_live_scene(world, arguments.desks, _WAITING)
        cookies = signed_in(world, scene)
        with running(world) as served:
            return report(_measure(served, scene, cookies, arguments.rounds))


def _measure(served: Served, scene: LiveScene, cookies: list[str], rounds: int) -> list[Figure]:
    browsers = [_Browser(served.port, cookie) for cookie in cookies]
    alone = browsers[0].page_times()
    desks = Desks(served.port, {one.cookie: one.sources() for one in browsers})
    before = served.cpu_seconds()
    times = _rounds(desks, scene, rounds, len(browsers))
    used = served.cpu_seconds() - before
    among = browsers[0].page_times()
    desks.close()
    fetched = desks.fetched
    return [
        *_figures(times, len(browsers)),
        Figure(
            name="  requests of a desk per change", figure=fetched / len(browsers) / rounds, unit=""
        ),
        Figure(
            name="  processor time of the server per request",
            figure=1000 * used / fetched,
            unit="ms",
        ),
        Figure(name="  size of an answer", figure=desks.bytes / fetched / 1000, unit="kB"),
        Figure(name="a page without streams, p50", figure=percentile(alone, 0.5), unit="ms"),
        Figure(
            name=f"a page beside {len(browsers)} streams, p50",
            figure=percentile(among, 0.5),
            unit="ms",
        ),
        Figure(
            name="the one against the other",
            figure=percentile(among, 0.5) / percentile(alone, 0.5),
            unit="x",
            limit=2,
        ),
    ]


def _rounds(desks: Desks, scene: LiveScene, rounds: int, amount: int) -> Times:
    times = Times()
    for n in range(rounds):
        call = scene.add_call(_WAITING + n + 1)
        committed = time.monotonic()
        desks.wait_for(call, amount)
        told, drawn = desks.told.get(call, []), desks.drawn.get(call, [])
        times.missed += 2 * amount - len(told) - len(drawn)
        times.told += [1000 * (at - committed) for at in told]
        times.drawn += [1000 * (at - committed) for at in drawn]
        times.last.append(1000 * (max(drawn) - committed))
        time.sleep(_PAUSE_SECONDS)
    return times


def _figures(times: Times, amount: int) -> list[Figure]:
    return [
        Figure(
            name=f"changes that one of {amount} desks missed",
            figure=times.missed,
            unit="",
            limit=0,
        ),
        Figure(name="from commit to told, p50", figure=percentile(times.told, 0.5), unit="ms"),
        Figure(name="from commit to told, p99", figure=percentile(times.told, 0.99), unit="ms"),
        Figure(name="from commit to shown, p50", figure=percentile(times.drawn, 0.5), unit="ms"),
        Figure(
            name="from commit to shown, p99",
            figure=percentile(times.drawn, 0.99),
            unit="ms",
            limit=1000,
        ),
        Figure(name="  until the last desk, p50", figure=percentile(times.last, 0.5), unit="ms"),
        Figure(
            name="  until the last desk, the worst", figure=max(times.last), unit="ms", limit=1000
        ),
    ]
