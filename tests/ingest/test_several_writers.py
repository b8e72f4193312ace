"""Several processes write to one PostgreSQL: nobody waits in a ring, nothing is counted twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from callassist.clock import ManualClock
from callassist.ingest import HookAnswer, IngestWriter
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions
from tests.ingest.scene import Scene

HOMES = 12
ROUNDS = 10


@pytest.fixture
def scene(postgresql_url: str, clock: ManualClock) -> Iterator[Scene]:
    """One host with a dozen homes."""
    engine = make_engine(postgresql_url)
    scene = Scene(Sessions(engine), clock)
    connection_id = scene.connection()
    for number in range(HOMES):
        scene.sensor(connection_id, scene.home(), f"s{number}")
    yield scene
    scene.close()
    engine.dispose()


def test_two_writers_with_the_same_homes_in_opposite_orders(scene: Scene):
    other = IngestWriter(scene.sessions, scene.clock, scene.detection)
    other.start()
    hooks = [scene.hook, scene.hook_to(other)]
    answers: list[HookAnswer] = []

    def post(which: int) -> None:
        for turn in range(ROUNDS):
            readings = [
                scene.level(80, f"s{number}", id=f"{turn}-{number}") for number in range(HOMES)
            ]
            readings += [scene.level(50, f"new-{number}") for number in range(HOMES)]
            answers.append(scene.post({"readings": readings[:: 1 - 2 * which]}, hook=hooks[which]))

    threads = [threading.Thread(target=post, args=(which,)) for which in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    other.stop()
    assert [answer.status for answer in answers] == [202] * (2 * ROUNDS)
    counts = [json.loads(answer.body) for answer in answers]
    assert all(each["accepted"] + each["duplicates"] == 2 * HOMES for each in counts)
    assert len(scene.readings()) == HOMES * ROUNDS + HOMES
    assert len(scene.breaches()) == HOMES
    opened = [subject for kind, subject in scene.armed() if kind == "breach_open"]
    assert len(opened) == HOMES


def test_a_tick_leaves_a_home_alone_that_is_being_written(scene: Scene):
    scene.say(scene.level(50, "s1"))
    scene.clock.advance(minutes=20)
    with scene.sessions.engine.begin() as another:
        another.exec_driver_sql("SELECT 1 FROM property_noise FOR UPDATE")
        (due,) = scene.armed().values()
        with scene.sessions.write() as ticking:
            scene.tick(ticking, due)
        (again,) = scene.armed().values()
        assert scene.clock.now() < again < scene.clock.now() + timedelta(seconds=1)
        assert scene.notified() == []
    scene.clock.advance(seconds=1)
    scene.timers.run_due()
    assert [each["kind"] for each in scene.notified()] == ["sensor_silent"]
