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
from sqlalchemy.orm import Session

from callassist import timers
from callassist.clock import ManualClock
from callassist.detection import Detection
from callassist.domain.policy import EscalationPolicy
from callassist.ingest import Connections, FloodLimit, HookAnswer, IngestWriter, SensorHook
from callassist.ingest.hook import HookRequest
from callassist.models import (
    Account,
    Breach,
    NoiseReading,
    OutboxEntry,
    Property,
    PropertyNoise,
    Sensor,
    SensorConnection,
    Timer,
)
from callassist.sensors.registry import ADAPTERS
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from callassist.timers import DueTimer, TimerHandler, TimerLoop
from tests.sensors.requests import Headers

KEY = Vault.generate_key()
TOKEN = "the-token-of-the-hook"
DEFAULT = EscalationPolicy()
ESCALATION = ("breach_open", "breach_due", "breach_ended", "breach_frozen", "breach_thawed")


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
        self.told: list[tuple[str, int, datetime]] = []  # to escalation: kind, breach, due_at
        handlers: dict[str, TimerHandler] = dict.fromkeys(ESCALATION, self._escalation_hears)
        handlers["noise_tick"] = self.detection.on_tick()
        self.timers = TimerLoop(self.sessions, self.clock, handlers)
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
        return self.add(row)

    def home(self, **values: Any) -> int:
        """A home; its nights are those of UTC unless it says otherwise."""
        row = Property(
            account_id=self.account_id,
            name="Canal 12",
            country="GB",
            created_at=self.clock.now(),
            **{"timezone": "UTC", **values},
        )
        return self.add(row)

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
        return self.add(row)

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
        hook: SensorHook | None = None,
    ) -> HookAnswer:
        """Post JSON, or bytes as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = Headers(
            {"Content-Type": "application/json", "Content-Length": str(len(raw)), **(headers or {})}
        )
        return (hook or self.hook).answer(
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

    def breaches(self) -> list[Breach]:
        """All breaches, in their order."""
        with self.sessions.read() as session:
            return list(session.scalars(select(Breach).order_by(Breach.property_id, Breach.key)))

    def armed(self) -> dict[tuple[str, str], datetime]:
        """When each open timer is due, by kind and subject."""
        with self.sessions.read() as session:
            rows = session.execute(
                select(Timer.kind, Timer.subject, Timer.due_at).where(Timer.fired_at.is_(None))
            )
            return {(row.kind, row.subject): row.due_at for row in rows}

    def notified(self) -> list[dict[str, Any]]:
        """What was put into the outbox for the host."""
        with self.sessions.read() as session:
            entries = session.scalars(select(OutboxEntry).order_by(OutboxEntry.id))
            return [entry.payload for entry in entries if entry.topic == "notify"]

    def change(self, kind: type[Any], row_id: int, **values: Any) -> None:
        """Set columns of a row, as some page would."""
        with self.sessions.write() as session:
            row = session.get_one(kind, row_id)
            for name, value in values.items():
                setattr(row, name, value)

    def arm_tick(self, home_id: int) -> None:
        """Ask for a look at the home at once, as the service for pauses does."""
        with self.sessions.write() as session:
            now = self.clock.now()
            timers.arm(session, "noise_tick", home_id, now, now=now)

    def tick(self, session: Session, due_at: datetime) -> None:
        """Fire the `noise_tick` of the only home that was heard, in `session`."""
        (home_id,) = session.scalars(select(PropertyNoise.property_id))
        timer = DueTimer(id=0, kind="noise_tick", subject=str(home_id), due_at=due_at)
        self.detection.on_tick()(session, timer, self.clock.now())

    def wait(self, **span: float) -> None:
        """Let time pass, a minute at a time, the timers going along."""
        for _ in range(int(timedelta(**span).total_seconds() // 60)):
            self.clock.advance(minutes=1)
            self.timers.run_due()

    def _escalation_hears(self, session: Session, timer: DueTimer, now: datetime) -> None:
        self.told.append((timer.kind, int(timer.subject), timer.due_at))

    def readings(self) -> list[NoiseReading]:
        """What is stored, in the order of their times."""
        with self.sessions.read() as session:
            return list(
                session.scalars(
                    select(NoiseReading).order_by(NoiseReading.at, NoiseReading.sensor_id)
                )
            )

    def add(self, row: Any) -> int:
        """Store a row; its id."""
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
