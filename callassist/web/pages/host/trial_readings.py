"""A test reading: signed as the maker signs, posted to our own hook, counted by nobody."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from callassist.bootstrap import Service
from callassist.ingest.hook import HookRequest
from callassist.ingest.tickets import make_ticket
from callassist.models import SensorConnection
from callassist.ports.sensors import TriesOut
from callassist.sensors.registry import ADAPTERS

USUAL_SENSOR = "test"


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of it; `why` is the hook's own word where it was refused."""

    sensor: str
    status: int
    why: str
    body: str

    @property
    def is_well(self) -> bool:
        """Whether a real reading would have been kept."""
        return 200 <= self.status < 300


class _Headers:
    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = {name.lower(): value for name, value in given.items()}

    def get(self, name: str, /) -> str | None:
        return self._given.get(name.lower())


def try_out(service: Service, connection: SensorConnection, sensor: str, now: datetime) -> Tried:
    """Post one calm reading by a ticket that is good for this connection and a minute."""
    adapter = ADAPTERS[connection.adapter]
    assert isinstance(adapter, TriesOut), "the page offers no test otherwise"
    sensor = sensor.replace("\x00", "")[:255] or USUAL_SENSOR
    now_real = datetime.now(UTC)
    body = adapter.example(sensor, now, connection.options)
    headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    if connection.secret is not None:
        secret = service.vault.open(connection.secret)
        headers |= adapter.sign(body, secret, connection.options, now_real)
    answer = service.sensor_hook.answer(
        HookRequest(
            adapter=connection.adapter,
            token=make_ticket(service.vault, connection.public_id, time.time()),
            headers=_Headers(headers),
            stream=io.BytesIO(body),
        )
    )
    return Tried(sensor=sensor, status=answer.status, why=_why(answer.body), body=body.decode())


def _why(answer: bytes) -> str:
    said = msgspec.json.decode(answer)
    return str(said.get("detail", "")) if isinstance(said, dict) else ""
