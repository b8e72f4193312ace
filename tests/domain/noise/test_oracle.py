"""The fast rule and a slow one that was written apart from it agree."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dealing import examples
from tests.domain.noise.home import CALM, LOUD, Home, Told, level
from tests.domain.noise.oracle import CALM_AFTER, one_sensor, steady_sensors
from tests.domain.noise.streams import GAPPY, LEVELS, STEADY, evening_of

SERIES = Path(__file__).parents[2] / "data" / "noise" / "laeq_1min_11d.csv"
seeds = st.integers(0, 2**48).map(Random)
Readings = list[tuple[int, bool]]


def _readings(rng: Random, spacing: tuple[int, ...], most: int) -> list[Readings]:
    evening = evening_of(rng, kinds=LEVELS, spacing=spacing, most=most)
    start = min(event.at for event in evening.events)
    return [
        [(int((event.at - start).total_seconds() // 60), event.level_db == LOUD) for event in each]
        for each in evening.streams.values()
    ]


def _heard(sensors: list[Readings], *, clock: bool) -> list[Told]:
    home = Home(kinds=dict.fromkeys(range(1, len(sensors) + 1), LEVELS[0]))
    told = sorted(
        (when, sensor, loud)
        for sensor, readings in enumerate(sensors, start=1)
        for when, loud in readings
    )
    for when, sensor, loud in told:
        due = home.due()
        while clock and due is not None and due < when:
            home.tick(due)
            due = home.due()
        home.hear(level(when, LOUD if loud else CALM, sensor=sensor))
    home.tick(5000)
    return home.breaches


@settings(max_examples=examples(200, dealt=60), deadline=None)
@given(seeds, st.booleans())
def test_one_sensor_with_gaps(rng: Random, clock: bool) -> None:
    (readings,) = _readings(rng, GAPPY, 1)
    assert _heard([readings], clock=clock) == one_sensor(readings)


@settings(max_examples=examples(150, dealt=50), deadline=None)
@given(seeds, st.booleans())
def test_several_steady_sensors(rng: Random, clock: bool) -> None:
    sensors = _readings(rng, STEADY, 4)
    last = max(readings[-1][0] for readings in sensors)
    for readings in sensors:
        readings += [(when, False) for when in range(readings[-1][0] + 1, last + CALM_AFTER + 2)]
    found, expected = _heard(sensors, clock=clock), steady_sensors(sensors)
    assert [replace(each, escalated=None) for each in found] == [
        replace(each, escalated=None) for each in expected
    ]
    for ours, theirs in zip(found, expected, strict=True):
        assert _waits_for_readings_in_transit(ours.escalated, theirs.escalated)


def _waits_for_readings_in_transit(ours: float | None, theirs: float | None) -> bool:
    """At most `max_age` later than who knows every reading, and never earlier."""
    if ours is None or theirs is None:
        return ours is theirs
    return 0 <= ours - theirs <= 5


def test_a_recorded_day() -> None:
    with SERIES.open(newline="") as file:
        rows = list(csv.DictReader(file))
    midnight = datetime(2025, 3, 31, tzinfo=UTC)
    readings = []
    for row in rows:
        taken = datetime.fromisoformat(row["datetime_local"]).replace(tzinfo=UTC)
        minute = (taken - midnight).total_seconds() / 60
        if 0 < minute < 1440:
            readings.append((int(minute), float(row["laeq_db"]) >= 55))
    found = _heard([readings], clock=True)
    assert found == one_sensor(readings)
    assert sum(each.escalated is not None for each in found) == 5
