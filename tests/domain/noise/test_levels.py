"""One level sensor: threshold, dips, escalation, age."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from callassist.domain.cadence import Cadence
from callassist.domain.noise import (
    BreachBegan,
    BreachEnded,
    BreachEscalated,
    EndReason,
    NoiseEvent,
    PropertyNoise,
    ReadingKind,
    Rules,
    SourceKind,
    SourceTraits,
    Verdict,
    apply,
)
from callassist.domain.policy import EscalationPolicy
from callassist.domain.quiet_hours import LocalHours
from callassist.errors import InvalidInput
from tests.domain.noise.home import CALM, LOUD, Home, Told, at, level, said


def test_a_level_of_the_threshold_itself_is_loud() -> None:
    home = Home()
    home.hear(level(0, 74.9))
    assert home.state.breach is None
    home.hear(level(1, 75.0))
    assert home.breach.first_loud_at == home.breach.began_at == home.breach.last_loud_at == at(1)


def test_noise_of_thirty_minutes_escalates_with_the_reading_that_makes_it_so() -> None:
    home = Home()
    home.levels(0, 30, LOUD)
    assert home.breach.escalated_at is None
    assert home.breach.due_at == at(30)
    home.hear(level(30, 83.5))
    assert home.of(BreachEscalated) == [
        BreachEscalated(key=1, at=at(30), first_loud_at=at(0), began_at=at(0), peak_db=83.5)
    ]
    home.levels(31, 90, LOUD)
    assert len(home.of(BreachEscalated)) == 1, "one escalation per breach"


def test_a_breach_ends_with_the_first_calm_reading_five_minutes_after_the_last_loud_one() -> None:
    home = Home()
    home.levels(0, 3, LOUD)
    home.levels(3, 7, CALM)
    assert home.breach.last_loud_at == at(2)
    home.hear(level(7, CALM))
    assert home.state.breach is None
    assert home.of(BreachEnded) == [
        BreachEnded(
            key=1,
            ended_at=at(7),
            reason=EndReason.CALM,
            last_loud_at=at(2),
            peak_db=LOUD,
        )
    ]


def test_a_shorter_lull_does_not_break_it_and_the_lull_counts() -> None:
    home = Home()
    home.levels(0, 10, LOUD)
    home.levels(10, 14, CALM)
    home.levels(14, 31, LOUD)
    assert home.breaches == [Told(first=0, began=0, escalated=30)]


def test_a_home_that_is_quiet_at_thirty_minutes_is_not_escalated_until_it_is_loud_again() -> None:
    home = Home()
    home.levels(0, 29, LOUD)
    home.levels(29, 32, CALM)
    home.tick(32)
    assert home.breach.escalated_at is None
    home.hear(level(32, LOUD))
    assert home.breach.escalated_at == at(32)


def test_the_next_breach_has_its_own_key_and_may_escalate_again() -> None:
    home = Home()
    home.levels(0, 35, LOUD)
    home.levels(35, 45, CALM)
    home.levels(45, 80, LOUD)
    assert home.breaches == [
        Told(first=0, began=0, escalated=30, ended=39, reason="calm"),
        Told(first=45, began=45, escalated=75),
    ]
    assert [each.key for each in home.of(BreachBegan) if isinstance(each, BreachBegan)] == [1, 2]


def test_quiet_hours_lower_the_threshold_in_the_zone_of_the_home() -> None:
    night = EscalationPolicy(quiet_hours=LocalHours(start=time(22), end=time(8)))
    home = Home(policy=night, tz=ZoneInfo("Europe/Paris"))  # 18:00 UTC is 20:00 there
    home.hear(level(119, 72))
    assert home.state.breach is None
    home.hear(level(120, 72))
    assert home.breach.first_loud_at == at(120)
    assert Home(policy=night, tz=UTC).hear(level(120, 72)) == (Verdict.APPLIED,)


def test_the_times_are_those_of_when_the_breach_began() -> None:
    policy = EscalationPolicy(
        quiet_hours=LocalHours(start=time(22), end=time(8)),
        quiet_cadence=Cadence(
            persist_for=timedelta(minutes=15),
            calm_after=timedelta(minutes=3),
            ladder_steps=(),
        ),
    )
    before_night = Home(policy=policy)
    before_night.levels(239, 270, LOUD)
    assert before_night.breaches == [Told(first=239, began=239, escalated=269)]
    at_night = Home(policy=policy)
    at_night.levels(240, 256, LOUD)
    at_night.levels(256, 259, CALM)
    assert at_night.breaches == [
        Told(first=240, began=240, escalated=255, ended=258, reason="calm")
    ]


def test_a_late_reading_builds_a_breach_but_cannot_start_a_call() -> None:
    home = Home()
    verdicts = [home.hear(level(when, LOUD, delay=6))[0] for when in range(41)]
    assert set(verdicts) == {Verdict.LATE}
    home.tick(46)
    assert home.breaches == [Told(first=0, began=0)]
    home.hear(level(44, CALM, delay=2))
    assert home.breach.escalated_at is None, "nor does a calm reading that is on time"
    home.hear(level(47, LOUD))
    assert home.breach.escalated_at == at(47)


def test_five_minutes_of_age_are_on_time_and_each_sensor_has_its_own_limit() -> None:
    assert Home().hear(level(0, LOUD, delay=5)) == (Verdict.APPLIED,)
    netatmo = SourceTraits(kind=SourceKind.LEVEL, max_age=timedelta(minutes=15))
    assert Home(traits={1: netatmo}).hear(level(0, LOUD, delay=15)) == (Verdict.APPLIED,)


def test_events_of_the_future_or_of_yesterday_move_nothing() -> None:
    home = Home()
    assert home.hear(level(6, LOUD, delay=-5.1)) == (Verdict.FUTURE,)
    assert home.hear(level(0, LOUD, delay=24 * 60 + 0.1)) == (Verdict.TOO_OLD,)
    assert home.state == PropertyNoise()
    assert home.hear(level(6, LOUD, delay=-5)) == (Verdict.APPLIED,)


def test_a_stale_reading_and_a_repeated_one_move_nothing() -> None:
    home = Home()
    home.hear(level(0, CALM), level(10, CALM))
    before = home.state
    assert home.hear(level(5, LOUD)) == (Verdict.OUT_OF_ORDER,)
    assert home.hear(level(10, LOUD)) == (Verdict.OUT_OF_ORDER,)
    assert home.state == before
    assert home.effects == []


def test_verdicts_come_in_the_order_of_the_batch_and_event_time_orders_it() -> None:
    home = Home()
    batch = [level(2, CALM), level(0, LOUD), level(60, LOUD, delay=-30), level(1, LOUD)]
    assert home.hear(*batch) == (
        Verdict.APPLIED,
        Verdict.APPLIED,
        Verdict.FUTURE,
        Verdict.APPLIED,
    )
    assert home.breach.first_loud_at == at(0)
    assert home.breach.last_loud_at == at(1)


def test_what_a_level_sensor_cannot_say_moves_nothing() -> None:
    home = Home()
    for event in (
        said(ReadingKind.NOISE_STARTED, 0),
        said(ReadingKind.HEARTBEAT, 0),
        said(ReadingKind.LEVEL, 0),
    ):
        assert home.hear(event) == (Verdict.NOT_APPLICABLE,)
    assert home.state == PropertyNoise()


def test_a_sensor_of_another_home_is_refused_by_its_number() -> None:
    with pytest.raises(InvalidInput, match="sensor 7"):
        Home().hear(level(0, LOUD, sensor=7))


def test_a_naive_instant_is_refused() -> None:
    home = Home()
    naive = datetime(2025, 6, 6, 18)  # noqa: DTZ001
    event = NoiseEvent(
        sensor_id=1, at=naive, received_at=at(0), kind=ReadingKind.LEVEL, level_db=1.0
    )
    with pytest.raises(TypeError):
        home.hear(event)


def test_a_long_evening_leaves_a_small_state() -> None:
    rules = Rules(
        policy=EscalationPolicy(quiet_hours=None),
        tz=UTC,
        traits={1: SourceTraits(kind=SourceKind.LEVEL)},
    )
    state = PropertyNoise()
    for hour in range(48):
        events = [level(hour * 20 + k, LOUD if k < 9 else CALM) for k in range(20)]
        state = apply(state, events, rules, at(0)).state
        assert len(state.records) <= 1
        assert len(state.sources[1].segments) <= 1
