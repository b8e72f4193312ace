"""A desk that phones over a Twilio-shaped network: the service as a process that can be killed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from callassist.clock import Clock
from callassist.demo.cast import Home, Robot
from callassist.demo.director import Director
from callassist.demo.outcome import nothing_open
from callassist.demo.robots import RobotHost, RobotOperator
from callassist.demo.scene import set_scene
from callassist.demo.server import DemoServer, free_port
from callassist.demo.taking_over import Watch
from callassist.domain.dial import DialMode
from callassist.migrations import upgrade
from callassist.models import CallAttempt, Operator
from callassist.settings import load_settings
from callassist.settings.secret_key import read_or_make
from callassist.storage.engine import make_engine
from callassist.storage.keys import check_key
from callassist.storage.service_clock import load_clock
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from tests.prove.fault_proxy import FaultProxy, listening
from tests.twilio_server import TwilioServer, twilio_server

PUBLIC_URL = "https://desk.example"
CALLER_ID = "+12025550100"
OPERATORS = tuple(
    Robot(name=name, languages=("en",))
    for name in ("Ann", "Ben", "Cleo", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon")
)
# What the guests' phones do, in turn: most calls are made again, so that there are many.
GUESTS = ("no-answer", "answers", "busy", "no-answer", "declined", "hangs-up", "unreachable")
TALK_SECONDS = 20
BETWEEN_CALLS = timedelta(seconds=15)
# Spans of the network's time, which the service takes for real time: see `Escalation.network`.
NETWORK_SPANS = {"DOUBT_WAIT": 30, "DOUBT_GIVE_UP_AFTER": 300, "RECONCILE_AFTER": 90}


class TurnedClock:
    """A clock that others hold and that can be replaced under them."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    @property
    def speed(self) -> float:
        return self.clock.speed

    def now(self) -> datetime:
        return self.clock.now()

    def real_seconds(self, span: timedelta) -> float:
        return self.clock.real_seconds(span)

    def span(self, seconds: float) -> timedelta:
        return self.clock.span(seconds)

    def ends(self, began: datetime, span: timedelta) -> datetime:
        return self.clock.ends(began, span)


