"""Silence is unknown, not quiet."""

from __future__ import annotations

from datetime import timedelta

from callassist.domain.noise import (
    BreachFrozen,
    BreachMoved,
    BreachReopened,
    BreachThawed,
    ReadingKind,
    SensorBack,
    SensorSilent,
    SourceKind,
    SourceTraits,
)
from tests.domain.noise.home import CALM, LOUD, Home, Told, at, level, said

STARTED, ENDED = ReadingKind.NOISE_STARTED, ReadingKind.NOISE_ENDED
OFFLINE, ONLINE = ReadingKind.OFFLINE, ReadingKind.ONLINE
JUST = 1 / 60_000_000  # a microsecond, in minutes


def test_a_gap_of_more_than_ten_minutes_is_silence_and_is_told_once() -> None:
    home = Home()
    home.hear(level(0, CALM))
    assert home.tick(10) == ()
    assert home.due() == 10 + JUST
    assert home.tick(10 + JUST) == (SensorSilent(sensor_id=1, since=at(0)),)
    assert home.tick(11) == ()
    assert home.due() is None
    assert home.state.silent_sensors == {1: at(0)}
    home.hear(level(20, CALM))
    assert home.effects[-1] == SensorBack(sensor_id=1, at=at(20))


def test_a_slow_sensor_is_given_two_and_a_half_intervals() -> None:
    slow = SourceTraits(kind=SourceKind.LEVEL, interval=timedelta(minutes=10))
    home = Home(traits={1: slow})
    home.hear(level(0, CALM))
    assert home.due() == 25 + JUST


def test_a_restart_of_ours_gives_every_sensor_a_fresh_allowance() -> None:
    home = Home()
    home.levels(0, 3, LOUD)
    home.up_since = at(20)
    assert home.tick(30) == ()
    assert home.due() == 30 + JUST
    home.hear(level(29, LOUD))
    assert home.breaches == [Told(first=0, began=0)], "our outage is not the sensor's silence"


def test_a_breach_does_not_outlive_an_outage_of_ours_longer_than_any_gap_may_be() -> None:
    home = Home()
    home.levels(0, 3, LOUD)
    home.up_since = at(300)
    home.hear(level(301, LOUD))
    assert home.breaches == [
        Told(first=0, began=0, ended=2, reason="sensor_lost"),
        Told(first=301, began=301),
    ]


def test_a_breach_is_frozen_while_its_sensor_is_unheard_and_cannot_escalate() -> None:
    home = Home()
    home.levels(0, 21, LOUD)
    home.tick(31)
    assert home.breach.frozen_since == at(20)
    assert home.effects[-2:] == [
        SensorSilent(sensor_id=1, since=at(20)),
        BreachFrozen(key=1, since=at(20)),
    ]
    assert home.due() == 50


def test_heard_again_loud_it_goes_on_and_the_whole_gap_does_not_count() -> None:
    home = Home()
    home.levels(0, 21, LOUD)
    home.tick(31)
    home.hear(level(40, LOUD))
    assert home.effects[-3:] == [
        SensorBack(sensor_id=1, at=at(40)),
        BreachMoved(key=1, first_loud_at=at(0), began_at=at(20)),
        BreachThawed(key=1, at=at(40)),
    ]
    home.levels(41, 51, LOUD)
    assert home.breaches == [Told(first=0, began=20, escalated=50)]


def test_the_outcome_is_the_same_if_the_clock_never_came() -> None:
    home = Home()
    home.levels(0, 21, LOUD)
    home.levels(40, 51, LOUD)
    assert home.breaches == [Told(first=0, began=20, escalated=50)]
    assert home.of(SensorSilent, SensorBack) == [
        SensorSilent(sensor_id=1, since=at(20)),
        SensorBack(sensor_id=1, at=at(40)),
    ]


def test_the_gap_runs_from_the_last_reading_loud_or_not() -> None:
    home = Home()
    home.levels(0, 10, LOUD)
    home.levels(10, 13, CALM)
    home.hear(level(30, LOUD))
    assert home.breaches == [Told(first=0, began=18)]


def test_heard_again_at_the_very_limit_it_goes_on() -> None:
    home = Home()
    home.levels(0, 6, LOUD)
    home.hear(level(35, LOUD))
    assert home.breaches == [Told(first=0, began=30)]


def test_heard_again_calm_it_is_closed_as_of_its_last_loud_reading() -> None:
    home = Home()
    home.levels(0, 21, LOUD)
    home.hear(level(21, CALM))
    home.tick(33)
    home.hear(level(40, CALM), level(41, LOUD))
    assert home.breaches == [
        Told(first=0, began=0, ended=20, reason="calm"),
        Told(first=41, began=41),
    ]


