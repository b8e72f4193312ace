"""Fifty operators talk at once, then more calls are placed: pages, callbacks, memory.

The network runs in this process and shares the machine, and so do those who ask for pages; what
it says of a service alone is therefore less than what a real network would show. It checks every
exchange against the specification, and on half of two cores gives no more than two calls a second:
`--calls 1000 --per-second 5` needs a machine with cores to spare.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import func, select, update

from callassist.bootstrap import Service, build
from callassist.escalation.dialling import DialAnswer, dial
from callassist.escalation.new_incident import OpenedBy
from callassist.escalation.opening import open_by_hand
from callassist.models import CallAttempt, CallTask, Operator, Property
from callassist.settings import load_settings
from tests.bench.calls_scene import OWN_NUMBER, PUBLIC_URL, guest_number, make_stays, own_number
from tests.bench.figures import Figure, percentile, report
from tests.bench.ingest_world import World, make_world
from tests.bench.live_scene import BROWSER, make_live_scene, signed_in
from tests.bench.memory import memory_of, running
from tests.bench.serving import Served
from tests.twilio_server import TwilioServer, twilio_server

_OPERATORS = 50
_CALLS = 110
_PER_SECOND = 2.0
_TALK_SECONDS = 3600
_SHORT_TALK_SECONDS = 2
_NEVER_LOST = "1d"  # nobody sits at these desks: no sign of life comes from them
_ALONE_SECONDS = 15.0
_RINGING_SECONDS = 15.0
_PATIENCE = 90.0
_PAGE_EVERY = 0.25  # seconds
_LIMIT_OF_PAGES, _LIMIT_OF_CALLBACKS, _LIMIT_OF_MEMORY = 100, 50, 300


@dataclass
class Measuring:
    """The service under measurement, the network it phones over, and a hand in its database."""

    served: Served
    twilio: TwilioServer
    service: Service
    cookie: str
    per_second: float

    def dial(self, home: int, operator_id: int) -> None:
        """The host asks for a call about this home, this operator has it and presses call.

        How their last call went is not measured: it is put away.
        """
        with self.service.sessions.write() as session:
            last = CallTask.operator_id == operator_id, CallTask.state == "wrapping_up"
            session.execute(update(CallTask).where(*last).values(state="completed"))
            now, ctx = datetime.now(UTC), self.service.escalation
            place = session.get_one(Property, home)
            incident = open_by_hand(session, ctx, place, OpenedBy.HOST, now=now)
            wanted = select(CallTask).where(CallTask.incident_id == incident.id)
            task = session.scalars(wanted).one()
            task.state, task.operator_id = "assigned", operator_id
            answer = dial(session, ctx, incident, task, now).answer
            assert answer is DialAnswer.DIALLING, answer

    def dial_all(self, homes: range, operators: list[int]) -> None:
        """As fast as the network takes them."""
        began = time.monotonic()
        for n, home in enumerate(homes):
            time.sleep(max(0.0, began + n / self.per_second - time.monotonic()))
            self.dial(home, self.free_one(operators))

    def free_one(self, operators: list[int]) -> int:
        """One of these who has no call; waits for one."""
        free: list[int] = []

        def found() -> bool:
            has_call = CallTask.state.in_(("offered", "assigned"))
            with self.service.sessions.read() as session:
                busy = set(session.scalars(select(CallTask.operator_id).where(has_call)))
            free.extend(one for one in operators if one not in busy)
            return bool(free)

        self.wait_until("a free operator", found)
        return free[0]

    def wait_until(self, what: str, is_so: Callable[[], bool]) -> None:
        """RuntimeError when it does not come true in time."""
        end = time.monotonic() + _PATIENCE
        while not is_so():
            if time.monotonic() > end:
                raise RuntimeError(f"waited in vain: {what}")
            time.sleep(0.2)

    def count(self, *conditions: Any) -> int:
        """Attempts of which these are true."""
        with self.service.sessions.read() as session:
            return session.scalar(select(func.count(CallAttempt.id)).where(*conditions)) or 0


def main(argv: list[str]) -> dict[str, Any]:
    """A real `serve`; operators' own phones, guests who pick up."""
    parser = argparse.ArgumentParser(prog="scripts/bench calls --")
    parser.add_argument("--operators", type=int, default=_OPERATORS)
    parser.add_argument("--calls", type=int, default=_CALLS)
    parser.add_argument("--per-second", type=float, default=_PER_SECOND)
    chosen = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as directory:
        world = make_world(Path(directory), chosen.calls)
        scene = make_live_scene(world, 3 * chosen.operators, 0)
        make_stays(world, scene)
        with twilio_server(real_time=True) as twilio:
            settings = _settings(world, twilio, chosen.per_second)
            service = build(load_settings(settings, dotenv=None))
            cookie = signed_in(world, scene, PUBLIC_URL)[0]
            _script_phones(twilio, chosen.operators, chosen.calls)
            try:
                with running(world, settings) as served:
                    twilio.route(PUBLIC_URL, f"http://127.0.0.1:{served.port}")
                    made = Measuring(served, twilio, service, cookie, chosen.per_second)
                    return report(_measure(made, chosen.operators, chosen.calls))
            finally:
                service.stop()


