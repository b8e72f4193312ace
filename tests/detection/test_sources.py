"""Notices, states and silence: what only the clock, or a vendor, can tell."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from callassist.domain.noise import ReadingKind
from callassist.models import PropertyNoise, Sensor
from tests.ingest.scene import Scene

LOUD, CALM = 80.0, 50.0
_MINUT = {
    1: "disturbance_first_notice",
    2: "disturbance_second_notice",
    3: "disturbance_third_notice",
    0: "disturbance_ended",
}


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def kinds(scene: Scene) -> list[str]:
    return [kind for kind, _, _ in scene.told]


def minut_home(scene: Scene) -> int:
    home_id = scene.home()
    connection_id = scene.connection("minut", token="minut")
    scene.sensor(connection_id, home_id, "home-1", kind="notice")
    return home_id


def minut(scene: Scene, event: str, at: datetime | None = None) -> dict[str, object]:
    when = at or scene.clock.now()
    body = {
        "event": {
            "id": f"{event}-{when.isoformat()}",
            "type": event,
            "created_at": when.isoformat(),
            "home_id": "home-1",
        }
    }
    answer = scene.post(body, adapter="minut", token="minut")
    assert answer.status == 202
    told: dict[str, object] = json.loads(answer.body)
    return told


def state(scene: Scene, word: str) -> None:
    at = scene.clock.now().isoformat()
    scene.say({"sensor": "door", "at": at, "state": f"noise_{word}"})


def door(scene: Scene) -> int:
    home_id = scene.home()
    scene.sensor(scene.connection(), home_id, "door", kind="state")
    return home_id


def test_a_notice_tells_of_noise_before_it_and_the_clock_requests_the_call(scene: Scene):
    minut_home(scene)
    start = scene.clock.now()
    scene.wait(minutes=10)
    minut(scene, _MINUT[1])
    (breach,) = scene.breaches()
    assert breach.began_at == start
    scene.wait(minutes=19)
    assert kinds(scene) == ["breach_open"]
    scene.wait(minutes=1)
    assert scene.told[1:] == [("breach_due", breach.id, start + minutes(30))]
    (breach,) = scene.breaches()
    assert breach.escalated_at == start + minutes(30)


def test_a_first_notice_that_was_lost_is_made_up_for_by_the_third(scene: Scene):
    minut_home(scene)
    start = scene.clock.now()
    scene.wait(minutes=30)
    minut(scene, _MINUT[3])
    scene.timers.run_due()
    (breach,) = scene.breaches()
    assert breach.began_at == start
    assert sorted(kinds(scene)) == ["breach_due", "breach_open"]


def test_an_ended_notice_ends_the_breach_at_its_own_time(scene: Scene):
    minut_home(scene)
    scene.wait(minutes=10)
    minut(scene, _MINUT[1])
    scene.wait(minutes=8)
    minut(scene, _MINUT[0])
    scene.wait(minutes=30)
    (breach,) = scene.breaches()
    assert (breach.ended_at, breach.end_reason) == (scene.clock.now() - minutes(30), "calm")
    assert "breach_due" not in kinds(scene)


def test_a_notice_delivered_twice_is_one(scene: Scene):
    minut_home(scene)
    assert minut(scene, _MINUT[1])["accepted"] == 1
    assert minut(scene, _MINUT[1])["duplicates"] == 1
    assert len(scene.breaches()) == 1


def test_two_brands_in_one_home_are_one_breach_that_began_with_the_first(scene: Scene):
    home_id = minut_home(scene)
    scene.sensor(scene.connection(), home_id, "attic")
    start = scene.clock.now()
    scene.clock.advance(minutes=4)
    scene.say(scene.level(LOUD))
    (breach,) = scene.breaches()
    assert breach.began_at == start + minutes(4)
    scene.keep_saying(LOUD, 6)
    minut(scene, _MINUT[1])
    (breach,) = scene.breaches()
    assert breach.began_at == start  # the notice knows more
    assert scene.armed()["breach_open", str(breach.id)] == start + minutes(10)
    scene.keep_saying(CALM, 20)  # the level sensor is calm, Minut is not
    scene.timers.run_due()
    (breach,) = scene.breaches()
    assert (breach.ended_at, breach.escalated_at) == (None, start + minutes(30))


def test_a_state_that_stays_on_is_due_for_a_call_by_the_clock(scene: Scene):
    door(scene)
    start = scene.clock.now()
    state(scene, "started")
    scene.wait(minutes=30)
    (breach,) = scene.breaches()
    assert scene.told == [
        ("breach_open", breach.id, start + minutes(10)),
        ("breach_due", breach.id, start + minutes(30)),
    ]


def test_a_state_that_ends_and_starts_again_within_five_minutes_goes_on(scene: Scene):
    door(scene)
    start = scene.clock.now()
    state(scene, "started")
    scene.wait(minutes=20)
    state(scene, "ended")
    scene.wait(minutes=4)
    state(scene, "started")
    scene.wait(minutes=6)
    (breach,) = scene.breaches()
    assert (breach.began_at, breach.escalated_at) == (start, start + minutes(30))


def test_a_state_that_ended_is_over_five_minutes_later(scene: Scene):
    door(scene)
    state(scene, "started")
    scene.wait(minutes=20)
    state(scene, "ended")
    scene.wait(minutes=15)
    (breach,) = scene.breaches()
    assert breach.ended_at == scene.clock.now() - minutes(10)
    assert kinds(scene) == ["breach_open", "breach_ended"]


def test_a_sensor_that_falls_silent_is_told_once_and_so_is_its_coming_back(scene: Scene):
    home_id, sensor_id = scene.attic()
    scene.say(scene.level(CALM))
    heard = scene.clock.now()
    scene.wait(minutes=40)
    (told,) = scene.notified()
    assert told["kind"] == "sensor_silent"
    assert (told["account_id"], told["property_id"]) == (scene.account_id, home_id)
    assert told["facts"]["since"] == heard.isoformat()
    with scene.sessions.read() as session:
        sensor = session.get_one(Sensor, sensor_id)
        assert sensor.silent_since == heard
        assert told["facts"]["sensor_public_id"] == sensor.public_id
    scene.say(scene.level(CALM))
    scene.keep_saying(CALM, 3)
    assert [each["kind"] for each in scene.notified()] == ["sensor_silent", "sensor_back"]
    with scene.sessions.read() as session:
        assert session.get_one(Sensor, sensor_id).silent_since is None
    scene.wait(minutes=20)
    assert [each["kind"] for each in scene.notified()][2:] == ["sensor_silent"]


def test_a_breach_freezes_in_silence_and_the_gap_does_not_count(scene: Scene):
    scene.attic()
    start = scene.clock.now()
    scene.say(scene.level(LOUD))
    scene.keep_saying(LOUD, 5)
    scene.wait(minutes=15)
    (breach,) = scene.breaches()
    assert breach.frozen_since == start + minutes(5)
    assert kinds(scene) == ["breach_open", "breach_frozen"]
    scene.say(scene.level(LOUD))
    scene.timers.run_due()
    (breach,) = scene.breaches()
    assert (breach.frozen_since, breach.began_at) == (None, start + minutes(15))
    assert breach.first_loud_at == start
    assert kinds(scene)[2:] == ["breach_thawed"]
    assert scene.armed()["breach_open", str(breach.id)] == start + minutes(25)
    scene.keep_saying(LOUD, 25)
    scene.timers.run_due()
    (breach,) = scene.breaches()
    assert breach.escalated_at == start + minutes(45)


def test_a_sensor_that_never_comes_back_closes_the_breach(scene: Scene):
    scene.attic()
    start = scene.clock.now()
    scene.say(scene.level(LOUD))
    scene.wait(minutes=45)
    (breach,) = scene.breaches()
    assert (breach.ended_at, breach.end_reason, breach.frozen_since) == (start, "sensor_lost", None)
    assert kinds(scene)[-1] == "breach_ended"
    assert "breach_due" not in kinds(scene)


def test_after_a_restart_every_sensor_gets_a_fresh_time_to_be_heard(scene: Scene):
    home_id, _ = scene.attic()
    scene.say(scene.level(CALM))
    scene.clock.advance(hours=3)  # nothing runs
    scene.up_since = scene.clock.now()
    scene.timers.run_due()
    assert scene.notified() == []
    assert scene.armed()["noise_tick", str(home_id)] > scene.up_since + minutes(10)
    scene.wait(minutes=11)
    assert [each["kind"] for each in scene.notified()] == ["sensor_silent"]


def test_a_vendor_says_offline_and_online(scene: Scene):
    minut_home(scene)
    scene.wait(minutes=10)
    minut(scene, _MINUT[1])
    scene.wait(minutes=5)
    minut(scene, "device_offline")
    (breach,) = scene.breaches()
    assert breach.frozen_since == scene.clock.now()
    scene.wait(minutes=5)
    minut(scene, "device_online")
    scene.wait(minutes=14)
    (breach,) = scene.breaches()
    assert (breach.frozen_since, breach.escalated_at) == (None, None)
    scene.wait(minutes=1)
    assert scene.breaches()[0].escalated_at == scene.clock.now()
    assert [each["kind"] for each in scene.notified()] == ["sensor_silent", "sensor_back"]


def test_a_minut_home_is_not_silent_for_saying_nothing(scene: Scene):
    minut_home(scene)
    minut(scene, _MINUT[0])
    scene.wait(hours=5)
    assert scene.notified() == []
    assert {each.kind for each in scene.readings()} == {ReadingKind.NOTICE_ENDED}


def test_a_tick_that_runs_early_late_or_twice_does_no_harm(scene: Scene):
    home_id = door(scene)
    state(scene, "started")
    for _ in range(2):
        scene.arm_tick(home_id)
        scene.timers.run_due()
    assert kinds(scene) == []
    scene.clock.advance(minutes=55)
    scene.timers.run_due()
    scene.arm_tick(home_id)
    scene.timers.run_due()
    assert kinds(scene).count("breach_due") == 1


def test_a_tick_that_fired_and_left_its_due_behind_never_stands_in_the_way_of_the_next(
    scene: Scene,
):
    home_id = minut_home(scene)
    minut(scene, _MINUT[0])
    past = scene.clock.now() - minutes(90)
    scene.clock.advance(minutes=20)
    with scene.sessions.write() as session:
        session.get_one(PropertyNoise, home_id).tick_due_at = past
    minut(scene, _MINUT[1])
    scene.wait(minutes=21)
    assert kinds(scene).count("breach_due") == 1


def test_a_tick_with_nothing_to_do_leaves_no_due_behind(scene: Scene):
    home_id = minut_home(scene)
    minut(scene, _MINUT[0])
    with scene.sessions.write() as session:
        session.get_one(PropertyNoise, home_id).tick_due_at = scene.clock.now()
    scene.arm_tick(home_id)
    scene.timers.run_due()
    with scene.sessions.read() as session:
        assert session.get_one(PropertyNoise, home_id).tick_due_at is None
