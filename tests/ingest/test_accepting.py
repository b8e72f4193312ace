"""What is taken in, how it is counted, and what is told about it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from callassist.models import PropertyNoise, Sensor, SensorConnection
from tests.ingest.scene import TOKEN, Scene


def test_a_reading_is_stored_and_counted(scene: Scene):
    scene.attic()
    answer = scene.post(scene.level(61.5, id="r-1"))
    assert answer.status == 202
    assert answer.content_type == "application/json"
    assert answer.body == b'{"accepted":1,"duplicates":0,"ignored":[]}'
    (stored,) = scene.readings()
    assert (stored.event_key, stored.level_db, stored.kind, stored.verdict) == (
        "i:r-1",
        61.5,
        "level",
        "applied",
    )
    assert stored.at == stored.received_at == scene.clock.now()


def test_the_same_id_again_is_a_duplicate_also_within_one_body(scene: Scene):
    scene.attic()
    first = scene.level(61.5, id="r-1")
    assert scene.say(first, first, scene.level(62, id="r-2")) == {
        "accepted": 2,
        "duplicates": 1,
        "ignored": [],
    }
    again = scene.level(99, id="r-1", at=scene.clock.now() + timedelta(seconds=1))
    assert scene.say(again, again) == {"accepted": 0, "duplicates": 2, "ignored": []}
    assert [each.level_db for each in scene.readings()] == [61.5, 62.0]


def test_without_an_id_instant_and_kind_make_the_duplicate(scene: Scene):
    home_id, _ = scene.attic()
    connection_id = scene.connection(token="another")
    scene.sensor(connection_id, home_id, "door", kind="state")
    scene.say(scene.level(61.5), scene.level(65.0))
    at = scene.clock.now().isoformat()
    states = [
        {"sensor": "door", "at": at, "state": f"noise_{word}"} for word in ("ended", "started")
    ]
    answer = scene.post({"readings": [*states, *states]}, token="another")
    assert json.loads(answer.body) == {"accepted": 2, "duplicates": 2, "ignored": []}
    assert len(scene.readings()) == 3


def test_an_id_and_the_same_instant_without_one_are_two_readings(scene: Scene):
    scene.attic()
    at = f"{int(scene.clock.now().timestamp() * 1_000_000)}/level"
    told = scene.say(scene.level(61.5), scene.level(61.5, id=at))
    assert told["accepted"] == 2


def test_a_very_long_id_still_tells_duplicates(scene: Scene):
    scene.attic()
    long = "x" * 255
    told = scene.say(
        scene.level(61, id=long), scene.level(61, id=long), scene.level(61, id=long[1:])
    )
    assert (told["accepted"], told["duplicates"]) == (2, 1)


def test_future_readings_are_kept_flagged_and_move_nothing(scene: Scene):
    home_id, _ = scene.attic()
    ahead = scene.clock.now() + timedelta(minutes=5, seconds=1)
    told = scene.say(scene.level(50), scene.level(99, at=ahead))
    assert told == {"accepted": 2, "duplicates": 0, "ignored": [{"index": 1, "reason": "future"}]}
    assert [each.verdict for each in scene.readings()] == ["applied", "future"]
    with scene.sessions.read() as session:
        noise = session.get_one(PropertyNoise, home_id)
        assert noise.breach_id is None


def test_readings_older_than_a_day_are_acknowledged_and_ignored(scene: Scene):
    scene.attic()
    old = scene.clock.now() - timedelta(hours=24, seconds=1)
    told = scene.say(scene.level(99, at=old), scene.level(50))
    assert told == {
        "accepted": 2,
        "duplicates": 0,
        "ignored": [{"index": 0, "reason": "older than 24 h"}],
    }
    assert [each.level_db for each in scene.readings()] == [50.0]


def test_a_reading_out_of_order_is_kept_for_the_curve_and_said_nothing_about(scene: Scene):
    scene.attic()
    scene.say(scene.level(50))
    told = scene.say(scene.level(99, at=scene.clock.now() - timedelta(minutes=1)))
    assert told == {"accepted": 1, "duplicates": 0, "ignored": []}
    assert [each.verdict for each in scene.readings()] == ["out_of_order", "applied"]


def test_a_sensor_never_heard_before_is_kept_for_the_host_to_see(scene: Scene):
    connection_id = scene.connection()
    told = scene.say(scene.level(99, "cellar"), scene.level(98, "cellar", id="x"))
    assert told["accepted"] == 2
    assert told["ignored"] == [
        {"index": 0, "reason": "not yet paired"},
        {"index": 1, "reason": "not yet paired"},
    ]
    with scene.sessions.read() as session:
        sensor = session.scalars(select(Sensor)).one()
        assert (sensor.external_id, sensor.property_id, sensor.kind) == ("cellar", None, "level")
        assert (sensor.account_id, sensor.connection_id) == (scene.account_id, connection_id)
        assert sensor.last_heard_at == scene.clock.now()
        assert len(sensor.public_id) == 20
    assert {each.verdict for each in scene.readings()} == {"unpaired"}


def test_a_sensor_that_is_paired_now_counts_from_its_next_reading(scene: Scene):
    scene.connection()
    scene.say(scene.level(99))
    home_id = scene.home()
    with scene.sessions.write() as session:
        session.scalars(select(Sensor)).one().property_id = home_id
    scene.clock.advance(minutes=1)
    assert scene.say(scene.level(99))["ignored"] == []
    assert [each.verdict for each in scene.readings()] == ["unpaired", "applied"]


def test_a_sender_that_makes_up_names_does_not_fill_the_disk(scene: Scene):
    scene.connection()
    first = [scene.level(50, f"s{number}") for number in range(1000)]
    assert scene.say(*first)["accepted"] == 1000
    told = scene.say(scene.level(50, "one-more"), scene.level(51, "s1", id="n"))
    assert told["ignored"] == [
        {"index": 0, "reason": "not kept: too many sensors of this connection are not yet paired"},
        {"index": 1, "reason": "not yet paired"},
    ]
    assert len(scene.readings()) == 1001


def test_unknown_events_of_a_brand_are_acknowledged(scene: Scene):
    scene.connection("minut")
    body = {"event": {"type": "battery_low", "device_id": "d"}}
    answer = scene.post(body, adapter="minut")
    assert json.loads(answer.body) == {
        "accepted": 1,
        "duplicates": 0,
        "ignored": [{"index": 0, "reason": "unknown event"}],
    }
    assert scene.readings() == []


def test_a_kind_that_the_sensor_does_not_speak_is_told(scene: Scene):
    scene.attic()
    at = scene.clock.now().isoformat()
    told = scene.say({"sensor": "attic", "at": at, "state": "noise_started"})
    assert told["ignored"] == [{"index": 0, "reason": "not an event of this kind of sensor"}]


def test_when_a_sensor_was_heard_is_known_to_the_minute(scene: Scene):
    _, sensor_id = scene.attic()
    heard = []
    for _ in range(4):
        scene.say(scene.level(50))
        with scene.sessions.read() as session:
            heard.append(session.get_one(Sensor, sensor_id).last_heard_at)
            connection = session.scalars(select(SensorConnection)).one()
        scene.clock.advance(seconds=31)
    start = heard[0]
    assert start is not None
    assert heard == [start, start, start + timedelta(seconds=62), start + timedelta(seconds=62)]
    assert connection.last_post_at == start + timedelta(seconds=62)


def test_sensors_of_two_connections_with_one_name_are_two_sensors(scene: Scene):
    scene.attic()
    scene.connection(token="other")
    scene.say(scene.level(50, id="1"))
    answer = scene.post(scene.level(50, id="1"), token="other")
    assert json.loads(answer.body)["ignored"] == [{"index": 0, "reason": "not yet paired"}]
    assert len({each.sensor_id for each in scene.readings()}) == 2


@pytest.mark.parametrize("text", ["Grenier n° 7", "地下室", "🔊", "a'b\"c\\d%s:x", "{rows}"])
def test_names_and_ids_in_any_script_come_back_as_sent(scene: Scene, text: str):
    scene.connection()
    scene.say(scene.level(50, text, id=text))
    scene.say(scene.level(50, text, id=text))
    with scene.sessions.read() as session:
        assert session.scalars(select(Sensor.external_id)).all() == [text]
    assert [each.event_key for each in scene.readings()] == [f"i:{text}"]


def test_a_token_is_for_its_own_adapter_only(scene: Scene):
    scene.connection("minut")
    assert scene.post(scene.level(50), adapter="generic", token=TOKEN).status == 404


def test_a_sensor_moved_to_another_home_counts_there_from_its_next_reading(scene: Scene):
    first, sensor_id = scene.attic()
    second = scene.home()
    scene.say(scene.level(99))
    scene.clock.advance(minutes=1)
    scene.change(Sensor, sensor_id, property_id=second)
    scene.say(scene.level(99))
    assert [each.property_id for each in scene.breaches()] == [first, second]


def test_a_sensor_taken_out_of_its_home_is_not_yet_paired_again(scene: Scene):
    _, sensor_id = scene.attic()
    scene.say(scene.level(50))
    scene.clock.advance(minutes=1)
    scene.change(Sensor, sensor_id, property_id=None)
    told = scene.say(scene.level(50), scene.level(50, "cellar"))
    assert told["ignored"] == [
        {"index": 0, "reason": "not yet paired"},
        {"index": 1, "reason": "not yet paired"},
    ]


def test_a_sensor_that_was_deleted_is_a_new_one_when_it_is_heard_again(scene: Scene):
    _, sensor_id = scene.attic()
    scene.say(scene.level(50))
    with scene.sessions.write() as session:
        session.delete(session.get_one(Sensor, sensor_id))
    scene.clock.advance(minutes=1)
    assert scene.say(scene.level(50))["ignored"] == [{"index": 0, "reason": "not yet paired"}]
    with scene.sessions.read() as session:
        assert session.scalars(select(Sensor)).one().property_id is None
