"""The clock of the stage: somebody who watches lets the night stand, crawl or run.

Two processes go by it. So a change is written down a moment before it holds: both know it in time,
and show the same instant before, at and after it. The clock never jumps and never goes back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# A clock that stands would make every limit that counts in real time last for no time at all.
STILL = 0.001
# Real time that a visitor needs to see a call, take it, dial, or say how it went.
FOR_A_VISITOR = timedelta(seconds=20)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """From the real instant `origin`, when the clock shows `shown`, it runs at `speed`."""

    origin: datetime
    shown: datetime
    speed: float

    def at(self, real: datetime) -> datetime:
        """What the clock shows at a real instant."""
        return self.shown + (real - self.origin) * self.speed

    def real(self, shown: datetime) -> datetime:
        """The real instant at which the clock shows it."""
        return self.origin + (shown - self.shown) / self.speed

    def seconds_until(self, shown: datetime, real: datetime) -> float:
        """Real seconds from `real` until the clock shows `shown`; past ones are negative."""
        waited = (self.origin - real).total_seconds()
        return waited + (shown - self.shown).total_seconds() / self.speed


def real_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class PacedClock:
    """A clock in pieces, the earliest first; the last may begin in a moment."""

    def __init__(
        self, pieces: Sequence[Piece], *, real_now: Callable[[], datetime] = real_now
    ) -> None:
        self._pieces = tuple(pieces)
        self._real_now = real_now
        self._latest = self._pieces[0].shown
        self._lock = threading.Lock()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What it goes by."""
        return self._pieces

    @property
    def speed(self) -> float:
        """How many times as fast as real time it runs now."""
        return self._at(self._real_now()).speed

    @property
    def stands(self) -> bool:
        """Whether the night is paused."""
        return self.speed <= STILL

    def adopt(self, pieces: Sequence[Piece]) -> None:
        """Go by these from now on."""
        with self._lock:
            self._pieces = tuple(pieces)

    def now(self) -> datetime:
        """The present instant; it waits for itself if a change was heard of too late."""
        with self._lock:
            self._latest = max(self._latest, self._shown(self._real_now()))
            return self._latest

    def real_seconds(self, span: timedelta) -> float:
        """By the speeds that were, are, and are known to come."""
        real = self._real_now()
        shown = self._shown(real) + span
        return self._showing(shown).seconds_until(shown, real)

    def span(self, seconds: float) -> timedelta:
        """What passes in so many real seconds, or has passed if that is more."""
        real, length = self._real_now(), timedelta(seconds=seconds)
        shown = self._shown(real)
        return max(self._shown(real + length) - shown, shown - self._shown(real - length))

    def ends(self, began: datetime, span: timedelta) -> datetime:
        """When it is over by this clock, but not before a visitor had the time for it."""
        real = self._showing(began).real(began)
        return max(began + span, self._shown(real + FOR_A_VISITOR))

    def _shown(self, real: datetime) -> datetime:
        return self._at(real).at(real)

    def _at(self, real: datetime) -> Piece:
        begun = [each for each in self._pieces if each.origin <= real]
        return begun[-1] if begun else self._pieces[0]

    def _showing(self, shown: datetime) -> Piece:
        begun = [each for each in self._pieces if each.shown <= shown]
        return begun[-1] if begun else self._pieces[0]
