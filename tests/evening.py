"""When tests begin."""

from __future__ import annotations

from datetime import UTC, datetime

from callassist.clock import ManualClock


def evening() -> ManualClock:
    """A Saturday evening in June; it moves only by `clock.advance(minutes=5)`."""
    return ManualClock(datetime(2026, 6, 13, 20, tzinfo=UTC))
