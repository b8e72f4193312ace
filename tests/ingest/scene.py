"""A host with homes and sensors, and a hook to post to; without a server."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from callassist.clock import ManualClock
from callassist.detection import Detection
from callassist.domain.policy import EscalationPolicy
from callassist.ingest import Connections, FloodLimit, HookAnswer, IngestWriter, SensorHook
from callassist.ingest.hook import HookRequest
from callassist.models import Account, NoiseReading, Property, Sensor, SensorConnection
from callassist.sensors.registry import ADAPTERS
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from callassist.timers import TimerLoop
from tests.sensors.requests import Headers

KEY = Vault.generate_key()
TOKEN = "the-token-of-the-hook"
DEFAULT = EscalationPolicy()


@dataclass
class Scene:
    """Everything that ingest needs, on the test's clock; nothing runs but the writer."""

    sessions: Sessions
    clock: ManualClock
    flood: FloodLimit | None = None
    up_since: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.up_since = self.clock.now() - timedelta(days=1)
        self.vault = Vault.from_text(KEY)
        self.detection = Detection(DEFAULT, ADAPTERS, lambda: self.up_since)
        self.writer = IngestWriter(self.sessions, self.clock, self.detection)
        self.connections = Connections(self.sessions, self.vault, monotonic=lambda: 0.0)
        self.hook = self.hook_to(self.writer)
        self.timers = TimerLoop(self.sessions, self.clock, {"noise_tick": self.detection.on_tick()})
        with self.sessions.write() as session:
            account = Account(name="Lagoon Homes", timezone="UTC", created_at=self.clock.now())
            session.add(account)
            session.flush()
            self.account_id = account.id
        self.writer.start()

    def hook_to(self, writer: IngestWriter) -> SensorHook:
        """A hook that hands what it takes to `writer`."""
        return SensorHook(
            ADAPTERS,
            self.connections,
            writer,
            self.clock,
            self.flood,
            now_real=self.clock.now,
        )

    def close(self) -> None:
        """Stop the writer's thread."""
        self.writer.stop()

    def connection(self, adapter: str = "generic", token: str = TOKEN, **values: Any) -> int:
        """An inbound address; `secret` in clear."""
        secrets = {
            name: self.vault.seal(values.pop(name))
            for name in ("secret", "previous_secret")
            if name in values
        }
        row = SensorConnection(
            account_id=self.account_id,
            adapter=adapter,
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            options=values.pop("options", {}),
            created_at=self.clock.now(),
            **secrets,
            **values,
        )
        return self._add(row)

    def home(self, **values: Any) -> int:
        """A home; its nights are those of UTC unless it says otherwise."""
        row = Property(
            account_id=self.account_id,
            name="Canal 12",
            country="GB",
            created_at=self.clock.now(),
            **{"timezone": "UTC", **values},
        )
        return self._add(row)

    def sensor(
        self, connection_id: int, home_id: int | None, external_id: str = "attic", **values: Any
    ) -> int:
        """A sensor, paired if `home_id` says with what."""
        row = Sensor(
            connection_id=connection_id,
            account_id=self.account_id,
            external_id=external_id,
            property_id=home_id,
            created_at=self.clock.now(),
            **{"kind": "level", **values},
        )
        return self._add(row)

    def attic(self, **values: Any) -> tuple[int, int]:
        """The usual scene: one home with one level sensor, `attic`; their ids."""
        home_id = self.home(**values)
        return home_id, self.sensor(self.connection(), home_id)

    def post(
        self,
        body: Any,
        *,
        adapter: str = "generic",
        token: str = TOKEN,
        headers: Mapping[str, str] | None = None,
    ) -> HookAnswer:
        """Post JSON, or bytes as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = Headers(
            {"Content-Type": "application/json", "Content-Length": str(len(raw)), **(headers or {})}
        )
        return self.hook.answer(
            HookRequest(adapter=adapter, token=token, headers=sent, stream=io.BytesIO(raw))
        )

    def level(
        self, level_db: float, sensor: str = "attic", at: datetime | None = None, **values: Any
    ) -> dict[str, Any]:
        """The body of one level reading, taken now unless `at` is given."""
        when = (at or self.clock.now()).isoformat()
        return {"sensor": sensor, "at": when, "level_db": level_db, **values}

    def say(self, *readings: dict[str, Any]) -> dict[str, Any]:
        """Post readings that are accepted; what the answer says."""
        answer = self.post({"readings": list(readings)})
        assert answer.status == 202, answer.body
        told: dict[str, Any] = json.loads(answer.body)
        return told

    def keep_saying(self, level_db: float, minutes: int, sensor: str = "attic") -> None:
        """A level each minute, `minutes` times, the clock and the timers going along."""
        for _ in range(minutes):
            self.clock.advance(minutes=1)
            self.timers.run_due()
            self.say(self.level(level_db, sensor))

    def readings(self) -> list[NoiseReading]:
        """What is stored, in the order of their times."""
        with self.sessions.read() as session:
            return list(
                session.scalars(
                    select(NoiseReading).order_by(NoiseReading.at, NoiseReading.sensor_id)
                )
            )

    def _add(self, row: Any) -> int:
        with self.sessions.write() as session:
            session.add(row)
            session.flush()
            found: int = row.id
        return found


def problem(answer: HookAnswer) -> dict[str, Any]:
    """The problem that a refusal tells."""
    assert answer.content_type == "application/problem+json"
    told: dict[str, Any] = json.loads(answer.body)
    assert told["status"] == answer.status
    return told
