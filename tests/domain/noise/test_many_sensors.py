"""Several sensors of one home make one breach."""

from __future__ import annotations

from callassist.domain.noise import (
    BreachFrozen,
    BreachMoved,
    BreachReopened,
    ReadingKind,
    SourceKind,
    encode,
)
from tests.domain.noise.home import CALM, LOUD, Home, Told, at, level, said

TWO_LEVELS = {1: SourceKind.LEVEL, 2: SourceKind.LEVEL}
STARTED, ENDED = ReadingKind.NOISE_STARTED, ReadingKind.NOISE_ENDED


def two() -> Home:
    return Home(kinds=TWO_LEVELS)


def test_a_breach_begins_with_the_first_and_ends_when_none_is_loud() -> None:
    home = two()
    home.levels(0, 12, LOUD)
    home.levels(10, 22, LOUD, sensor=2)
    home.levels(12, 20, CALM)
    home.levels(22, 27, CALM, sensor=2)
    assert home.breaches == [Told(first=0, began=0, ended=26, reason="calm")]


def test_together_they_persist() -> None:
    home = two()
    home.levels(0, 16, LOUD)
    home.levels(16, 22, CALM)
    home.levels(15, 31, LOUD, sensor=2)
    assert home.breaches == [Told(first=0, began=0, escalated=30)]


def test_a_reading_that_lies_before_the_end_reopens_it() -> None:
    home = two()
    home.levels(0, 5, LOUD)
    home.levels(5, 10, CALM)
    assert home.breaches == [Told(first=0, began=0, ended=9, reason="calm")]
    home.hear(level(8, LOUD, sensor=2, delay=2))
    assert home.of(BreachReopened) == [BreachReopened(key=1)]
    assert home.breaches == [Told(first=0, began=0)]


def test_an_earlier_reading_of_another_sensor_moves_the_beginning() -> None:
    home = two()
    home.levels(4, 8, LOUD)
    home.hear(level(3, CALM, sensor=2, delay=5))
    home.hear(level(3.5, LOUD, sensor=2, delay=4.5))
    assert home.of(BreachMoved) == [BreachMoved(key=1, first_loud_at=at(3.5), began_at=at(3.5))]


def test_a_sensor_heard_later_may_show_that_two_breaches_were_one() -> None:
    home = two()
    home.levels(0, 3, LOUD)
    home.levels(3, 12, CALM)
    home.levels(12, 16, LOUD)
    assert [each.first for each in home.breaches] == [0, 12]
    home.hear(*[level(when, LOUD, sensor=2, delay=20) for when in range(5, 14)])
    assert home.breaches == [Told(first=0, began=0)]
    assert home.of(BreachMoved)[-1] == BreachMoved(
        key=2, first_loud_at=at(0), began_at=at(0), absorbed=(1,)
    )


def test_a_silent_sensor_counts_neither_way_when_a_heard_one_says_calm() -> None:
    home = two()
    home.levels(0, 6, LOUD)
    home.levels(3, 20, LOUD, sensor=2)
    home.tick(19)
    assert home.of(BreachFrozen) == [], "another loud sensor is heard"
    home.levels(20, 25, CALM, sensor=2)
    assert home.breaches == [Told(first=0, began=0, ended=24, reason="calm")]
    home.hear(level(30, LOUD))
    assert home.breaches[1:] == [Told(first=30, began=30)]


def test_calm_sensors_do_not_end_what_a_silent_one_has_begun() -> None:
    home = two()
    home.levels(0, 6, LOUD)
    home.levels(0, 20, CALM, sensor=2)
    home.tick(20)
    assert home.breach.frozen_since == at(5)
    home.hear(level(20, CALM, sensor=2))
    assert home.breach.frozen_since == at(5)


def test_another_sensor_that_becomes_loud_thaws_it_and_the_gap_does_not_count() -> None:
    home = two()
    home.levels(0, 6, LOUD)
    home.levels(0, 20, CALM, sensor=2)
    home.levels(20, 46, LOUD, sensor=2)
    home.tick(46)
    assert home.breaches == [Told(first=0, began=15, escalated=45)]


