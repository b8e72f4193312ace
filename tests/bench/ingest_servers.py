"""The servers that are compared; granian loads `app`, the environment says which one it is."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.clock import SystemClock
from callassist.detection import Detection
from callassist.domain.noise import SourceKind
from callassist.domain.policy import EscalationPolicy
from callassist.ingest import Connections, FloodLimit, IngestWriter, SensorHook
from callassist.ingest.answer import Receipt
from callassist.models import NoiseReading, Sensor, SensorConnection
from callassist.ports.sensors import Parsed, ParsedReading
from callassist.sensors.registry import ADAPTERS
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from callassist.web.hooks_sensors import SensorHooksFirst, sensor_hooks


class NoDatabase:
    """In the writer's place: acknowledges and forgets."""

    def submit(
        self, connection: object, readings: Sequence[Parsed], received_at: datetime, kind: object
    ) -> Receipt:
        return Receipt(len(readings), 0, [])


def common_headers() -> list[tuple[str, str]]:
    return [("X-Callassist-Now", datetime.now(UTC).isoformat())]


def build(kind: str, sessions: Sessions, vault: Vault) -> Flask:
    """`ours`, `nothing` (the same without a database), each `_flask` too, or `orm`."""
    if kind == "orm":
        return orm_app(sessions, vault)
    clock = SystemClock()
    started = clock.now()
    writer: Any = NoDatabase()
    if kind.startswith("ours"):
        detection = Detection(EscalationPolicy(), ADAPTERS, lambda: started)
        writer = IngestWriter(sessions, clock, detection)
        writer.start()
    flood = FloodLimit(per_second=1e9, burst=1e9) if "flood" in os.environ else FloodLimit()
    hook = SensorHook(ADAPTERS, Connections(sessions, vault), writer, clock, flood)
    app = Flask(__name__)
    app.register_blueprint(sensor_hooks(hook))

    @app.after_request
    def add_common(response: Response) -> Response:
        response.headers.extend(common_headers())
        return response

    if not kind.endswith("_flask"):
        app.wsgi_app = SensorHooksFirst(app.wsgi_app, hook, common_headers)  # type: ignore[method-assign]
    return app


def orm_app(sessions: Sessions, vault: Vault) -> Flask:
    """How one would write it first: a session, some objects and a commit per request."""
    app = Flask(__name__)

    @app.post("/hooks/sensors/<adapter>/<token>")
    def take(adapter: str, token: str) -> Response:
        token_hash = hashlib.sha256(token.encode()).hexdigest()
        with sessions.write() as session:
            connection = session.scalars(
                select(SensorConnection).where(SensorConnection.token_hash == token_hash)
            ).one()
            body = request.get_data()
            secret = vault.open(connection.secret or b"")
            ADAPTERS[adapter].verify(_Headers(), body, [secret], {}, datetime.now(UTC))
            parsed = ADAPTERS[adapter].parse(body, request.content_type or "", _Headers(), {})
            for reading in parsed:
                _add(session, connection.id, reading)
        answer = json.dumps({"accepted": len(parsed), "duplicates": 0, "ignored": []})
        return Response(answer, status=202, content_type="application/json")

    return app


def _add(session: Session, connection_id: int, reading: Parsed) -> None:
    assert isinstance(reading, ParsedReading)
    sensor = session.scalars(
        select(Sensor).where(
            Sensor.connection_id == connection_id, Sensor.external_id == reading.sensor
        )
    ).one()
    now = datetime.now(UTC)
    sensor.last_heard_at = now
    session.add(
        NoiseReading(
            sensor_id=sensor.id,
            event_key=f"i:{reading.event_id}",
            at=reading.at,
            received_at=now,
            kind=SourceKind.LEVEL,
            level_db=reading.level_db,
            verdict="applied",
        )
    )


class _Headers:
    def get(self, name: str, /) -> str | None:
        return request.headers.get(name)


if "BENCH_SERVER" in os.environ:
    app = build(
        os.environ["BENCH_SERVER"],
        Sessions(make_engine(os.environ["BENCH_DATABASE"])),
        Vault.from_text(os.environ["BENCH_KEY"]),
    )
