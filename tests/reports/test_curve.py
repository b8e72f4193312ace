"""The curve keeps peaks and gaps, whatever the readings."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from callassist.reports.curve import Span, coverage, segments, silent_spans
from callassist.reports.facts import Level
from tests.reports.nights import after, levels, sensor

NIGHT = Span(after(-30), after(60))


def test_a_gap_longer_than_silent_after_cuts_the_curve_and_is_listed() -> None:
    home = sensor(levels(60, 60, gap=(12, 32)))
    assert [len(part) for part in segments(home, NIGHT, 600)] == [43, 29]
    assert silent_spans(home, NIGHT) == [Span(after(12), after(32))]


def test_a_gap_of_just_silent_after_is_no_silence() -> None:
    home = sensor(levels(60, 60, gap=(12, 22)))
    assert silent_spans(home, NIGHT) == []
    assert len(segments(home, NIGHT, 600)) == 1


def test_a_sensor_that_said_nothing_was_silent_all_the_time() -> None:
    assert silent_spans(sensor([]), NIGHT) == [NIGHT]
    assert segments(sensor([]), NIGHT, 600) == []
    assert coverage([sensor([])], NIGHT) == 0


def test_silence_at_the_start_and_the_end_is_silence_too() -> None:
    home = sensor([Level(after(minute), 50.0) for minute in range(20)])
    assert silent_spans(home, NIGHT) == [Span(after(-30), after(0)), Span(after(19), after(60))]


def test_coverage_counts_readings_that_came_of_those_expected() -> None:
    every_second = [Level(after(minute), 50.0) for minute in range(-30, 60, 2)]
    assert coverage([sensor(every_second)], NIGHT) == 50
    assert coverage([sensor(levels(60, 60))], NIGHT) == 100


def test_more_readings_of_one_sensor_do_not_cover_for_another() -> None:
    often = [Level(after(second / 30), 50.0) for second in range(-900, 1800)]
    assert coverage([sensor(often), sensor([])], NIGHT) == 50


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 5400), st.floats(-20, 200, allow_nan=False)),
        min_size=1,
        max_size=300,
        unique_by=lambda reading: reading[0],
    ),
    st.integers(5, 60),
)
def test_no_peak_and_no_reading_gets_lost_in_the_buckets(
    readings: list[tuple[int, float]], budget: int
) -> None:
    start = NIGHT.starts_at
    home = sensor([Level(start + timedelta(seconds=s), db) for s, db in sorted(readings)])
    points = [point for part in segments(home, NIGHT, budget) for point in part]
    assert max(point.high for point in points) == round(max(db for _, db in readings), 1)
    assert min(point.low for point in points) == round(min(db for _, db in readings), 1)
    assert all(point.low <= point.mean <= point.high for point in points)
    assert [point.seconds for point in points] == sorted(point.seconds for point in points)
    # A bucket that a silence cuts is drawn on either side of it: one more each.
    silences = len(silent_spans(home, NIGHT))
    if len(readings) > budget:
        assert len(points) <= budget + 1 + silences