def test_it_is_lost_only_with_the_last_of_its_silent_sensors() -> None:
    home = two()
    home.levels(0, 6, LOUD)
    home.levels(4, 9, LOUD, sensor=2)
    home.tick(20)
    assert home.breach.frozen_since == at(8)
    home.tick(37.9)
    assert home.state.breach is not None
    home.tick(38)
    assert home.breaches == [Told(first=0, began=0, ended=8, reason="sensor_lost")]


def test_two_brands_make_one_breach() -> None:
    home = Home(kinds={1: SourceKind.LEVEL, 2: SourceKind.NOTICE})
    home.levels(5, 14, LOUD)
    home.hear(said(ReadingKind.NOTICE, 14, sensor=2, number=1))
    assert home.breaches == [Told(first=4, began=4)]
    home.tick(34)
    assert home.breaches == [Told(first=4, began=4, escalated=34)]
    home.hear(said(ReadingKind.NOTICE_ENDED, 35, sensor=2))
    assert home.breaches == [Told(first=4, began=4, escalated=34, ended=35, reason="calm")]


def test_noise_that_goes_on_at_another_sensor_at_the_very_instant_is_one_breach() -> None:
    for first, second in ((1, 2), (2, 1)):
        home = two()
        home.hear(level(0, LOUD), level(0, CALM, sensor=2))
        last = {1: level(5, CALM), 2: level(5, LOUD, sensor=2)}
        home.hear(last[first])
        home.hear(last[second])
        assert home.breaches == [Told(first=0, began=0)]


def test_a_dip_of_a_state_source_is_bridged_by_a_level_sensor() -> None:
    home = Home(kinds={1: SourceKind.STATE, 2: SourceKind.LEVEL})
    home.hear(said(STARTED, 0), said(ENDED, 10))
    home.levels(12, 31, LOUD, sensor=2)
    assert home.breaches == [Told(first=0, began=0, escalated=30)]


def test_a_sensor_that_takes_over_before_the_first_counts_as_silent_leaves_no_gap() -> None:
    home = two()
    home.levels(0, 11, LOUD)
    home.levels(0, 20, CALM, sensor=2)
    home.levels(20, 31, LOUD, sensor=2)
    assert home.of(BreachFrozen) == []
    assert home.breaches == [Told(first=0, began=0, escalated=30)]


def test_no_call_while_a_reading_under_way_may_still_show_that_it_had_ended() -> None:
    home = two()
    home.levels(0, 22, LOUD)
    home.levels(0, 27, CALM, sensor=2)
    home.levels(28, 31, LOUD, sensor=2)
    assert home.breach.escalated_at is None, "sensor 1 may have said calm at 26"
    home.hear(level(27, LOUD, delay=4))
    assert home.breach.escalated_at == at(30)


def test_what_comes_later_than_five_minutes_is_not_waited_for() -> None:
    home = two()
    home.levels(0, 25, LOUD)
    home.levels(0, 30, CALM, sensor=2)
    home.levels(31, 40, LOUD, sensor=2)
    assert home.breach.escalated_at is not None


def test_a_lost_sensor_that_comes_back_never_reaches_into_what_was_forgotten() -> None:
    kinds = {1: SourceKind.STATE, 2: SourceKind.NOTICE, 3: SourceKind.LEVEL}
    events = [
        said(ReadingKind.NOTICE, 39, sensor=2, number=1),
        said(STARTED, 50),
        said(ReadingKind.OFFLINE, 50, sensor=2),
        said(ENDED, 55),
        said(ENDED, 70),
        level(87, LOUD, sensor=3),
        said(ReadingKind.NOTICE, 95, sensor=2, number=1),
        said(ReadingKind.NOTICE, 96, sensor=2, number=2),
    ]
    one_by_one, at_once = Home(kinds=kinds), Home(kinds=kinds)
    for event in events:
        one_by_one.hear(event)
    at_once.hear(*events)
    assert one_by_one.breaches == at_once.breaches


def test_a_dead_sensor_makes_a_noisy_home_remember_no_more_than_64_breaches() -> None:
    home = two()
    home.hear(level(0, CALM, sensor=2))
    for start in range(10, 1400, 15):
        home.levels(start, start + 2, LOUD)
        home.levels(start + 2, start + 8, CALM)
    assert len(home.told) == 93
    assert len(home.state.records) == 64
    assert len(encode(home.state)) < 20_000
