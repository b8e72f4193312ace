"""The servers that are compared; granian loads `app`, the environment says which one it is."""

from __future__ import annotations

import gc
import hashlib
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.cli.garbage import look_rarely
from callassist.clock import SystemClock
from callassist.detection import Detection
from callassist.domain.noise import SourceKind
from callassist.domain.policy import EscalationPolicy
from callassist.ingest import Connections, IngestWriter, SensorHook
from callassist.ingest.answer import Receipt
from callassist.ingest.connections import KnownConnection
from callassist.ingest.submission import Newcomers
from callassist.models import NoiseReading, Sensor, SensorConnection
from callassist.ports.sensors import Parsed, ParsedReading
from callassist.sensors.registry import ADAPTERS
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from callassist.web.hooks_sensors import SensorHooksFirst, sensor_hooks


class StoresNothing(IngestWriter):
    """The same queue and thread, but its transaction is empty."""

    def _transaction(self, batch: Sequence[Any]) -> list[Receipt]:
        return [Receipt(len(each.submission.readings), 0, []) for each in batch]


class AtOnce(IngestWriter):
    """Not even the queue: acknowledges in the request's own thread."""

    def submit(
        self,
        connection: KnownConnection,
        readings: Sequence[Parsed],
        received_at: datetime,
        newcomers: Newcomers,
    ) -> Receipt:
        return Receipt(len(readings), 0, [])


WRITERS = {"ours": IngestWriter, "stores_nothing": StoresNothing, "at_once": AtOnce}


def common_headers() -> list[tuple[str, str]]:
    return [("X-Callassist-Now", datetime.now(UTC).isoformat())]


def build(kind: str, sessions: Sessions, vault: Vault) -> Flask:
    """One of `WRITERS`, with `+flask` by Flask's own dispatch alone; or `orm`."""
    if kind == "orm":
        return orm_app(sessions, vault)
    name, _, by_flask = kind.partition("+")
    clock = SystemClock()
    started = clock.now()
    detection = Detection(EscalationPolicy(), ADAPTERS, lambda: started)
    writer = WRITERS[name](sessions, clock, detection)
    writer.start()
    hook = SensorHook(ADAPTERS, Connections(sessions, vault), writer, clock)
    app = Flask(__name__)
    app.register_blueprint(sensor_hooks(hook))

    @app.after_request
    def add_common(response: Response) -> Response:
        response.headers.extend(common_headers())
        return response

    if not by_flask:
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
    gc.collect()
    look_rarely()  # as `serve` does
