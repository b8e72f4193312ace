"""Listening to a real broker: what comes during a restart, who listens, and where it may lead."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from paho.mqtt import publish
from sqlalchemy import select

from callassist.domain.noise import ReadingKind
from callassist.errors import PermanentError
from callassist.ingest import Connections, ReadingsIntake, SampleKeeper
from callassist.models import NoiseReading, Sensor, SensorBroker, SensorSample
from callassist.ports.sensors import AT_ARRIVAL, ParsedReading
from callassist.safe_http import public_socket
from callassist.sensors.brokers import BrokerListener, BrokerState
from callassist.sensors.brokers.line import spread
from callassist.sensors.registry import ADAPTERS
from tests.ingest.scene import Scene
from tests.sensors.broker_server import NAME, PASSWORD, Broker, broker_or_skip

TOPIC = "homes/+/noise"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = broker_or_skip(tmp_path)
    yield made
    made.stop()


class Listening:
    """A connection to a broker, and processes that may listen."""

    def __init__(self, scene: Scene, port: int, **values: object) -> None:
        self.scene = scene
        self.real = datetime(2026, 6, 13, 20, tzinfo=UTC)
        self.connection_id = scene.connection("mqtt", options={"topic": TOPIC})
        row = {
            "host": "127.0.0.1",
            "port": port,
            "tls": False,
            "username": NAME,
            "password": scene.vault.seal(PASSWORD),
            "changed_at": self.real,
            "state": BrokerState.WAITING,
            "state_at": self.real,
            **values,
        }
        with scene.sessions.write() as session:
            session.add(SensorBroker(connection_id=self.connection_id, **row))
        self.samples = SampleKeeper(scene.sessions, scene.vault, scene.clock)
        connections = Connections(scene.sessions, scene.vault)
        self.intake = ReadingsIntake(ADAPTERS, connections, scene.writer, scene.clock)

    def process(self, *, allow_private: bool = True) -> BrokerListener:
        return BrokerListener(
            self.scene.sessions,
            self.scene.vault,
            self.scene.clock,
            self.intake,
            self.samples,
            allow_private=allow_private,
            now_real=lambda: self.real,
        )

    def row(self) -> SensorBroker:
        with self.scene.sessions.read() as session:
            return session.get_one(SensorBroker, self.connection_id)

    def levels(self) -> list[float | None]:
        with self.scene.sessions.read() as session:
            return list(session.scalars(select(NoiseReading.level_db).order_by(NoiseReading.at)))


def until(what: Callable[[], object], process: BrokerListener) -> None:
    """Looks like the process would, faster, until it is so."""
    for _ in range(1000):
        process.look()
        if what():
            return
        time.sleep(0.02)
    raise AssertionError("it does not come to it")


def send(broker: Broker, *levels: object, topic: str = "homes/hall/noise", retain: bool = False):
    publish.multiple(
        [{"topic": topic, "payload": str(one), "qos": 1, "retain": retain} for one in levels],
        hostname="127.0.0.1",
        port=broker.port,
        auth={"username": NAME, "password": PASSWORD},
    )


def test_what_was_sent_while_nobody_listened_is_not_lost_and_is_not_new(
    scene: Scene, broker: Broker
):
    listening = Listening(scene, broker.port)
    process = listening.process()
    until(lambda: listening.row().state == BrokerState.CONNECTED, process)
    send(broker, 41.5)
    until(lambda: listening.levels() == [41.5], process)
    process.stop()

    send(broker, 80, 81, 82)
    broker.stop()
    broker.start()
    scene.clock.advance(minutes=20)
    listening.real += timedelta(minutes=20)
    again = listening.process()
    until(lambda: len(listening.levels()) == 4, again)
    again.stop()

    assert listening.levels() == [41.5, 80, 81, 82]
    with scene.sessions.read() as session:
        came = session.scalars(select(NoiseReading.at).order_by(NoiseReading.at)).all()
        sensor = session.scalars(select(Sensor)).one()
    assert [at - came[0] for at in came[1:]] == [timedelta(minutes=5 * n) for n in (1, 2, 3)]
    assert (sensor.external_id, sensor.kind) == ("hall", "level")


def test_of_many_that_waited_none_looks_new(scene: Scene, broker: Broker):
    listening = Listening(scene, broker.port)
    process = listening.process()
    until(lambda: listening.row().state == BrokerState.CONNECTED, process)
    process.stop()
    levels = list(range(30, 90))
    send(broker, *levels)  # thrice what a broker sends before any is acknowledged
    scene.clock.advance(minutes=61)
    listening.real += timedelta(minutes=61)
    again = listening.process()
    until(listening.levels, again)
    again.stop()
    assert listening.levels() == levels
    with scene.sessions.read() as session:
        newest = session.scalars(select(NoiseReading.at).order_by(NoiseReading.at.desc())).first()
    assert newest == scene.clock.now() - timedelta(minutes=1)


def test_what_is_gathered_is_stored_when_the_process_ends(scene: Scene, broker: Broker):
    listening = Listening(scene, broker.port)
    process = listening.process()
    until(lambda: listening.row().state == BrokerState.CONNECTED, process)
    process.stop()
    levels = list(range(30, 70))
    send(broker, *levels)
    scene.clock.advance(minutes=61)
    again = listening.process()
    again.look()
    (line,) = again._lines.values()
    for _ in range(500):
        if len(line._gathered) + len(line._held) == len(levels):
            break
        time.sleep(0.01)
    assert listening.levels() == []
    again.stop()
    assert listening.levels() == levels


def test_a_retained_level_of_unknown_age_is_no_reading(scene: Scene, broker: Broker):
    send(broker, 90, retain=True)
    listening = Listening(scene, broker.port)
    process = listening.process()
    until(lambda: listening.row().state == BrokerState.CONNECTED, process)
    send(broker, 45)
    until(lambda: listening.levels(), process)
    process.stop()
    assert listening.levels() == [45]


def test_one_of_two_processes_listens_and_the_other_takes_over(scene: Scene, broker: Broker):
    listening = Listening(scene, broker.port)
    first, second = listening.process(), listening.process()
    until(lambda: listening.row().state == BrokerState.CONNECTED, first)
    holder = listening.row().holder
    second.look()
    assert listening.row().holder == holder
    listening.real += timedelta(seconds=61)  # the first one hangs
    second.look()
    assert listening.row().holder not in (None, holder)
    first.look()
    assert not first._lines
    second.stop()
    assert listening.row().holder is None


def test_a_wrong_password_and_a_refused_payload_are_told(scene: Scene, broker: Broker):
    listening = Listening(scene, broker.port, password=scene.vault.seal("wrong"))
    process = listening.process()
    until(lambda: listening.row().state == BrokerState.REFUSED, process)
    scene.change(
        SensorBroker,
        listening.connection_id,
        password=scene.vault.seal(PASSWORD),
        changed_at=listening.real + timedelta(seconds=1),
    )
    until(lambda: listening.row().state == BrokerState.CONNECTED, process)
    send(broker, json.dumps({"laeq": 61}))
    until(lambda: listening.samples._waiting, process)
    listening.samples.store()
    with scene.sessions.read() as session:
        sample = session.scalars(select(SensorSample)).one()
    assert "choose the field" in (sample.refusal or "")
    assert json.loads(scene.vault.open(sample.body))["topic"] == "homes/hall/noise"
    process.stop()


def test_only_a_broker_that_proves_its_name_is_listened_to(scene: Scene, tmp_path: Path):
    broker = broker_or_skip(tmp_path, tls=True)
    try:
        listening = Listening(scene, broker.port, tls=True)
        process = listening.process()
        until(lambda: listening.row().state == BrokerState.CERTIFICATE, process)
        scene.change(
            SensorBroker,
            listening.connection_id,
            authority=(tmp_path / "cert.pem").read_text(),
            changed_at=listening.real + timedelta(seconds=1),
        )
        until(lambda: listening.row().state == BrokerState.CONNECTED, process)
        process.stop()
    finally:
        broker.stop()


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"host": "127.0.0.1"}, BrokerState.PRIVATE),
        ({"host": "10.0.0.7"}, BrokerState.PRIVATE),
        ({"host": "169.254.169.254"}, BrokerState.PRIVATE),
        ({"host": "::1"}, BrokerState.PRIVATE),
    ],
)
def test_a_broker_inside_a_network_is_never_connected_to(scene: Scene, values, state):
    listening = Listening(scene, 1883, **values)
    process = listening.process(allow_private=False)
    until(lambda: listening.row().state == state, process)
    process.stop()


def test_a_public_socket_refuses_what_leads_inside():
    for host in ("127.0.0.1", "localhost", "192.168.1.4", "[::ffff:10.0.0.1]", "0.0.0.0"):
        with pytest.raises(PermanentError, match="private network"):
            public_socket(host, 1883, timeout=1)


def test_what_came_while_away_is_spread_evenly_per_sensor():
    since = datetime(2026, 6, 13, 20, tzinfo=UTC)
    own = since + timedelta(minutes=1)
    said = [
        ParsedReading(sensor=name, at=AT_ARRIVAL, kind=ReadingKind.LEVEL)
        for name in ("a", "b", "a")
    ]
    timed = ParsedReading(sensor="a", at=own, kind=ReadingKind.LEVEL)
    placed = spread([*said, timed], since, since + timedelta(minutes=30))
    assert [getattr(one, "at", since) - since for one in placed] == [
        timedelta(minutes=10),
        timedelta(minutes=15),
        timedelta(minutes=20),
        timedelta(minutes=1),
    ]
