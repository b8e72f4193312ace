"""Fifty operators talk at once, then more calls are placed: pages, callbacks, memory.

The network, and a browser that looks at the desk meanwhile, are processes of their own. They share
the machine with the service: on two cores its figures are worse than they are alone.

`scripts/bench calls -- --calls 1050 --per-second 1` is the thousand of the aim, at the rate that
phone networks allow an account; it takes 19 minutes, in which nothing needs anybody.
`--database postgresql://... --apart` measures pages, callbacks and worker as processes of their own
(`callassist web`, twice, and `callassist worker`) on an empty PostgreSQL database.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from callassist.bootstrap import build
from callassist.models import CallAttempt, CallTask, Operator
from callassist.settings import load_settings
from callassist.storage.sessions import Sessions
from tests.bench.calls_asking import Browser
from tests.bench.calls_network import PhoneNetwork, phone_network
from tests.bench.calls_scene import (
    OWN_NUMBER,
    PUBLIC_URL,
    Waiting,
    guest_number,
    make_calls,
    make_stays,
    own_number,
    take,
)
from tests.bench.figures import Figure, percentile, report
from tests.bench.ingest_world import World, make_world
from tests.bench.live_scene import make_live_scene, signed_in
from tests.bench.memory import memory_of, running, running_apart
from tests.bench.serving import Served

_OPERATORS = 50
_CALLS = 110
_PER_SECOND = 2.0
_TALK_SECONDS = 3600
_SHORT_TALK_SECONDS = 2
_NEVER_LOST = "1d"  # nobody sits at these desks: no sign of life comes from them
_ALONE_SECONDS = 15.0
_RINGING_SECONDS = 15.0
_PATIENCE = 90.0
_AT_ONCE = 16  # who press call at the same moment
_TELL_EVERY = 100  # calls
_LIMIT_OF_PAGES, _LIMIT_OF_CALLBACKS, _LIMIT_OF_MEMORY = 100, 50, 300


@dataclass
class Measuring:
    """The service under measurement, the network it phones over, and a hand in its database."""

    served: Served
    network: PhoneNetwork
    sessions: Sessions
    browsers: dict[int, Browser]  # by operator
    per_second: float
    pressed: list[float] = field(default_factory=list)  # ms until each was answered

    def dial_all(self, calls: list[Waiting], operators: list[int]) -> None:
        """As fast as is wanted, whether or not the last ones are answered."""
        began, asked = time.monotonic(), list[Future[float]]()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for n, call in enumerate(calls):
                time.sleep(max(0.0, began + n / self.per_second - time.monotonic()))
                operator_id = self.free_one(operators)
                take(self.sessions, call, operator_id)
                asked.append(pool.submit(self.browsers[operator_id].press_call, call.name))
                if n % _TELL_EVERY == 0:
                    print(f"call {n} of {len(calls)}", file=sys.stderr, flush=True)
        self.pressed = [one.result() for one in asked]

    def free_one(self, operators: list[int]) -> int:
        """One of these who has no call; waits for one."""
        free: list[int] = []

        def found() -> bool:
            has_call = CallTask.state.in_(("offered", "assigned"))
            with self.sessions.read() as session:
                busy = set(session.scalars(select(CallTask.operator_id).where(has_call)))
            free.extend(one for one in operators if one not in busy)
            return bool(free)

        self.wait_until("a free operator", found)
        return free[0]

    def wait_until(self, what: str, is_so: Callable[[], bool]) -> None:
        """RuntimeError when it does not come true in time."""
        if not self.comes_true(is_so):
            raise RuntimeError(f"waited in vain: {what}")

    def comes_true(self, is_so: Callable[[], bool]) -> bool:
        """Whether it does in time."""
        end = time.monotonic() + _PATIENCE
        while not is_so():
            if time.monotonic() > end:
                return False
            time.sleep(0.2)
        return True

    def count(self, *conditions: Any) -> int:
        """Attempts of which these are true."""
        with self.sessions.read() as session:
            return session.scalar(select(func.count(CallAttempt.id)).where(*conditions)) or 0

    def dialled_per_second(self, calls: list[Waiting]) -> float:
        """How fast guests were dialled in the end."""
        of_these = CallAttempt.task_id.in_([call.task_id for call in calls])
        with self.sessions.read() as session:
            found = session.scalars(select(CallAttempt.dial_at).where(of_these))
            dialled = sorted(at for at in found if at is not None)
        return (len(dialled) - 1) / (dialled[-1] - dialled[0]).total_seconds()


def main(argv: list[str]) -> dict[str, Any]:
    """A real service; operators' own phones, guests who pick up."""
    chosen = _chosen(argv)
    with tempfile.TemporaryDirectory() as directory:
        world = make_world(Path(directory), chosen.calls, chosen.database)
        scene = make_live_scene(world, 3 * chosen.operators, 0)
        make_stays(world, scene)
        with phone_network(OWN_NUMBER) as network:
            settings = _settings(world, network, chosen.per_second)
            service = build(load_settings(settings, dotenv=None))
            try:
                calls = make_calls(service, range(1, chosen.calls + 1))
            finally:
                service.stop()
            cookies = signed_in(world, scene, PUBLIC_URL)
            _script_phones(network, chosen.operators, chosen.calls)
            with _serving(world, settings, chosen.apart) as (served, callbacks):
                network.route(PUBLIC_URL, f"http://127.0.0.1:{callbacks.port}")
                browsers, first = _opened(served, scene.sessions, cookies)
                made = Measuring(served, network, scene.sessions, browsers, chosen.per_second)
                return report([first, *_measure(made, calls, chosen.operators)])


