"""Breaks of a shift: how much of them is allowed, and how much is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

_PER_PIECE = timedelta(minutes=30)  # of every six hours of a shift, where no breaks are planned
_PIECE = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class Pause:
    """One break; `ends_at` is None while it goes on."""

    starts_at: datetime
    ends_at: datetime | None

    def length(self, now: datetime) -> timedelta:
        """How long it was, or has been so far."""
        return (self.ends_at or now) - self.starts_at


def allowed(shift: timedelta, planned: Iterable[timedelta]) -> timedelta:
    """What is planned; else half an hour in each begun six hours of the shift."""
    return sum(planned, timedelta()) or _PER_PIECE * max(-(-shift // _PIECE), 1)


def left(allowance: timedelta, taken: Iterable[Pause], now: datetime) -> timedelta:
    """Negative when more was taken than is allowed."""
    return allowance - sum((one.length(now) for one in taken), timedelta())
