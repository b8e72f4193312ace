"""The noise curve for a report: few points that keep every peak, gaps that stay gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import NamedTuple

from callassist.reports.facts import Level, SensorFacts

MAX_POINTS = 600  # over all sensors of a home: more cannot be seen on a page


class Point(NamedTuple):
    """Readings of one bucket: seconds since the curve's start; lowest, mean and highest dB."""

    seconds: int
    low: float
    mean: float
    high: float


class Span(NamedTuple):
    """A stretch of time."""

    starts_at: datetime
    ends_at: datetime


def silent_spans(sensor: SensorFacts, window: Span) -> list[Span]:
    """Stretches of `window` longer than `silent_after` in which a level sensor said nothing."""
    heard = [level.at for level in sensor.levels if window.starts_at <= level.at <= window.ends_at]
    edges = [window.starts_at, *heard, window.ends_at]
    return [Span(a, b) for a, b in pairwise(edges) if b - a > sensor.silent_after]


def coverage(sensors: Sequence[SensorFacts], window: Span) -> int | None:
    """Whole percent of the expected readings of all level sensors that came; None without any."""
    expected = came = 0
    for sensor in sensors:
        if sensor.kind != "level":
            continue
        due = max(1, (window.ends_at - window.starts_at) // sensor.interval)
        count = sum(window.starts_at <= level.at <= window.ends_at for level in sensor.levels)
        expected, came = expected + due, came + min(due, count)
    return 100 * came // expected if expected else None


def segments(sensor: SensorFacts, window: Span, max_points: int) -> list[list[Point]]:
    """The curve of one sensor, cut wherever it was silent.

    At most about `max_points` points: readings are put into equal buckets of time, and each keeps
    its lowest, mean and highest level, so that no peak is lost.
    """
    inside = [level for level in sensor.levels if window.starts_at <= level.at <= window.ends_at]
    if not inside:
        return []
    width = timedelta(seconds=1)
    if len(inside) > max_points:
        width = max(width, (window.ends_at - window.starts_at) / max_points)
    return [
        [_point(bucket, window.starts_at) for bucket in _buckets(part, window.starts_at, width)]
        for part in _parts(inside, sensor.silent_after)
    ]


def _parts(levels: Sequence[Level], silent_after: timedelta) -> list[list[Level]]:
    parts = [[levels[0]]]
    for before, level in pairwise(levels):
        if level.at - before.at > silent_after:
            parts.append([])
        parts[-1].append(level)
    return parts


def _buckets(
    levels: Sequence[Level], starts_at: datetime, width: timedelta
) -> Iterator[list[Level]]:
    for _, bucket in groupby(levels, key=lambda level: (level.at - starts_at) // width):
        yield list(bucket)


def _point(bucket: Sequence[Level], starts_at: datetime) -> Point:
    middle = bucket[len(bucket) // 2].at - starts_at
    if len(bucket) == 1:  # nearly all of them
        db = round(bucket[0].db, 1)
        return Point(int(middle.total_seconds()), db, db, db)
    values = [level.db for level in bucket]
    return Point(
        int(middle.total_seconds()),
        round(min(values), 1),
        round(sum(values) / len(values), 1),
        round(max(values), 1),
    )
