"""Whatever a brand does: it is told at the connection, the others go on, and it is tried again."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from callassist.sensors.asked.tokens import access_token
from callassist.sensors.asked.upkeep import _claim, wake
from tests.sensors.makers.cloud import Answer

BRANDS = pytest.mark.parametrize("brand", ["minut", "netatmo"])


def test_tries_that_fail_come_ever_more_rarely(scene):
    connection_id = scene.connect("minut")
    scene.minut.fail("GET", Answer(500, b""), times=99)
    waits = []
    for _ in range(12):
        scene.look_after()
        access = scene.access(connection_id)
        waits.append((access.next_at - scene.clock.now()) // timedelta(minutes=1))
        scene.clock.advance(minutes=waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]


@BRANDS
def test_a_permission_that_was_taken_back_is_told_once_and_not_asked_again(scene, brand):
    connection_id = scene.connect(brand)
    scene.look_after()
    scene.cloud(brand).revoke()
    for _ in range(3):
        scene.clock.advance(days=2)
        scene.look_after()
    access = scene.access(connection_id)
    assert (access.token, access.next_at) == (None, None)
    assert access.refused_at is not None
    (told,) = scene.homes.notified()
    assert told["facts"]["reason"] == "sensor_access"
    assert told["facts"]["source"].lower() == brand


def test_one_that_fails_does_not_hold_up_the_others(scene):
    broken, well = scene.connect("minut"), scene.connect("netatmo")
    scene.minut.fail("GET", Answer(500, b""), times=9)
    assert scene.look_after() == 2
    assert scene.access(broken).error is not None
    assert scene.access(well).error is None


def test_a_connection_is_asked_by_one_process_at_a_time(scene):
    scene.connect("minut")
    now = scene.clock.now()
    assert len(_claim(scene.asking, now)) == 1
    assert _claim(scene.asking, now) == []
    assert len(_claim(scene.asking, now + timedelta(minutes=11))) == 1  # it died


def test_a_closed_connection_is_not_asked(scene):
    connection_id = scene.connect("minut")
    connection = scene.connection(connection_id)
    scene.homes.change(type(connection), connection_id, disabled_at=scene.clock.now())
    assert scene.look_after() == 0


@BRANDS
def test_a_token_that_is_refused_early_is_replaced_once(scene, brand):
    connection_id = scene.connect(brand)
    scene.cloud(brand).access.clear()
    scene.look_after()
    assert scene.cloud(brand).refreshed == 1
    assert scene.access(connection_id).error is None


def test_threads_that_need_a_new_token_at_once_fetch_one(scene):
    connection_id = scene.connect("minut")
    scene.clock.advance(hours=4)
    found: list[str] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(access_token(scene.asking, "minut", connection_id))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 4
    assert len(set(found)) == 1
    assert scene.minut.refreshed == 1


def test_the_brands_rate_is_kept_by_waiting(scene):
    for number in range(3):
        scene.minut.add_home(f"home-{number}", "Canal")
    scene.connect("minut")
    scene.look_after()
    began = scene.clock.now()
    for _ in range(40):
        with scene.sessions.write() as session:
            wake(session, scene.clock.now())
        scene.look_after()
    asked = len(scene.minut.requests("v8/(homes|devices|webhooks)"))
    assert scene.slept > 0
    assert asked <= 121 + 120 * (scene.clock.now() - began).total_seconds() / 60
