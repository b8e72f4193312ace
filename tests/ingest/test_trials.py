"""Test readings: they go the whole way, and nothing remembers them."""

from __future__ import annotations

import json
import time

from sqlalchemy import func, select

from callassist.ingest import SampleKeeper
from callassist.ingest.tickets import make_ticket
from callassist.models import NoiseReading, Sensor, SensorConnection, SensorSample
from tests.ingest.scene import Scene
from tests.sensors.requests import SECRET, standard_headers


def connection(scene: Scene) -> SensorConnection:
    with scene.sessions.read() as session:
        return session.scalars(select(SensorConnection)).one()


def ticket(scene: Scene, age: float = 0) -> str:
    return make_ticket(scene.vault, connection(scene).public_id, time.time() - age)


def test_a_test_reading_moves_nothing_however_loud_it_is(scene: Scene):
    scene.attic()
    scene.say(scene.level(50))
    before = connection(scene).last_post_at
    scene.clock.advance(minutes=5)
    answer = scene.post(scene.level(99), token=ticket(scene))
    assert answer.status == 202
    told = json.loads(answer.body)
    assert told["ignored"] == [
        {"index": 0, "reason": "a test reading: understood, and not counted"}
    ]
    assert scene.post(scene.level(99, "never heard"), token=ticket(scene)).status == 202
    with scene.sessions.read() as session:
        assert session.scalar(select(func.count()).select_from(NoiseReading)) == 1
        assert session.scalar(select(func.count()).select_from(Sensor)) == 1
    assert connection(scene).last_post_at == before
    assert scene.breaches() == []


def test_a_test_reading_must_be_signed_like_any_other(scene: Scene):
    scene.connection(secret=SECRET)
    body = json.dumps(scene.level(50)).encode()
    assert scene.post(body, token=ticket(scene)).status == 401
    headers = standard_headers(body, at=scene.clock.now())
    assert scene.post(body, token=ticket(scene), headers=headers).status == 202


def test_a_ticket_holds_a_minute_for_its_connection_and_brand_only(scene: Scene):
    scene.connection()
    body = scene.level(50)
    assert scene.post(body, token=ticket(scene)).status == 202
    assert scene.post(body, token=ticket(scene, age=62)).status == 404
    assert scene.post(body, token=ticket(scene), adapter="tuya").status == 404
    public_id, _, rest = ticket(scene).removeprefix("test.").partition(".")
    for forged in ("test.", "test.x.y.z", f"test.{public_id}.{'9' * 12}.{rest[-64:]}"):
        assert scene.post(body, token=forged).status == 404


def test_a_closed_connection_takes_no_test_reading(scene: Scene):
    number = scene.connection()
    scene.change(SensorConnection, number, disabled_at=scene.clock.now())
    assert scene.post(scene.level(50), token=ticket(scene)).status == 404


def test_the_last_message_is_kept_with_why_it_was_refused(scene: Scene):
    number = scene.connection()
    now = 0.0
    keeper = SampleKeeper(scene.sessions, scene.vault, scene.clock, monotonic=lambda: now)
    keeper.offer(number, b'{"a": 1}', "no level")
    keeper.offer(number, b'{"a": 2}', "no level")  # at once: one is enough
    keeper.store()
    assert _sample(scene) == ('{"a": 1}', "no level")
    keeper.offer(number, b'{"a": 3}' + b" " * 20_000, None)
    keeper.store()
    body, refusal = _sample(scene)
    assert (body[:8], len(body), refusal) == ('{"a": 3}', 16 * 1024, None)
    now = 700.0
    keeper.offer(number, b"\xff\x00", None)
    keeper.store()
    assert _sample(scene) == ("\ufffd\ufffd", None)


def _sample(scene: Scene) -> tuple[str, str | None]:
    with scene.sessions.read() as session:
        row = session.scalars(select(SensorSample)).one()
        return scene.vault.open(row.body), row.refusal
