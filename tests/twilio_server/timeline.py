"""What happens when: events in order of their instants, on a clock moved by hand or running."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

START = datetime(2026, 5, 1, 23, 0, tzinfo=UTC)


class Clock(Protocol):
    """Whatever says what time it is."""

    def now(self) -> datetime: ...


class HandClock:
    """Stands still until somebody moves it."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, *, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class RunningClock:
    """Runs by itself, `speed` times as fast as the wall's."""

    def __init__(self, speed: float, start: datetime | None = None) -> None:
        self.speed = speed
        self._start = start or datetime.now(UTC)
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self.speed)


class Timeline:
    """Events to come. Everything here is called with the network's lock held."""

    def __init__(self, clock: Clock, lock: threading.RLock) -> None:
        self.clock = clock
        self.changed = threading.Condition(lock)
        self._events: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._playing: datetime | None = None

    def now(self) -> datetime:
        """The instant of the event that is being played, else the clock's."""
        return self._playing or self.clock.now()

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Play `do` so many seconds from now."""
        due = self.now() + timedelta(seconds=seconds)
        heapq.heappush(self._events, (due, next(self._order), do))
        self.changed.notify_all()

    def next_due(self) -> datetime | None:
        return self._events[0][0] if self._events else None

    def play_next(self, until: datetime) -> datetime | None:
        """Play the next event that is due by `until`; its instant, None when there is none."""
        if not self._events or self._events[0][0] > until:
            return None
        due, _, do = heapq.heappop(self._events)
        self.play_at(due, do)
        return due

    def play_at(self, instant: datetime, do: Callable[[], None]) -> None:
        """Do something as if it were `instant`."""
        before, self._playing = self._playing, instant
        try:
            do()
        finally:
            self._playing = before