class PhoneServer(DemoServer):
    """The service, phoning through the proxy by its operators' own phones."""

    def __init__(self, data_dir: Path, port: int, speed: float, phones: dict[str, str]) -> None:
        super().__init__(data_dir, port, speed, log=data_dir / "service.log")
        spans = {
            f"CALLASSIST_ESCALATION_{name}": f"{max(seconds / speed, 1):.0f}s"
            for name, seconds in NETWORK_SPANS.items()
        }
        self._environment |= {
            **spans,
            **phones,
            "CALLASSIST_ESCALATION_CALLS_PER_SECOND": f"{speed:g}",
            "CALLASSIST_TELEPHONY": "twilio",
            "CALLASSIST_PUBLIC_URL": PUBLIC_URL,
        }

    def audit_verify(self) -> str:
        """What `callassist audit verify` says of the log when it is not as it was written."""
        done = subprocess.run(
            [sys.executable, "-m", "callassist", "audit", "verify"],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return "" if done.returncode == 0 else done.stdout + done.stderr


class PhoneDesk:
    """Homes about which the host asks for calls, robots who make them, and the network."""

    server: PhoneServer
    twilio: TwilioServer

    def __init__(self, folder: Path, *, homes: int, speed: float, lose: float, seed: int) -> None:
        self.data_dir, self.speed = folder, speed
        self.sessions = Sessions(make_engine(f"sqlite:///{folder / 'callassist.db'}"))
        upgrade(self.sessions.engine)
        self.vault = Vault.from_text(read_or_make(folder, ""))
        self.clock = TurnedClock(self._load_clock(speed))
        self.began = self.clock.now()
        self.homes = [_home(number) for number in range(homes)]
        with self.sessions.write() as session:
            self.scene = set_scene(
                session, self.vault, self.began, tuple(self.homes), robots=OPERATORS
            )
            for number, operator in enumerate(session.scalars(select(Operator))):
                operator.phone = self.vault.seal(f"+1312555{100 + number:04d}")
                operator.dial_mode = DialMode.OWN_PHONE
        check_key(self.sessions, self.vault, now=self.began)
        self.proxy = FaultProxy(
            now=self.clock.now,
            kill=lambda: self.server.kill(),
            held=self.held,
            lose=lose,
            seed=seed,
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        """Network, proxy, service and robots at work; the host asks for call after call."""
        with ExitStack() as stack:
            self.twilio = stack.enter_context(
                twilio_server(
                    clock=self.clock, real_time=True, speed=self.speed, violations_expected=True
                )
            )
            self._script_phones()
            self.proxy.target = self.twilio.base_url
            self._phones = self._credentials(stack.enter_context(listening(self.proxy)))
            self.port = free_port()
            self.twilio.route(PUBLIC_URL, f"http://127.0.0.1:{self.port}")
            self._begin(self.speed)
            stack.callback(lambda: self.server.stop())
            stack.callback(self.sessions.engine.dispose)
            for robot in self._robots():
                robot.start()
                stack.callback(robot.stop)
            director = Director(self.server.url, self.clock, self.scene)
            began = self.clock.now()
            calls = [(began + n * BETWEEN_CALLS, one.name) for n, one in enumerate(self.homes)]
            self._asking = threading.Thread(target=director.play, args=([], calls), daemon=True)
            self._asking.start()
            stack.callback(director.stop)
            yield

    def run_out(self, speed: float, seconds: float) -> None:
        """Without faults and faster, until nothing is open any more or the time is up."""
        self.proxy.lose = 0
        end = time.monotonic() + seconds
        while (self._asking.is_alive() or self._has_live_dials()) and time.monotonic() < end:
            time.sleep(0.2)
        self.server.stop()
        self._begin(speed)
        while time.monotonic() < end:
            with self.sessions.read() as session:
                if nothing_open(session):
                    return
            time.sleep(0.5)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else can write to the database meanwhile."""
        path = self.data_dir / "callassist.db"
        with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            yield
            database.execute("ROLLBACK")

    def _begin(self, speed: float) -> None:
        self.server = PhoneServer(self.data_dir, self.port, speed, self._phones)
        self.server.start()
        self.clock.clock = self._load_clock(speed)

    def _load_clock(self, speed: float) -> Clock:
        environment = {**os.environ, "CALLASSIST_DATA_DIR": str(self.data_dir)}
        settings = load_settings(environment, dotenv=None)
        scaled = replace(settings, service=replace(settings.service, clock_speed=speed))
        return load_clock(self.sessions, scaled)

    def _has_live_dials(self) -> bool:
        live = select(CallAttempt.id).where(CallAttempt.state != "ended").limit(1)
        with self.sessions.read() as session:
            return session.scalar(live) is not None

    def _robots(self) -> list[RobotOperator | RobotHost]:
        watch, url = Watch(self.sessions), f"http://127.0.0.1:{self.port}"
        tokens = self.scene.robot_tokens
        operators = [
            RobotOperator(url, tokens[robot.name], robot, self.clock, watch) for robot in OPERATORS
        ]
        return [*operators, RobotHost(url, self.scene.host_token, self.clock, watch)]

    def _credentials(self, base_url: str) -> dict[str, str]:
        account = self.twilio.account
        account.own(CALLER_ID)
        return {
            "CALLASSIST_TWILIO_ACCOUNT_SID": account.sid,
            "CALLASSIST_TWILIO_AUTH_TOKEN": account.auth_token,
            "CALLASSIST_TWILIO_CALLER_ID": CALLER_ID,
            "CALLASSIST_TWILIO_BASE_URL": base_url,
        }

    def _script_phones(self) -> None:
        for number in range(len(OPERATORS)):
            self.twilio.far_end(f"+1312555{100 + number:04d}", "answers", presses="1", talk=3600)
        for number, home in enumerate(self.homes):
            behaviour = GUESTS[number % len(GUESTS)]
            self.twilio.far_end(home.guest_numbers[0], behaviour, talk=TALK_SECONDS)
            self.twilio.far_end(home.host_numbers[0], "answers", talk=TALK_SECONDS)


def _home(number: int) -> Home:
    return Home(
        name=f"Home {number}",
        story="",
        begins=0,
        guest_numbers=(f"+1212555{100 + number:04d}",),
        host_numbers=(f"+1415555{100 + number:04d}",),
    )
