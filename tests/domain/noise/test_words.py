"""Sources that judge by themselves: notices, and noise started or ended."""

from __future__ import annotations

from datetime import timedelta

from callassist.domain.noise import (
    BreachBegan,
    BreachEscalated,
    ReadingKind,
    SourceKind,
    SourceTraits,
    Verdict,
)
from tests.domain.noise.home import LOUD, Home, Told, at, level, said

NOTICE, NOTICE_ENDED = ReadingKind.NOTICE, ReadingKind.NOTICE_ENDED
STARTED, ENDED = ReadingKind.NOISE_STARTED, ReadingKind.NOISE_ENDED


def notices() -> Home:
    return Home(kinds={1: SourceKind.NOTICE})


def states() -> Home:
    return Home(kinds={1: SourceKind.STATE})


def test_a_first_notice_tells_of_noise_since_its_own_delay() -> None:
    home = notices()
    home.hear(said(NOTICE, 10, number=1))
    assert home.breaches == [Told(first=0, began=0)]
    assert home.breach.is_on
    assert home.due() == 30


def test_a_third_notice_alone_tells_of_thirty_minutes_and_escalates() -> None:
    home = notices()
    home.hear(said(NOTICE, 30, number=3))
    assert home.breaches == [Told(first=0, began=0, escalated=30)]


def test_a_sensor_with_other_times_of_its_own_is_believed() -> None:
    traits = SourceTraits(
        kind=SourceKind.NOTICE,
        notice_delay=timedelta(minutes=15),
        notice_step=timedelta(minutes=8),
    )
    home = Home(traits={1: traits})
    home.hear(said(NOTICE, 30, number=2))
    assert home.breaches == [Told(first=7, began=7)]


def test_an_earlier_known_beginning_stays() -> None:
    home = notices()
    home.hear(said(NOTICE, 10, number=1))
    home.hear(said(NOTICE, 22, number=2))
    assert home.breaches == [Told(first=0, began=0)]
    home.hear(said(NOTICE, 28, number=3))
    assert home.breaches == [Told(first=-2, began=-2, escalated=28)]


def test_the_clock_escalates_a_notice_source_that_is_on() -> None:
    home = notices()
    home.hear(said(NOTICE, 10, number=1))
    assert home.tick(29.99) == ()
    home.tick(30.01)
    assert home.of(BreachEscalated) == [
        BreachEscalated(key=1, at=at(30), first_loud_at=at(0), began_at=at(0), peak_db=None)
    ]
    assert home.tick(31) == ()


def test_an_ended_notice_ends_its_part_at_its_own_time() -> None:
    home = notices()
    home.hear(said(NOTICE, 10, number=1), said(NOTICE_ENDED, 17))
    assert home.breaches == [Told(first=0, began=0, ended=17, reason="calm")]
    assert home.tick(30) == ()


def test_a_notice_does_not_reach_back_into_noise_that_had_ended() -> None:
    home = notices()
    home.hear(said(NOTICE, 10, number=1), said(NOTICE_ENDED, 17))
    home.hear(said(NOTICE, 22, number=1))
    assert len(home.of(BreachBegan)) == 2
    assert home.breach.first_loud_at - at(17) == timedelta(microseconds=1)


def test_the_level_of_a_notice_is_the_peak_and_may_be_missing() -> None:
    home = notices()
    home.hear(said(NOTICE, 10, number=1))
    assert home.breach.peak_db is None
    home.hear(said(NOTICE, 20, number=2, db=81.5))
    assert home.breach.peak_db == 81.5


def test_a_late_notice_cannot_start_a_call_but_the_next_one_can() -> None:
    home = notices()
    home.hear(said(NOTICE, 10, number=1, delay=6))
    home.tick(40)
    assert home.breach.escalated_at is None
    assert home.due() is None
    home.hear(said(NOTICE, 41, number=2))
    assert home.breach.escalated_at == at(41)


def test_a_state_source_escalates_by_the_clock() -> None:
    home = states()
    home.hear(said(STARTED, 3))
    assert home.due() == 33
    home.tick(33)
    assert home.breaches == [Told(first=3, began=3, escalated=33)]


def test_noise_ended_ends_it_five_minutes_later() -> None:
    home = states()
    home.hear(said(STARTED, 0), said(ENDED, 12))
    assert home.breach.last_loud_at == at(12)
    assert not home.breach.is_on
    assert home.due() == 17
    home.tick(16.99)
    assert home.state.breach is not None
    home.tick(17)
    assert home.breaches == [Told(first=0, began=0, ended=17, reason="calm")]


def test_noise_that_starts_again_in_time_goes_on() -> None:
    home = states()
    home.hear(said(STARTED, 0), said(ENDED, 12), said(STARTED, 16.5))
    assert home.due() == 30
    home.hear(said(ENDED, 20), said(STARTED, 26))
    assert [each.first for each in home.breaches] == [0, 26]


def test_a_state_source_that_is_off_at_thirty_minutes_is_not_escalated_by_the_clock() -> None:
    home = states()
    home.hear(said(STARTED, 0), said(ENDED, 28))
    home.tick(31)
    assert home.breach.escalated_at is None
    home.hear(said(STARTED, 32))
    assert home.breach.escalated_at == at(32)


def test_a_timer_that_comes_late_does_not_lose_the_escalation() -> None:
    home = states()
    home.hear(said(STARTED, 0))
    home.hear(said(ENDED, 30.5))
    assert home.breaches == [Told(first=0, began=0, escalated=30)]


def test_noise_that_started_late_never_calls_by_the_clock() -> None:
    home = states()
    assert home.hear(said(STARTED, 0, delay=20)) == (Verdict.LATE,)
    home.tick(40)
    home.hear(said(ENDED, 41))
    home.tick(60)
    assert home.breaches == [Told(first=0, began=0, ended=46, reason="calm")]


def test_a_state_source_says_nothing_by_its_levels() -> None:
    home = states()
    assert home.hear(level(0, LOUD)) == (Verdict.APPLIED,)
    assert home.state.breach is None


def test_of_two_words_at_one_instant_the_same_one_wins_in_either_order() -> None:
    for first, second in ((STARTED, ENDED), (ENDED, STARTED)):
        home = states()
        home.hear(said(STARTED, 0))
        home.hear(said(first, 5))
        home.hear(said(second, 5))
        assert home.breach.is_on
