"""Where `now` comes from: the system, a scaled night, or a clock moved by hand.

Section 3 of the design (breaches, attempts, offers, follow-ups) runs on this clock. Signatures,
tokens, HTTP time-outs and rate limits run on real time and do not use it.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Pace(Protocol):
    """How fast a clock runs."""

    @property
    def speed(self) -> float:
        """How many times as fast as real time."""
        ...

    def real_seconds(self, span: timedelta) -> float:
        """Real seconds in which `span` of this clock passes; a negative one has passed."""
        ...

    def span(self, seconds: float) -> timedelta:
        """What passes of this clock in so many real seconds, or has passed if that is more.

        For limits that count in real time (heartbeats, time-outs): never shorter than they say.
        """
        ...

    def ends(self, began: datetime, span: timedelta) -> datetime:
        """When `span`, which somebody has for something since `began`, is over.

        Later than `began + span` on a clock that runs too fast for people and says so.
        """
        ...


class Clock(Pace, Protocol):
    """Aware UTC now, and how long a wait on it lasts in real seconds."""

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        ...


def _system_now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


class SystemClock:
    """The machine's clock plus a settable offset (a worker sets the database's offset)."""

    speed = 1.0

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        return _system_now() + self.offset

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds()

    def span(self, seconds: float) -> timedelta:
        return timedelta(seconds=seconds)

    def ends(self, began: datetime, span: timedelta) -> datetime:
        return began + span


class ScaledClock:
    """Runs `speed` times faster than real time from a stored origin, so restarts go on.

    `origin` is the real instant of the first start, `epoch` what the clock showed then.
    """

    def __init__(self, *, speed: float, origin: datetime, epoch: datetime) -> None:
        self.speed = speed
        self._origin = origin
        self._epoch = epoch

    def now(self) -> datetime:
        return self._epoch + (_system_now() - self._origin) * self.speed

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds() / self.speed

    def span(self, seconds: float) -> timedelta:
        return timedelta(seconds=seconds * self.speed)

    def ends(self, began: datetime, span: timedelta) -> datetime:
        return began + span


class ManualClock:
    """A clock that moves only when told to: for tests and proofs."""

    speed = 1.0

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds()

    def span(self, seconds: float) -> timedelta:
        return timedelta(seconds=seconds)

    def ends(self, began: datetime, span: timedelta) -> datetime:
        return began + span

    def advance(self, **span: float) -> datetime:
        """Move forward by `timedelta(**span)` and return the new instant."""
        with self._lock:
            self._now += timedelta(**span)
            return self._now

    def set(self, instant: datetime) -> None:
        """Jump to `instant` (also backwards: clocks do that)."""
        with self._lock:
            self._now = instant
