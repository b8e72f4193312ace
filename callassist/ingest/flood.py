"""A generous limit per connection, in real time: one runaway sender must not drown the others."""

from __future__ import annotations

import time
from collections.abc import Callable

PER_SECOND = 1000.0  # requests, not readings: a batch counts once
BURST = 5000.0


class FloodLimit:
    """A bucket per connection. An update lost between threads costs nothing but precision."""

    def __init__(
        self,
        per_second: float = PER_SECOND,
        burst: float = BURST,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._monotonic = monotonic
        self._buckets: dict[int, tuple[float, float]] = {}  # connection -> (tokens, seen at)

    def retry_after(self, connection_id: int) -> float:
        """Count one request; 0 when it may pass, else the seconds to wait."""
        now = self._monotonic()
        tokens, seen = self._buckets.get(connection_id, (self._burst, now))
        tokens = min(self._burst, tokens + (now - seen) * self._per_second)
        if tokens < 1.0:
            self._buckets[connection_id] = (tokens, now)
            return (1.0 - tokens) / self._per_second
        self._buckets[connection_id] = (tokens - 1.0, now)
        return 0.0
