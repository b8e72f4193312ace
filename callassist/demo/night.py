"""One demo night from its empty database to its last report."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from callassist.bootstrap.telephones import make_telephony
from callassist.clock import Clock
from callassist.demo.bookings import BookingServer
from callassist.demo.cast import CAST, ROBOTS
from callassist.demo.conductor import Follower
from callassist.demo.connecting import connect_systems
from callassist.demo.director import Director
from callassist.demo.guests import RobotGuest
from callassist.demo.inputs import sayings
from callassist.demo.kept_pace import begin_pace
from callassist.demo.outcome import nothing_open, outcome
from callassist.demo.pace import PacedClock
from callassist.demo.robots import RobotHost, RobotOperator
from callassist.demo.scene import Scene, set_scene
from callassist.demo.server import DemoServer, free_port
from callassist.demo.taking_over import Watch
from callassist.errors import PermanentError, TransientError
from callassist.migrations import upgrade
from callassist.settings import Settings
from callassist.settings.secret_key import read_or_make
from callassist.settings.values import TelephonyNetwork
from callassist.storage.engine import make_engine
from callassist.storage.keys import check_key
from callassist.storage.service_clock import load_clock
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from callassist.telephony.simulated import SimulatedNetwork

BEGINS_AT = timedelta(hours=20)  # UTC, on today's date
LONGEST = timedelta(hours=14)  # of the night's own time, before it is given up
FOLDER = "demo"


class DemoNight:
    """Scene, service, sensors and robots of one night; its data are its own and made anew."""

    def __init__(
        self,
        settings: Settings,
        *,
        speed: float,
        port: int | None = None,
        with_stage: bool = False,
    ) -> None:
        self.data_dir = data_dir = _emptied(settings.service.data_dir / FOLDER)
        self.sessions = Sessions(make_engine(f"sqlite:///{data_dir / 'callassist.db'}"))
        upgrade(self.sessions.engine)
        self.vault = Vault.from_text(read_or_make(data_dir, ""))
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        epoch = midnight + BEGINS_AT
        self.began = epoch  # until the service answers, which costs the fast clock an hour
        with self.sessions.write() as session:
            self.scene: Scene = set_scene(session, self.vault, epoch)
        self.bookings = BookingServer(CAST, epoch.date())
        self.bookings.start()
        connect_systems(settings, self.bookings.base_urls, self.sessions, self.vault, epoch)
        self.server = DemoServer(
            data_dir,
            port or free_port(),
            speed,
            log=data_dir / "service.log",
            with_stage=with_stage,
            booking_systems=self.bookings.base_urls,
        )
        self.clock: Clock
        self._follower: Follower | None = None
        if with_stage:
            self.clock, self._follower = self._paced(speed, epoch)
        else:
            scaled = replace(settings, service=replace(settings.service, clock_speed=speed))
            self.clock = load_clock(self.sessions, scaled, epoch=epoch)
        check_key(self.sessions, self.vault, now=epoch)
        self._refused: PermanentError | None = None
        self.director = Director(self.server.url, self.clock, self.scene)
        self.robots = self._robots(settings)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Service up, robots at work, sensors posting in a thread; all stopped at the end."""
        self.server.start()
        self.began = self.clock.now() + timedelta(seconds=self.clock.speed)
        if self._follower is not None:
            self._follower.start()
        for robot in self.robots:
            robot.start()
        playing = threading.Thread(target=self._play, name="director", daemon=True)
        playing.start()
        self._playing = playing
        try:
            yield
        finally:
            self.director.stop()
            playing.join(timeout=15)
            for robot in self.robots:
                robot.stop()
            if self._follower is not None:
                self._follower.stop()
            self.server.stop()
            self.bookings.stop()
            self.sessions.engine.dispose()

    def is_over(self) -> bool:
        """Every input was accepted and nothing is open or undelivered."""
        if self._refused is not None:
            raise self._refused
        if self._playing.is_alive():
            return False
        with self.sessions.read() as session:
            return nothing_open(session)

    def wait_until_over(self) -> None:
        """TransientError when the night does not end in its longest time."""
        last = self.began + LONGEST
        while not self.is_over():
            if self.clock.now() > last:
                raise TransientError("the demo night did not end; see the service's log")
            if not self.server.is_running():
                raise TransientError("the demo's service ended by itself; see its log")
            time.sleep(0.1)

    def outcome(self) -> dict[str, Any]:
        """What the night came to (DESIGN 5)."""
        with self.sessions.read() as session:
            return outcome(session, self.scene.stories)

    def _robots(self, settings: Settings) -> list[RobotOperator | RobotHost | RobotGuest]:
        url, watch = self.server.url, Watch(self.sessions)
        tokens = self.scene.robot_tokens
        return [
            *(RobotOperator(url, tokens[one.name], one, self.clock, watch) for one in ROBOTS),
            RobotHost(url, self.scene.host_token, self.clock, watch),
            RobotHost(url, self.scene.on_call_token, self.clock, watch),
            RobotGuest(url, CAST, self.sessions, self._network(settings), self.clock),
        ]

    def _network(self, settings: Settings) -> SimulatedNetwork:
        """The service's own, by its file, for who phones from outside."""
        own = replace(
            settings,
            service=replace(settings.service, data_dir=self.data_dir),
            telephony=replace(settings.telephony, network=TelephonyNetwork.SIMULATED),
        )
        network = make_telephony(own, self.clock, read_or_make(self.data_dir, ""))
        assert isinstance(network, SimulatedNetwork)
        return network

    def _paced(self, speed: float, epoch: datetime) -> tuple[PacedClock, Follower]:
        """A clock whose speed a visitor of the stage may change."""
        with self.sessions.write() as session:
            kept = begin_pace(session, speed, epoch=epoch, real=datetime.now(UTC))
        clock = PacedClock(kept.pieces)
        return clock, Follower(self.sessions, clock)

    def _play(self) -> None:
        by_hand = [
            (self.began + timedelta(minutes=home.begins + home.called_by_hand_at), home.name)
            for home in CAST
            if home.called_by_hand_at is not None
        ]
        try:
            self.director.play(sayings(CAST, self.began), by_hand)
        except PermanentError as refused:  # told by `is_over`, in the thread that waits
            self._refused = refused


def run_demo(settings: Settings, *, speed: float, port: int | None = None) -> dict[str, Any]:
    """Play one night to its end and return what it came to."""
    night = DemoNight(settings, speed=speed, port=port)
    with night.running():
        night.wait_until_over()
        return night.outcome()


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def log_path(settings: Settings) -> Path:
    """Where the demo's service writes its log."""
    return settings.service.data_dir / FOLDER / "service.log"
