"""A connected Netatmo account: levels with their own times, each once, silence after 25 minutes."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

MAC = "12:34:56:00:e8:33"


def connected(scene, level=41):
    scene.netatmo.add_station(MAC, "Attic")
    scene.netatmo.measured(MAC, scene.clock.now() - timedelta(minutes=2), level)
    connection_id = scene.connect("netatmo")
    scene.look_after()
    return connection_id


def turn(scene, minutes=11):
    scene.clock.advance(minutes=minutes)
    scene.homes.timers.run_due()
    return scene.look_after()


def measure(scene, *levels):
    """The newest two minutes ago, the others five minutes apart before it."""
    for index, level in enumerate(reversed(levels)):
        at = scene.clock.now() - timedelta(minutes=2 + 5 * index)
        scene.netatmo.measured(MAC, at, level)


def test_a_station_comes_as_a_level_sensor_that_reports_every_ten_minutes(scene):
    connected(scene)
    sensor = scene.sensors()[MAC]
    assert (sensor.name, sensor.kind, sensor.interval_seconds) == ("Attic", "level", 600)
    at = scene.clock.now() - timedelta(minutes=2)
    assert scene.readings(MAC) == [(at, "level", 41.0)]


def test_each_poll_brings_the_sample_in_between_with_its_own_time(scene):
    connected(scene)
    scene.clock.advance(minutes=10)
    measure(scene, 55, 60)
    turn(scene, minutes=1)
    found = scene.readings(MAC)
    assert [level for _, _, level in found] == [41.0, 55.0, 60.0]
    assert [late[0] - early[0] for early, late in pairwise(found)] == [
        timedelta(minutes=5),
        timedelta(minutes=5),
    ]


def test_the_same_level_twice_is_one_reading(scene):
    connected(scene)
    turn(scene)
    turn(scene)
    assert len(scene.netatmo.requests("getstationsdata")) == 3
    assert len(scene.readings(MAC)) == 1


def test_samples_of_an_outage_of_ours_are_fetched(scene):
    connected(scene)
    scene.clock.advance(hours=1)
    measure(scene, *range(40, 52))
    turn(scene, minutes=1)
    assert len(scene.readings(MAC)) == 13


def test_half_an_hour_of_loud_levels_makes_a_call(scene):
    connected(scene)
    scene.pair(MAC)
    for _ in range(5):
        scene.clock.advance(minutes=10)
        measure(scene, 80, 81)
        turn(scene, minutes=1)
    assert scene.homes.breaches()[0].escalated_at is not None


def test_levels_that_come_later_than_a_quarter_of_an_hour_start_no_call(scene):
    connected(scene)
    scene.pair(MAC)
    scene.clock.advance(minutes=60)
    for minutes in range(20, 60, 5):
        scene.netatmo.measured(MAC, scene.clock.now() - timedelta(minutes=minutes), 85)
    turn(scene, minutes=1)
    scene.homes.wait(minutes=2)
    assert all(one.escalated_at is None for one in scene.homes.breaches())


def test_a_station_that_is_not_reached_falls_silent_after_25_minutes_and_not_before(scene):
    connected(scene, level=85)
    scene.pair(MAC)
    scene.clock.advance(minutes=5)
    scene.netatmo.measured(MAC, scene.clock.now(), 85)
    turn(scene, minutes=6)
    scene.netatmo.unreached.add(MAC)
    turn(scene, minutes=14)
    (breach,) = scene.homes.breaches()
    assert breach.frozen_since is None
    turn(scene, minutes=7)
    assert scene.homes.breaches()[0].frozen_since is not None


def test_stations_without_noise_are_no_sensors(scene):
    scene.netatmo.add_station("aa:bb", "Outside")
    scene.connect("netatmo")
    scene.look_after()
    assert scene.sensors() == {}
