"""From readings to breach rows and to the timers that escalation hears."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from callassist.domain.cadence import Cadence
from callassist.domain.policy import EscalationPolicy
from callassist.models import Breach, Incident, Policy, Property, PropertyNoise, Sensor, Timer
from tests.ingest.scene import Scene

LOUD, CALM = 80.0, 50.0


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def kinds(scene: Scene) -> list[str]:
    return [kind for kind, _, _ in scene.told]


def policy(scene: Scene, rules: EscalationPolicy) -> int:
    return scene.add(
        Policy(
            account_id=scene.account_id,
            name="ours",
            rules=rules.to_dict(),
            created_at=scene.clock.now(),
            updated_at=scene.clock.now(),
        )
    )


def test_a_loud_reading_begins_a_breach_and_arms_its_opening(scene: Scene):
    home_id, _ = scene.attic()
    began = scene.clock.now()
    scene.say(scene.level(LOUD))
    (breach,) = scene.breaches()
    assert (breach.property_id, breach.key) == (home_id, 1)
    assert breach.first_loud_at == breach.began_at == breach.last_loud_at == began
    assert breach.peak_db == LOUD
    assert breach.policy == EscalationPolicy().to_dict()
    assert breach.ended_at is None
    assert scene.armed()["breach_open", str(breach.id)] == began + minutes(10)


def test_noise_that_persists_is_due_for_a_call_at_the_first_loud_reading_from_then_on(
    scene: Scene,
):
    scene.attic()
    began = scene.clock.now()
    scene.say(scene.level(LOUD))
    scene.keep_saying(LOUD + 3, 29)
    (breach,) = scene.breaches()
    assert scene.told == [("breach_open", breach.id, began + minutes(10))]
    scene.clock.advance(seconds=59)
    scene.say(scene.level(LOUD))
    scene.timers.run_due()
    assert kinds(scene) == ["breach_open"]
    scene.clock.advance(seconds=1)
    scene.say(scene.level(LOUD))
    scene.timers.run_due()
    assert scene.told[1:] == [("breach_due", breach.id, began + minutes(30))]
    (breach,) = scene.breaches()
    assert breach.escalated_at == began + minutes(30)
    assert (breach.peak_db, breach.last_loud_at) == (LOUD + 3, scene.clock.now())


def test_a_call_is_requested_once_for_a_breach(scene: Scene):
    scene.attic()
    scene.say(scene.level(LOUD))
    scene.keep_saying(LOUD, 90)
    scene.timers.run_due()
    assert kinds(scene) == ["breach_open", "breach_due"]


def test_a_quiet_home_never_escalates(scene: Scene):
    scene.attic()
    scene.say(scene.level(LOUD))
    scene.keep_saying(LOUD, 28)
    scene.keep_saying(CALM, 4)
    assert "breach_due" not in kinds(scene)
    scene.keep_saying(CALM, 1)
    scene.timers.run_due()
    assert kinds(scene) == ["breach_open", "breach_ended"]


def test_calm_before_the_opening_takes_the_opening_back(scene: Scene):
    scene.attic()
    scene.say(scene.level(LOUD))
    scene.keep_saying(CALM, 5)
    (breach,) = scene.breaches()
    assert breach.ended_at == scene.clock.now()
    assert breach.end_reason == "calm"
    scene.timers.run_due()
    assert scene.told == [("breach_ended", breach.id, scene.clock.now())]
    assert set(scene.armed()) == {("noise_tick", str(breach.property_id))}


def test_the_policy_is_stamped_when_the_breach_begins(scene: Scene):
    home_id, _ = scene.attic()
    at_night = EscalationPolicy(threshold_db=90, cadence=Cadence(open_after=minutes(3)))
    policy_id = policy(scene, at_night)
    scene.say(scene.level(LOUD))
    scene.change(Property, home_id, policy_id=policy_id)
    scene.keep_saying(LOUD, 30)
    scene.timers.run_due()
    assert kinds(scene) == ["breach_open", "breach_due"]  # 80 dB is still loud for this one
    scene.keep_saying(CALM, 5)
    scene.keep_saying(LOUD, 2)
    assert len(scene.breaches()) == 1
    scene.say(scene.level(95, at=scene.clock.now() + timedelta(seconds=1)))
    first, second = scene.breaches()
    assert first.policy == EscalationPolicy().to_dict()
    assert second.policy == at_night.to_dict()
    assert scene.armed()["breach_open", str(second.id)] == second.began_at + minutes(3)


def test_an_edited_policy_counts_for_the_next_breach(scene: Scene):
    policy_id = policy(scene, EscalationPolicy(threshold_db=85))
    scene.attic(policy_id=policy_id)
    scene.say(scene.level(LOUD))
    assert scene.breaches() == []
    scene.clock.advance(minutes=1)
    louder = EscalationPolicy(threshold_db=79)
    scene.change(Policy, policy_id, rules=louder.to_dict(), updated_at=scene.clock.now())
    scene.say(scene.level(LOUD))
    assert [each.policy for each in scene.breaches()] == [louder.to_dict()]


def test_one_body_that_ends_a_breach_and_begins_another_stamps_each_its_own(scene: Scene):
    home_id, _ = scene.attic()
    start = scene.clock.now()
    scene.say(scene.level(LOUD))
    edited = EscalationPolicy(threshold_db=76)
    scene.change(Property, home_id, policy_id=policy(scene, edited))
    scene.clock.advance(minutes=12)
    scene.say(
        scene.level(LOUD, at=start + minutes(12)),
        scene.level(CALM, at=start + minutes(8)),
        scene.level(CALM, at=start + minutes(4)),
    )
    assert [each.policy for each in scene.breaches()] == [
        EscalationPolicy().to_dict(),
        edited.to_dict(),
    ]


def test_readings_that_arrive_late_build_a_breach_and_start_no_call(scene: Scene):
    scene.attic()
    start = scene.clock.now()
    scene.wait(minutes=40)
    backlog = [scene.level(LOUD, at=start + minutes(n)) for n in range(34)]
    scene.say(*backlog)
    scene.timers.run_due()
    (breach,) = scene.breaches()
    assert (breach.began_at, breach.escalated_at) == (start, None)
    assert {each.verdict for each in scene.readings()} == {"late"}
    scene.say(scene.level(LOUD))
    scene.timers.run_due()
    (breach,) = scene.breaches()
    assert breach.escalated_at == scene.clock.now()


def test_the_clock_is_asked_once_per_home_and_not_armed_anew_with_each_reading(scene: Scene):
    home_id, _ = scene.attic()
    scene.say(scene.level(CALM))
    first = scene.armed()
    scene.keep_saying(CALM, 9)
    assert scene.armed() == first
    assert list(first) == [("noise_tick", str(home_id))]
    scene.wait(minutes=2)
    assert scene.armed()["noise_tick", str(home_id)] > first["noise_tick", str(home_id)]
    with scene.sessions.read() as session:
        noise = session.get_one(PropertyNoise, home_id)
        assert noise.tick_due_at == scene.armed()["noise_tick", str(home_id)]
        assert session.scalar(select(func.count()).select_from(Timer)) == 2  # one fired, one open


def test_two_sensors_are_one_breach_that_ends_when_neither_is_loud(scene: Scene):
    home_id, _ = scene.attic()
    with scene.sessions.read() as session:
        connection_id = session.scalars(select(Sensor.connection_id)).one()
    scene.sensor(connection_id, home_id, "cellar")
    start = scene.clock.now()
    scene.say(scene.level(LOUD))
    for minute in range(1, 31):
        scene.clock.advance(minutes=1)
        scene.timers.run_due()
        attic, cellar = (LOUD, CALM) if minute < 15 else (CALM, LOUD)
        scene.say(scene.level(attic), scene.level(cellar, "cellar"))
    scene.timers.run_due()
    (breach,) = scene.breaches()
    assert (breach.began_at, breach.escalated_at) == (start, start + minutes(30))


def test_two_homes_have_nothing_to_do_with_each_other(scene: Scene):
    scene.attic()
    with scene.sessions.read() as session:
        connection_id = session.scalars(select(Sensor.connection_id)).one()
    scene.sensor(connection_id, scene.home(), "next-door")
    scene.say(scene.level(LOUD), scene.level(LOUD, "next-door"))
    scene.clock.advance(minutes=6)
    scene.say(scene.level(CALM, "next-door"), scene.level(LOUD))
    ended: list[datetime | None] = [each.ended_at for each in scene.breaches()]
    assert ended == [None, scene.clock.now()]


def test_readings_of_an_archived_home_are_kept_and_move_nothing(scene: Scene):
    scene.attic(archived_at=scene.clock.now())
    assert scene.say(scene.level(LOUD))["accepted"] == 1
    assert [each.verdict for each in scene.readings()] == ["archived"]
    assert scene.breaches() == []
    assert scene.armed() == {}


def test_a_sensor_taken_out_of_the_home_is_one_that_fell_silent(scene: Scene):
    home_id = scene.home()
    connection_id = scene.connection()
    door = scene.sensor(connection_id, home_id, "door", kind="state")
    scene.sensor(connection_id, home_id, "attic")
    at = scene.clock.now()
    scene.say({"sensor": "door", "at": at.isoformat(), "state": "noise_started"})
    scene.change(Sensor, door, property_id=None)
    scene.keep_saying(CALM, 45)
    scene.timers.run_due()
    (breach,) = scene.breaches()
    assert breach.end_reason is not None
    assert "breach_due" not in kinds(scene)
    assert scene.notified() == []


def test_two_breaches_that_turn_out_to_be_one_keep_the_incident(scene: Scene):
    """A second sensor's late word joins them: the open incident goes on under the later row."""
    home_id = scene.home()
    connection_id = scene.connection(options={"max_age_minutes": 60})
    for name in ("attic", "cellar"):
        scene.sensor(connection_id, home_id, name)
    start = scene.clock.now()
    scene.say(scene.level(LOUD))
    scene.keep_saying(CALM, 6)
    (first,) = scene.breaches()
    incident_id = scene.add(
        Incident(
            account_id=scene.account_id,
            property_id=home_id,
            breach_id=first.id,
            reference="blue heron",
            state="watching",
            opened_at=scene.clock.now(),
            opened_by="noise",
            policy=first.policy,
            cadence={},
            language="en",
        )
    )
    scene.keep_saying(LOUD, 1)
    assert len(scene.breaches()) == 2
    scene.say(
        *[scene.level(LOUD, "cellar", at=start + timedelta(seconds=30 + 60 * n)) for n in range(7)]
    )
    running = [each for each in scene.breaches() if each.ended_at is None]
    assert len(running) == 1
    assert running[0].began_at == start
    with scene.sessions.read() as session:
        assert session.get_one(Incident, incident_id).breach_id == running[0].id
        assert session.scalar(select(func.count()).select_from(Breach)) == 1
