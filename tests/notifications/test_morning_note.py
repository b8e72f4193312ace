"""The note at 08:00: what was watched, done, and not heard; also after a quiet night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from callassist import timers
from callassist.models import (
    Account,
    Incident,
    NoiseReading,
    Property,
    Sensor,
    SensorConnection,
    Timer,
)
from callassist.notifications import arm_missing, arm_next
from tests.notifications.scene import Scene, add_attempt

EVENING = datetime(2026, 6, 13, 20, tzinfo=UTC)  # 22:00 in Paris
EIGHT = datetime(2026, 6, 14, 6, tzinfo=UTC)


def _arm(scene: Scene) -> None:
    with scene.sessions.write() as session:
        arm_next(session, session.get_one(Account, scene.account_id), scene.now)


def _sensor(scene: Scene, kind: str = "level", interval: int = 60) -> int:
    with scene.sessions.write() as session:
        connection = SensorConnection(
            account_id=scene.account_id,
            adapter="generic",
            token_hash=f"{kind}{interval}",
            options={},
            created_at=scene.now - timedelta(days=1),
        )
        session.add(connection)
        session.flush()
        sensor = Sensor(
            connection_id=connection.id,
            account_id=scene.account_id,
            external_id="s",
            property_id=scene.home_id,
            kind=kind,
            interval_seconds=interval,
            created_at=scene.now - timedelta(days=1),
        )
        session.add(sensor)
        session.flush()
        return sensor.id


def _heard(scene: Scene, sensor_id: int, *spans: tuple[int, int]) -> None:
    """A reading each minute in the spans, which are minutes from 20:00 in Paris."""
    begin = EIGHT - timedelta(hours=12)
    with scene.sessions.write() as session:
        for first, last in spans:
            for minute in range(first, last):
                at = begin + timedelta(minutes=minute)
                session.add(
                    NoiseReading(
                        sensor_id=sensor_id,
                        event_key=f"{minute}",
                        at=at,
                        received_at=at,
                        kind="level",
                        level_db=40.0,
                        verdict="calm",
                    )
                )


def test_a_quiet_night_is_told_too(scene: Scene) -> None:
    scene.channel("email")
    _heard(scene, _sensor(scene), (-30, 720))
    _arm(scene)
    scene.pass_time(hours=9, minutes=59)
    assert scene.email.heard == []
    scene.pass_time(minutes=1)
    [(_, message)] = scene.email.heard
    assert message.title == "A quiet night"
    assert message.text == (
        "We watched 1 home and it was quiet.\n\n"
        "Every sensor was heard all night.\n\n"
        "You need not do anything."
    )


def test_the_next_note_is_armed_and_comes_a_day_later(scene: Scene) -> None:
    scene.channel("email")
    _sensor(scene, kind="notice")
    _arm(scene)
    scene.pass_time(hours=10)
    scene.pass_time(hours=23, minutes=59)
    assert len(scene.email.heard) == 1
    scene.pass_time(minutes=1)
    assert len(scene.email.heard) == 2


def test_calls_incidents_and_minutes_to_quiet_are_counted(scene: Scene) -> None:
    scene.channel("email")
    _sensor(scene, kind="notice")
    _arm(scene)
    incident_id = scene.incident()
    with scene.sessions.write() as session:
        incident = session.get_one(Incident, incident_id)
        incident.contact_at = scene.now + timedelta(minutes=40)
        incident.noise_ended_at = scene.now + timedelta(minutes=49)
        add_attempt(session, scene.account_id, incident_id, 1, scene.now, counted=True)
        add_attempt(session, scene.account_id, incident_id, 2, scene.now, counted=False)
    scene.pass_time(hours=10)
    [(_, message)] = scene.email.heard
    assert message.title == "Last night: 1 incident"
    assert message.text.startswith(
        "We watched 1 home and made 1 call about 1 incident. "
        "After the talk it was quiet within 9 minutes."
    )


def test_a_home_in_shadow_mode_is_not_watched_and_its_incidents_do_not_count(
    scene: Scene,
) -> None:
    scene.channel("email")
    _sensor(scene, kind="notice")
    in_shadow = scene.incident()
    with scene.sessions.write() as session:
        session.get_one(Incident, in_shadow).shadow = True
    _arm(scene)
    scene.pass_time(hours=10)
    assert scene.email.titles == ["A quiet night"]
    with scene.sessions.write() as session:
        session.scalars(select(Property)).one().shadow_since = scene.now
    scene.pass_time(hours=24)
    assert scene.email.titles == ["A quiet night"]


def test_practice_and_another_night_do_not_count(scene: Scene) -> None:
    scene.channel("email")
    _sensor(scene, kind="notice")
    practice = scene.incident()
    with scene.sessions.write() as session:
        session.get_one(Incident, practice).practice = True
        session.get_one(Incident, practice).closed_at = scene.now
    earlier = scene.incident()
    with scene.sessions.write() as session:
        session.get_one(Incident, earlier).opened_at = scene.now - timedelta(hours=9)
    _arm(scene)
    scene.pass_time(hours=10)
    assert scene.email.titles == ["A quiet night"]


def test_hours_in_which_nothing_was_heard_are_unknown_not_quiet(scene: Scene) -> None:
    scene.channel("email")
    _heard(scene, _sensor(scene), (-5, 200), (331, 720))
    _arm(scene)
    scene.pass_time(hours=10)
    [(_, message)] = scene.email.heard
    assert "unknown to us: Canal 12 (2 hours 10 minutes)." in message.text


@pytest.mark.parametrize(
    ("spans", "minutes"),
    [
        ([(-5, 720)], None),
        ([], "12 hours"),
        ([(-5, 600)], "2 hours"),
        ([(100, 720)], "1 hour 40 minutes"),
        ([(5, 720)], None),  # below the 10 minutes after which a sensor is silent
    ],
)
def test_the_edges_of_the_night_count(
    scene: Scene, spans: list[tuple[int, int]], minutes: str | None
) -> None:
    scene.channel("email")
    _heard(scene, _sensor(scene), *spans)
    _arm(scene)
    scene.pass_time(hours=10)
    [(_, message)] = scene.email.heard
    if minutes is None:
        assert "Every sensor was heard all night." in message.text
    else:
        assert f"Canal 12 ({minutes})." in message.text


def test_a_home_is_heard_while_one_of_its_sensors_is(scene: Scene) -> None:
    scene.channel("email")
    _heard(scene, _sensor(scene), (-5, 400))
    _heard(scene, _sensor(scene, interval=61), (300, 720))
    _arm(scene)
    scene.pass_time(hours=10)
    assert "Every sensor was heard all night." in scene.email.heard[0][1].text


def test_without_a_watched_home_there_is_no_note(scene: Scene) -> None:
    scene.channel("email")
    _arm(scene)
    scene.pass_time(hours=10)
    assert scene.log() == []


def test_a_note_found_half_a_day_late_is_dropped_and_the_next_comes(scene: Scene) -> None:
    scene.channel("email")
    _sensor(scene, kind="notice")
    _arm(scene)
    scene.pass_time(hours=23)  # the service was down until 21:00
    assert scene.email.heard == []
    scene.pass_time(hours=11)
    assert len(scene.email.heard) == 1


def test_eight_is_eight_when_the_clocks_change(scene: Scene) -> None:
    scene.clock.set(datetime(2026, 10, 24, 7, tzinfo=UTC))  # summer time ends in the night
    _arm(scene)
    with scene.sessions.read() as session:
        [timer] = session.scalars(select(Timer))
    assert timer.due_at == datetime(2026, 10, 25, 7, tzinfo=UTC)


def test_every_account_gets_its_note_armed_once(scene: Scene) -> None:
    with scene.sessions.write() as session:
        assert arm_missing(session, scene.now) == 1
    with scene.sessions.write() as session:
        assert arm_missing(session, scene.now) == 0
        assert timers.disarm(session, "morning_note", scene.account_id)
        assert arm_missing(session, scene.now) == 1
