"""How often figures are mailed, and which days the next mail tells of. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Frequency(StrEnum):
    """How often; `off` keeps the recipient without writing to them."""

    OFF = "off"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


SENT_AT = time(9)  # local, when the nights that it tells of are over for everybody


@dataclass(frozen=True)
class Period:
    """The nights that began from `first` to `last`, told from `due_at` on."""

    first: date
    last: date
    due_at: datetime

    @property
    def key(self) -> str:
        """The same for the same nights."""
        return f"{self.first:%Y%m%d}-{self.last:%Y%m%d}"


def latest_period(frequency: Frequency, now: datetime, zone: ZoneInfo) -> Period | None:
    """The last period whose mail is due by `now`; None when it is off.

    Weeks run from Monday to Sunday, months are calendar months; the last night ends on the
    morning on which the mail goes out.
    """
    if frequency is Frequency.OFF:
        return None
    local = now.astimezone(zone)
    morning = local.date() if local.time() >= SENT_AT else local.date() - timedelta(days=1)
    if frequency is Frequency.WEEKLY:
        morning -= timedelta(days=morning.weekday())  # the last Monday
        first = morning - timedelta(days=7)
    elif frequency is Frequency.MONTHLY:
        morning = morning.replace(day=1)
        first = (morning - timedelta(days=1)).replace(day=1)
    else:
        first = morning - timedelta(days=1)
    due_at = datetime.combine(morning, SENT_AT, zone).astimezone(UTC)
    return Period(first, morning - timedelta(days=1), due_at)
