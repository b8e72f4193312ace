"""A made-up night of one home: what a virtual sensor says while no real one is there."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

LASTS = timedelta(hours=24)  # then the virtual sensor ends by itself
EVERY = timedelta(minutes=1)


class SampleLevel(NamedTuple):
    """What the virtual sensor says at one instant."""

    at: datetime
    db: float


# Minutes of the local day and the level there: a quiet day, dinner, guests who stay up too long.
_COURSE = (
    (0, 62.0),
    (25, 46.0),
    (60, 38.0),
    (420, 36.0),
    (500, 52.0),
    (600, 44.0),
    (1080, 48.0),
    (1170, 64.0),
    (1260, 63.0),
    (1320, 66.0),
    (1335, 72.0),
    (1360, 79.0),
    (1420, 82.0),
    (1428, 66.0),
    (1440, 62.0),
)
_MINUTES = tuple(minute for minute, _level in _COURSE)
# A room is never even; these repeat out of step with hours and quarters.
_UNEVEN = (0.0, 1.3, -0.8, 2.1, -1.7, 0.6, -2.2, 1.1, 2.4, -0.4, -1.2, 0.9, -2.6)


def sample_levels(
    began_at: datetime, starts_at: datetime, ends_at: datetime, zone: tzinfo
) -> list[SampleLevel]:
    """What it says between two instants, a level a minute, oldest first.

    Nothing before the day that ends at `began_at`, so that there is a whole night at once, and
    nothing after `LASTS`.
    """
    first = max(starts_at, began_at - LASTS)
    last = min(ends_at, began_at + LASTS)
    at = first.astimezone(UTC).replace(second=0, microsecond=0)
    if at < first:
        at += EVERY
    found = []
    while at <= last:
        found.append(SampleLevel(at, _level(at.astimezone(zone))))
        at += EVERY
    return found


def is_playing(began_at: datetime | None, now: datetime) -> bool:
    """Whether a sample night that began then is still shown."""
    return began_at is not None and now < began_at + LASTS


def _level(local: datetime) -> float:
    minute = local.hour * 60 + local.minute
    place = min(bisect_right(_MINUTES, minute), len(_COURSE) - 1)
    (before, low), (after, high) = _COURSE[place - 1], _COURSE[place]
    share = (minute - before) / (after - before)
    return round(low + (high - low) * share + _UNEVEN[minute % len(_UNEVEN)], 1)