def test_the_clock_closes_it_when_the_sensor_is_lost() -> None:
    home = Home()
    home.levels(0, 21, LOUD)
    home.hear(level(22, CALM))
    home.tick(33)
    assert home.due() == 52
    home.tick(51.99)
    assert home.state.breach is not None
    home.tick(52)
    assert home.breaches == [Told(first=0, began=0, ended=20, reason="sensor_lost")]
    assert home.due() is None
    home.hear(level(60, LOUD))
    assert home.breaches[1:] == [Told(first=60, began=60)]


def test_later_than_the_limit_a_new_breach_begins_without_the_clock_too() -> None:
    home = Home()
    home.levels(0, 6, LOUD)
    home.hear(level(35 + JUST, LOUD))
    assert home.breaches[0] == Told(first=0, began=0, ended=5, reason="sensor_lost")
    assert len(home.breaches) == 2


def test_a_reading_that_was_under_way_shows_that_it_was_not_lost() -> None:
    home = Home()
    home.levels(0, 6, LOUD)
    home.tick(35)
    assert home.state.breach is None
    home.hear(level(34, LOUD, delay=2))
    assert home.of(BreachReopened) == [BreachReopened(key=1)]
    assert home.breaches == [Told(first=0, began=29)]


def test_readings_that_were_under_way_leave_no_gap() -> None:
    home = Home()
    home.levels(0, 11, LOUD)
    home.tick(21)
    assert home.of(BreachFrozen) == [BreachFrozen(key=1, since=at(10))]
    home.hear(*[level(when, LOUD, delay=4) for when in range(17, 19)])
    assert home.breach.frozen_since is None
    home.levels(19, 31, LOUD)
    assert home.breaches == [Told(first=0, began=0, escalated=30)]


def test_a_backlog_of_old_readings_does_not_make_the_sensor_heard() -> None:
    home = Home()
    home.hear(level(0, CALM))
    home.tick(60)
    home.hear(level(1, CALM, delay=60), level(2, CALM, delay=59))
    assert home.of(SensorBack) == []
    home.hear(level(61, CALM))
    assert home.of(SensorBack) == [SensorBack(sensor_id=1, at=at(61))]


def test_silence_after_escalation_leaves_it_escalated() -> None:
    home = Home()
    home.levels(0, 31, LOUD)
    home.tick(41)
    assert home.breach.frozen_since == at(30)
    assert home.breach.escalated_at == at(30)
    home.tick(60)
    assert home.breaches == [Told(first=0, began=0, escalated=30, ended=30, reason="sensor_lost")]


def test_a_state_source_is_silent_only_when_its_vendor_says_so() -> None:
    home = Home(kinds={1: SourceKind.STATE})
    home.hear(said(STARTED, 0))
    home.tick(29)
    assert home.effects[1:] == []
    home.hear(said(OFFLINE, 29))
    assert home.effects[1:] == [
        SensorSilent(sensor_id=1, since=at(29)),
        BreachFrozen(key=1, since=at(29)),
    ]
    home.tick(30)
    assert home.breach.escalated_at is None


def test_back_online_its_last_word_stands_and_the_gap_does_not_count() -> None:
    home = Home(kinds={1: SourceKind.STATE})
    home.hear(said(STARTED, 0), said(OFFLINE, 20), said(ONLINE, 32))
    assert home.due() == 42
    home.tick(42)
    assert home.breaches == [Told(first=0, began=12, escalated=42)]


def test_back_online_too_late_or_with_noise_ended_it_is_closed() -> None:
    for event in (said(ONLINE, 51), said(ENDED, 30), said(ENDED, 51)):
        home = Home(kinds={1: SourceKind.STATE})
        home.hear(said(STARTED, 0), said(OFFLINE, 20), event)
        assert [(each.first, each.ended) for each in home.breaches] == [(0, 20)]
        assert home.due() is None


def test_a_vendor_that_never_says_back_loses_the_sensor() -> None:
    home = Home(kinds={1: SourceKind.NOTICE})
    home.hear(said(ReadingKind.NOTICE, 10, number=1), said(OFFLINE, 15))
    assert home.due() == 45
    home.tick(45)
    assert home.breaches == [Told(first=0, began=0, ended=15, reason="sensor_lost")]


def test_a_heartbeat_that_stops_is_silence() -> None:
    traits = SourceTraits(kind=SourceKind.STATE, heartbeat=timedelta(minutes=6))
    home = Home(traits={1: traits})
    home.hear(said(STARTED, 0))
    home.hear(said(ReadingKind.HEARTBEAT, 12))
    assert home.due() == 27 + JUST
    home.tick(28)
    assert home.breach.frozen_since == at(12)
    home.hear(said(OFFLINE, 29))
    assert home.breach.frozen_since == at(12), "offline is not a sign of life"
    home.hear(said(ReadingKind.HEARTBEAT, 32))
    assert home.breaches == [Told(first=0, began=20)]