def _chosen(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/bench calls --",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--operators", type=int, default=_OPERATORS, help="who talk all the time")
    add("--calls", type=int, default=_CALLS, help="theirs, and the short ones that follow")
    add("--per-second", type=float, default=_PER_SECOND, help="that the network allows")
    add("--database", default="", help="an empty one of PostgreSQL, instead of SQLite")
    add("--apart", action="store_true", help="pages, callbacks and worker by themselves")
    chosen = parser.parse_args(argv)
    if chosen.apart and not chosen.database:
        parser.error("--apart needs --database: SQLite has one writing process")
    return chosen


@contextmanager
def _serving(
    world: World, settings: dict[str, str], apart: bool
) -> Iterator[tuple[Served, Served]]:
    """Who answers pages, and who answers the network."""
    if apart:
        with running_apart(world, settings) as both:
            yield both
    else:
        with running(world, settings) as served:
            yield served, served


def _opened(
    served: Served, sessions: Sessions, cookies: list[str]
) -> tuple[dict[int, Browser], Figure]:
    """Everybody has their desk open; how long the first one waited for it."""
    with sessions.read() as session:
        ids = list(session.scalars(select(Operator.id).order_by(Operator.id)))
    began = time.monotonic()
    browsers = {ids[0]: Browser(served.port, PUBLIC_URL, cookies[0]).opened()}
    took = 1000 * (time.monotonic() - began)
    for operator_id, cookie in zip(ids[1:], cookies[1:], strict=True):
        browsers[operator_id] = Browser(served.port, PUBLIC_URL, cookie).opened()
    return browsers, Figure(name="the first look at a desk after a start", figure=took, unit="ms")


def _measure(made: Measuring, calls: list[Waiting], operators: int) -> list[Figure]:
    ids = list(made.browsers)
    long, short = calls[:operators], calls[operators:]
    talking = (CallAttempt.answered_at.is_not(None), CallAttempt.ended_at.is_(None))
    over = (CallAttempt.ended_at.is_not(None),)
    looks = made.browsers[ids[0]].desk_times
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        before = made.served.cpu_seconds()
        alone = pool.submit(looks, _ALONE_SECONDS).result()
        a_look = (made.served.cpu_seconds() - before) / len(alone)
        made.dial_all(long, ids[:operators])
        made.wait_until("everybody talks", lambda: made.count(*talking) == operators)
        name = f"with {operators} operators on calls"
        memory = memory_of(name, made.served, limit=_LIMIT_OF_MEMORY)
        made.network.answered()
        beside = pool.submit(looks, len(short) / made.per_second + _RINGING_SECONDS)
        before = made.served.cpu_seconds()
        made.dial_all(short, ids[operators:])
        made.comes_true(lambda: made.count(*over) == len(short))
        pages, callbacks = beside.result(), made.network.answered()
        used = made.served.cpu_seconds() - before - a_look * len(pages)
    return [
        *memory,
        *memory_of(f"after {len(short)} more", made.served, limit=_LIMIT_OF_MEMORY),
        Figure(
            name=f"calls of these {len(short)} that came to their end",
            figure=made.count(*over),
            unit="",
            limit=len(short),
            bound="at least",
        ),
        Figure(
            name=f"guests dialled of {len(short)}, each second",
            figure=made.dialled_per_second(short),
            unit="",
        ),
        Figure(
            name="  processor time of the server, each", figure=1000 * used / len(short), unit="ms"
        ),
        Figure(name="  and of a look at the desk", figure=1000 * a_look, unit="ms"),
        Figure(name="the desk before, p50", figure=percentile(alone, 0.5), unit="ms"),
        Figure(name="  p99", figure=percentile(alone, 0.99), unit="ms"),
        *_figures("the desk meanwhile", pages, _LIMIT_OF_PAGES),
        *_figures("pressing call and what is shown then", made.pressed),
        *_figures(f"{len(callbacks)} callbacks and questions", callbacks, _LIMIT_OF_CALLBACKS),
    ]


def _figures(name: str, times: list[float], limit: float | None = None) -> list[Figure]:
    return [
        Figure(name=f"{name}, p50", figure=percentile(times, 0.5), unit="ms"),
        Figure(name="  p95", figure=percentile(times, 0.95), unit="ms"),
        Figure(name="  p99", figure=percentile(times, 0.99), unit="ms", limit=limit),
    ]


def _settings(world: World, network: PhoneNetwork, per_second: float) -> dict[str, str]:
    account = network.account()
    return {
        "CALLASSIST_DATABASE_URL": world.url,
        "CALLASSIST_DATA_DIR": str(world.directory),
        "CALLASSIST_SECRET_KEY": world.key,
        "CALLASSIST_PUBLIC_URL": PUBLIC_URL,
        "CALLASSIST_TELEPHONY": "twilio",
        "CALLASSIST_TWILIO_ACCOUNT_SID": account["sid"],
        "CALLASSIST_TWILIO_AUTH_TOKEN": account["token"],
        "CALLASSIST_TWILIO_CALLER_ID": OWN_NUMBER,
        "CALLASSIST_TWILIO_BASE_URL": account["url"],
        "CALLASSIST_ESCALATION_CALLS_PER_SECOND": f"{per_second:g}",
        "CALLASSIST_ESCALATION_PRESENCE_LOST_AFTER": _NEVER_LOST,
    }


def _script_phones(network: PhoneNetwork, operators: int, calls: int) -> None:
    for number in range(3 * operators):
        network.answers(own_number(number), _TALK_SECONDS, presses="1")
    for home in range(1, calls + 1):
        talk = _TALK_SECONDS if home <= operators else _SHORT_TALK_SECONDS
        network.answers(guest_number(home), talk)
