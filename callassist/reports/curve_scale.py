"""From instants and levels to places on the drawing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from callassist.reports.document_parts import Body, instant
from callassist.reports.words import Words

WIDTH = 760
_PLOT, _STRIP = 216, 84  # height of the frame: with levels, without
LEFT, RIGHT, TOP, BOTTOM = 46, 16, 44, 30
_STEPS = (5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)  # minutes between two times
_MOST_TIMES = 10
_GRID_DB = 10


@dataclass(frozen=True, kw_only=True)
class Scale:
    """`low` and `high` in dB; without levels there is no vertical axis."""

    starts_at: datetime
    ends_at: datetime
    low: float
    high: float
    has_levels: bool
    floor: int  # where the time axis lies
    offset: timedelta  # of local time, so that times stand at full hours

    @classmethod
    def of(cls, body: Body, words: Words) -> Scale:
        """The scale which shows everything of a body."""
        drawn = body["noise"]["curve"]
        points = [
            point for one in drawn["sensors"] for segment in one["segments"] for point in segment
        ]
        limits = [span["db"] for span in body["noise"]["thresholds"]]
        lowest = min([*(p[1] for p in points), *limits], default=0)
        highest = max([*(p[3] for p in points), *limits], default=_GRID_DB)
        starts_at, ends_at = instant(drawn["from"]), instant(drawn["to"])
        return cls(
            starts_at=starts_at,
            ends_at=max(ends_at, starts_at + timedelta(minutes=1)),
            low=math.floor((lowest - 2) / _GRID_DB) * _GRID_DB,
            high=math.ceil((highest + 2) / _GRID_DB) * _GRID_DB,
            has_levels=bool(points),
            floor=TOP + (_PLOT if points else _STRIP),
            offset=starts_at.astimezone(words.tz).utcoffset() or timedelta(),
        )

    def x_of(self, seconds: float) -> float:
        """The place of an instant given in seconds since the start; clamped to the frame."""
        whole = (self.ends_at - self.starts_at).total_seconds()
        return LEFT + min(max(seconds / whole, 0.0), 1.0) * (WIDTH - LEFT - RIGHT)

    def x(self, at: datetime) -> float:
        """The place of an instant."""
        return self.x_of((at - self.starts_at).total_seconds())

    def y(self, level: float) -> float:
        """The place of a level."""
        share = (level - self.low) / (self.high - self.low)
        return self.floor - share * (self.floor - TOP)

    def levels(self) -> Iterator[float]:
        """Levels of the grid; every second one when there are many."""
        step = _GRID_DB if self.high - self.low <= 6 * _GRID_DB else 2 * _GRID_DB
        level = math.ceil(self.low / step) * step
        while level <= self.high:
            yield float(level)
            level += step

    def times(self) -> Iterator[datetime]:
        """Round local times for the axis, at most ten."""
        whole = (self.ends_at - self.starts_at) / timedelta(minutes=1)
        fitting = (step for step in _STEPS if whole / step <= _MOST_TIMES)
        step = timedelta(minutes=next(fitting, max(_STEPS[-1], math.ceil(whole / _MOST_TIMES))))
        zero = datetime(2000, 1, 1, tzinfo=UTC) - self.offset
        at = zero + -(-(self.starts_at - zero) // step) * step
        while at <= self.ends_at:
            yield at
            at += step
