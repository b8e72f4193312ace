"""A generous limit per sender, in real time: one runaway must not drown the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

PER_SECOND = 1000.0  # requests, not readings: a batch counts once
BURST = 5000.0
MOST = 50_000  # senders remembered at once


class FloodLimit:
    """A bucket per sender. An update lost between threads costs nothing but precision."""

    def __init__(
        self,
        per_second: float = PER_SECOND,
        burst: float = BURST,
        monotonic: Callable[[], float] = time.monotonic,
        most: int = MOST,
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._monotonic = monotonic
        self._most = most
        self._buckets: dict[Hashable, tuple[float, float]] = {}  # sender -> (tokens, seen at)

    def retry_after(self, sender: Hashable, cost: float = 1.0) -> float:
        """Count one request; 0 when it may pass, else the seconds to wait."""
        now = self._monotonic()
        if len(self._buckets) >= self._most and sender not in self._buckets:
            self._forget(now)
        tokens, seen = self._buckets.get(sender, (self._burst, now))
        tokens = min(self._burst, tokens + (now - seen) * self._per_second)
        if tokens < cost:
            self._buckets[sender] = (tokens, now)
            return (cost - tokens) / self._per_second
        self._buckets[sender] = (tokens - cost, now)
        return 0.0

    def _forget(self, now: float) -> None:
        """Senders whose bucket is full again are as good as unknown; then the longest unseen."""
        known = sorted(self._buckets.items(), key=lambda one: one[1][1])
        full_after = now - self._burst / self._per_second
        kept = [one for one in known[len(known) // 2 :] if one[1][1] > full_after]
        self._buckets = dict(kept)
