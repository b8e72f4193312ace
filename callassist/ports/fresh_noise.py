"""Asking a sensor's maker, right before a call, whether it is still loud."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class FreshNoise(Protocol):
    """Asks the maker's cloud, where there is one to ask; what it says goes the way of readings."""

    def refresh(self, property_id: int, now: datetime) -> bool:
        """True when somebody was asked and answered; never raises, at most five seconds."""
        ...


class NothingAsked:
    """FreshNoise of an installation whose sensors post all that they know."""

    def refresh(self, property_id: int, now: datetime) -> bool:
        """Always False: what was posted is all there is."""
        return False