def _measure(made: Measuring, operators: int, calls: int) -> list[Figure]:
    with made.service.sessions.read() as session:
        ids = list(session.scalars(select(Operator.id).order_by(Operator.id)))
    talking = (CallAttempt.answered_at.is_not(None), CallAttempt.ended_at.is_(None))
    over = (CallAttempt.ended_at.is_not(None),)
    short = calls - operators
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        alone = pool.submit(_ask_pages, made.served.port, made.cookie, _ALONE_SECONDS).result()
        made.dial_all(range(1, operators + 1), ids[:operators])
        made.wait_until("everybody talks", lambda: made.count(*talking) == operators)
        name = f"with {operators} operators on calls"
        memory = memory_of(name, made.served, limit=_LIMIT_OF_MEMORY)
        callbacks = _timed(made.twilio)
        beside = pool.submit(
            _ask_pages, made.served.port, made.cookie, short / made.per_second + _RINGING_SECONDS
        )
        before = made.served.cpu_seconds()
        made.dial_all(range(operators + 1, calls + 1), ids[operators:])
        made.wait_until("the others ended", lambda: made.count(*over) == short)
        used = made.served.cpu_seconds() - before
        pages = beside.result()
    name = f"  processor time of the server, each of {short} calls"
    return [
        *memory,
        Figure(name=name, figure=1000 * used / short, unit="ms"),
        *_figures(alone, pages, callbacks),
    ]


def _figures(alone: list[float], pages: list[float], callbacks: list[float]) -> list[Figure]:
    return [
        Figure(name="the desk before, p99", figure=percentile(alone, 0.99), unit="ms"),
        Figure(name="the desk meanwhile, p50", figure=percentile(pages, 0.5), unit="ms"),
        Figure(
            name="the desk meanwhile, p99",
            figure=percentile(pages, 0.99),
            unit="ms",
            limit=_LIMIT_OF_PAGES,
        ),
        Figure(name="callbacks and questions of the network", figure=len(callbacks), unit=""),
        Figure(name="  answered, p50", figure=percentile(callbacks, 0.5), unit="ms"),
        Figure(
            name="  answered, p99",
            figure=percentile(callbacks, 0.99),
            unit="ms",
            limit=_LIMIT_OF_CALLBACKS,
        ),
    ]


def _ask_pages(port: int, cookie: str, seconds: float) -> list[float]:
    """Milliseconds that an operator's desk takes, again and again for so long."""
    headers = {"Cookie": cookie, "User-Agent": BROWSER}
    times, end = [], time.monotonic() + seconds
    with requests.Session() as browser:
        while time.monotonic() < end:
            began = time.monotonic()
            answer = browser.get(
                f"http://127.0.0.1:{port}/desk", headers=headers, timeout=30, allow_redirects=False
            )
            assert answer.status_code == 200, answer.status_code
            times.append(1000 * (time.monotonic() - began))
            time.sleep(_PAGE_EVERY)
    return times


def _timed(twilio: TwilioServer) -> list[float]:
    """Milliseconds of each answer to the network from now on."""
    times: list[float] = []
    post = twilio.network.post
    exchange = post.exchange

    def timed(*request: Any) -> Any:
        began = time.monotonic()
        try:
            return exchange(*request)
        finally:
            times.append(1000 * (time.monotonic() - began))

    post.exchange = timed  # type: ignore[method-assign, assignment]
    return times


def _settings(world: World, twilio: TwilioServer, per_second: float) -> dict[str, str]:
    account = twilio.account
    account.own(OWN_NUMBER)
    return {
        "CALLASSIST_DATABASE_URL": world.url,
        "CALLASSIST_DATA_DIR": str(world.directory),
        "CALLASSIST_SECRET_KEY": world.key,
        "CALLASSIST_PUBLIC_URL": PUBLIC_URL,
        "CALLASSIST_TELEPHONY": "twilio",
        "CALLASSIST_TWILIO_ACCOUNT_SID": account.sid,
        "CALLASSIST_TWILIO_AUTH_TOKEN": account.auth_token,
        "CALLASSIST_TWILIO_CALLER_ID": OWN_NUMBER,
        "CALLASSIST_TWILIO_BASE_URL": twilio.base_url,
        "CALLASSIST_ESCALATION_CALLS_PER_SECOND": f"{per_second:g}",
        "CALLASSIST_ESCALATION_PRESENCE_LOST_AFTER": _NEVER_LOST,
    }


def _script_phones(twilio: TwilioServer, operators: int, calls: int) -> None:
    for number in range(3 * operators):
        twilio.far_end(own_number(number), "answers", presses="1", talk=_TALK_SECONDS)
    for home in range(1, calls + 1):
        talk = _TALK_SECONDS if home <= operators else _SHORT_TALK_SECONDS
        twilio.far_end(guest_number(home), "answers", talk=talk)
