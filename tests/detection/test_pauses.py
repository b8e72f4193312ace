"""A paused home: all is kept for the curve, nothing moves; what is loud at its end counts."""

from __future__ import annotations

from datetime import timedelta

from callassist.escalation.ending import look_at_home, pause_home
from callassist.models import Property
from tests.detection.test_sources import LOUD, door, kinds, minut, minut_home, minutes, state
from tests.ingest.scene import Scene

CALM = 50.0


def pause(scene: Scene, home_id: int, **span: float) -> None:
    now = scene.clock.now()
    until = now + timedelta(**span)
    with scene.sessions.write() as session:
        home = session.get_one(Property, home_id)
        home.paused_from, home.paused_until = now, until
        pause_home(session, home, until, "host", now=now)
    scene.timers.run_due()


def end_pause(scene: Scene, home_id: int) -> None:
    now = scene.clock.now()
    with scene.sessions.write() as session:
        home = session.get_one(Property, home_id)
        home.paused_until = now
        look_at_home(session, home, now=now)
    scene.timers.run_due()


def test_readings_in_a_pause_are_kept_and_begin_nothing(scene: Scene):
    home_id, _ = scene.attic()
    pause(scene, home_id, minutes=30)
    scene.say(scene.level(LOUD))
    scene.keep_saying(LOUD, 20)
    assert scene.breaches() == []
    assert {each.verdict for each in scene.readings()} == {"paused"}
    assert len(scene.readings()) == 21


def test_a_pause_ends_the_running_breach(scene: Scene):
    home_id, _ = scene.attic()
    scene.say(scene.level(LOUD))
    scene.keep_saying(LOUD, 20)
    pause(scene, home_id, hours=2)
    (breach,) = scene.breaches()
    assert (breach.ended_at, breach.end_reason) == (scene.clock.now(), "paused")
    assert kinds(scene) == ["breach_open", "breach_ended"]
    scene.keep_saying(LOUD, 30)
    assert kinds(scene) == ["breach_open", "breach_ended"]


def test_loud_at_the_end_of_a_pause_counts_from_that_moment(scene: Scene):
    home_id, _ = scene.attic()
    pause(scene, home_id, minutes=30)
    end = scene.clock.now() + minutes(30)
    scene.keep_saying(LOUD, 60)
    scene.timers.run_due()
    (breach,) = scene.breaches()
    assert (breach.began_at, breach.escalated_at) == (end, end + minutes(30))


def test_a_calm_end_of_a_pause_begins_nothing(scene: Scene):
    home_id, _ = scene.attic()
    pause(scene, home_id, minutes=30)
    scene.keep_saying(LOUD, 20)
    scene.keep_saying(CALM, 40)
    assert scene.breaches() == []


def test_a_state_that_started_in_a_pause_counts_from_its_end(scene: Scene):
    home_id = door(scene)
    pause(scene, home_id, minutes=30)
    end = scene.clock.now() + minutes(30)
    scene.wait(minutes=5)
    state(scene, "started")
    scene.wait(minutes=55)
    (breach,) = scene.breaches()
    assert (breach.began_at, breach.escalated_at) == (end, end + minutes(30))


def test_a_state_that_was_on_before_the_pause_counts_from_its_end(scene: Scene):
    home_id = door(scene)
    state(scene, "started")
    scene.wait(minutes=5)
    pause(scene, home_id, minutes=30)
    end = scene.clock.now() + minutes(30)
    scene.wait(minutes=31)
    first, second = scene.breaches()
    assert (first.end_reason, second.began_at) == ("paused", end)


def test_a_notice_does_not_reach_back_into_the_pause(scene: Scene):
    home_id = minut_home(scene)
    pause(scene, home_id, minutes=30)
    end = scene.clock.now() + minutes(30)
    scene.wait(minutes=34)
    minut(scene, "disturbance_third_notice")
    (breach,) = scene.breaches()
    assert breach.began_at == end + minutes(4)
    scene.wait(minutes=60)
    scene.clock.advance(minutes=1)
    minut(scene, "disturbance_ended")
    scene.wait(minutes=30)
    minut(scene, "disturbance_first_notice")
    assert scene.breaches()[1].began_at == scene.clock.now() - minutes(10)


def test_a_notice_that_is_on_at_the_end_goes_on_from_there_with_the_next(scene: Scene):
    home_id = minut_home(scene)
    pause(scene, home_id, minutes=30)
    end = scene.clock.now() + minutes(30)
    scene.wait(minutes=25)
    minut(scene, "disturbance_first_notice")
    scene.wait(minutes=10)
    minut(scene, "disturbance_second_notice")
    (breach,) = scene.breaches()
    assert breach.began_at == end
    scene.wait(minutes=25)
    assert scene.breaches()[0].escalated_at == end + minutes(30)


def test_a_pause_that_nobody_told_us_of_is_noticed_afterwards(scene: Scene):
    """The service was down for the whole of it."""
    home_id, _ = scene.attic()
    scene.say(scene.level(LOUD))
    scene.clock.advance(minutes=2)
    now = scene.clock.now()
    scene.change(Property, home_id, paused_from=now, paused_until=now + minutes(5))
    scene.clock.advance(minutes=8)
    scene.say(scene.level(LOUD))
    first, second = scene.breaches()
    assert (first.end_reason, first.ended_at) == ("paused", now)
    assert second.began_at == now + minutes(5)


def test_a_reading_taken_in_the_pause_that_comes_after_it_moves_nothing(scene: Scene):
    home_id, _ = scene.attic()
    pause(scene, home_id, minutes=30)
    scene.wait(minutes=31)
    scene.say(scene.level(LOUD, at=scene.clock.now() - minutes(2)), scene.level(CALM))
    assert [each.verdict for each in scene.readings()] == ["paused", "applied"]
    assert scene.breaches() == []


def test_a_pause_that_is_ended_early_is_over_at_once(scene: Scene):
    home_id = door(scene)
    pause(scene, home_id, hours=8)
    state(scene, "started")
    scene.wait(minutes=5)
    end_pause(scene, home_id)
    (breach,) = scene.breaches()
    assert breach.began_at == scene.clock.now()


def test_keys_of_breaches_are_never_used_twice(scene: Scene):
    home_id, _ = scene.attic()
    for _ in range(3):
        scene.say(scene.level(LOUD))
        scene.clock.advance(minutes=1)
        pause(scene, home_id, minutes=20)
        scene.wait(minutes=21)
    assert [each.key for each in scene.breaches()] == [1, 2, 3]
