"""Instants and spans as people write them, in a home's zone and the reader's language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from callassist.notifications.local_words import at_time, clock_time, since_time, span
from callassist.reports.words import Words
from callassist.web.languages import language

FIELD = "%Y-%m-%dT%H:%M"  # of a browser's date and time field


def clock(at: datetime, zone: ZoneInfo) -> str:
    """Hours and minutes."""
    return clock_time(at, zone, language())


def at(instant: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`at 23:41`, with the day when it is far."""
    return at_time(instant, now, zone, language())


def since(instant: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`since 23:41`, with the day when it is far."""
    return since_time(instant, now, zone, language())


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """Day, month, year and time."""
    return Words(language(), zone).moment(instant)


def lasting(length: timedelta) -> str:
    """How long, in minutes and hours."""
    return span(max(length.total_seconds(), 0) / 60, language())


def minutes(count: float) -> str:
    """So many minutes, in words."""
    return span(count, language())


def counter(length: timedelta) -> str:
    """Minutes and seconds of a running count, `2:05` or `1:02:05`; never below zero."""
    seconds = max(int(length.total_seconds()), 0)
    hours, minutes_left = divmod(seconds // 60, 60)
    if hours:
        return f"{hours}:{minutes_left:02}:{seconds % 60:02}"
    return f"{minutes_left}:{seconds % 60:02}"


def for_field(instant: datetime, zone: ZoneInfo) -> str:
    """The value of a browser's date and time field."""
    return instant.astimezone(zone).strftime(FIELD)


def long_day(day: date) -> str:
    """Weekday, day and month: `Friday 6 June`."""
    return format_date(day, "EEEE d MMMM", locale=language())
