"""A database full of homes and sensors, and the requests that their sensors send."""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from sqlalchemy import insert
from standardwebhooks import Webhook

from callassist.migrations import upgrade
from callassist.models import Account, Property, Sensor, SensorConnection
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

SECRET = "whsec_" + "aGVsbG8gdGhlcmUgaG9zdHMgb2YgdGhlIG5pZ2h0IQ=="
CONNECTIONS = 64  # as many hosts post at once
LOUD_EVERY = 20  # one reading in twenty is of a loud home


@dataclass(frozen=True, kw_only=True)
class World:
    """What a server needs to open it, and what a client needs to post to it."""

    directory: Path
    key: str
    sensors: int
    database: str = ""  # its address, where it is no file in the directory

    @property
    def url(self) -> str:
        return self.database or f"sqlite:///{self.directory / 'callassist.sqlite'}"


def token(connection: int) -> str:
    """The token in the hook's address."""
    return f"bench-token-{connection:04d}"


def make_world(directory: Path, sensors: int, database: str = "") -> World:
    """A migrated database with `sensors` homes of one sensor each; SQLite, unless it is named."""
    key = Vault.generate_key()
    world = World(directory=directory, key=key, sensors=sensors, database=database)
    engine = make_engine(world.url)
    upgrade(engine)
    vault = Vault.from_text(world.key)
    now = datetime.now(UTC)
    with Sessions(engine).write() as session:
        session.execute(
            insert(Account), [{"id": 1, "name": "Bench", "timezone": "UTC", "created_at": now}]
        )
        session.execute(
            insert(SensorConnection),
            [
                {
                    "id": number + 1,
                    "account_id": 1,
                    "adapter": "generic",
                    "token_hash": hashlib.sha256(token(number).encode()).hexdigest(),
                    "secret": vault.seal(SECRET),
                    "options": {},
                    "created_at": now,
                }
                for number in range(CONNECTIONS)
            ],
        )
        for start in range(0, sensors, 5000):
            numbers = range(start, min(start + 5000, sensors))
            session.execute(insert(Property), [_home(number, now) for number in numbers])
            session.execute(insert(Sensor), [_sensor(number, now) for number in numbers])
    engine.dispose()
    return world


def _home(number: int, now: datetime) -> dict[str, object]:
    return {
        "id": number + 1,
        "account_id": 1,
        "name": f"Home {number}",
        "timezone": "Europe/Paris",
        "country": "FR",
        "created_at": now,
    }


def _sensor(number: int, now: datetime) -> dict[str, object]:
    return {
        "id": number + 1,
        "connection_id": number % CONNECTIONS + 1,
        "account_id": 1,
        "external_id": f"sensor-{number:06d}",
        "property_id": number + 1,
        "kind": "level",
        "interval_seconds": 60,
        "created_at": now,
    }


def requests(world: World, *, readings: int) -> Iterator[bytes]:
    """Whole signed HTTP requests of `readings` each, without end; every reading is new.

    Made when asked for, taken at that moment. The connections take turns; each goes round its
    sensors as a gateway would, so one is heard again only after all others of its connection.
    """
    webhook = Webhook(SECRET)
    rounds = [0] * CONNECTIONS
    for number in itertools.count():
        connection = number % CONNECTIONS
        mine = len(range(connection, world.sensors, CONNECTIONS))
        rows = []
        for _ in range(readings):
            position = rounds[connection]
            rounds[connection] += 1
            sensor = connection + CONNECTIONS * (position % mine)
            rows.append(_reading(sensor, datetime.now(UTC), position))
        yield _request(webhook, connection, number, rows)


def _reading(sensor: int, at: datetime, position: int) -> dict[str, object]:
    loud = sensor % LOUD_EVERY == 0
    return {
        "id": f"{sensor}-{position}-{at.timestamp():.6f}",
        "sensor": f"sensor-{sensor:06d}",
        "at": at.isoformat(),
        "level_db": (81.5 if loud else 42.5) + position % 7,
    }


def _request(
    webhook: Webhook, connection: int, number: int, rows: list[dict[str, object]]
) -> bytes:
    body = msgspec.json.encode(rows[0] if len(rows) == 1 else {"readings": rows})
    message_id = f"msg_{number:08d}_{time.monotonic_ns()}"
    now = datetime.now(UTC)
    signature = webhook.sign(message_id, now, body.decode())
    head = (
        f"POST /hooks/sensors/generic/{token(connection)} HTTP/1.1\r\n"
        "Host: 127.0.0.1\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"webhook-id: {message_id}\r\n"
        f"webhook-timestamp: {int(now.timestamp())}\r\n"
        f"webhook-signature: {signature}\r\n\r\n"
    )
    return head.encode() + body
