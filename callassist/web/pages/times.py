"""Instants and spans as people write them: in a home's zone, in the reader's language and hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import g

from callassist.notifications.local_words import TWELVE, at_time, clock_time, since_time, span
from callassist.notifications.twelve_hours import twelve_hours
from callassist.reports.words import Words
from callassist.web.datastore import SignedIn
from callassist.web.languages import language

_EXAMPLE = datetime(2000, 1, 1, 23, 14, tzinfo=UTC)
FIELD = "%Y-%m-%dT%H:%M"  # of a browser's date and time field


class _TwelveHours(Words):
    """The report's words for somebody whose clock has twelve hours."""

    def clock(self, at: datetime) -> str:
        """Hours and minutes in the home's zone."""
        return twelve_hours(at.astimezone(self.tz).time(), self.language)


def hour_cycle() -> str | None:
    """What the signed-in person chose, h12 or h23; None: as their language has it."""
    who = g.get("_login_user")  # a visitor is not looked up for this
    return who.person.hour_cycle if isinstance(who, SignedIn) else None


def clock(at: datetime, zone: ZoneInfo) -> str:
    """Hours and minutes."""
    return clock_time(at, zone, language(), hour_cycle())


def time_of_day(local: time | int) -> str:
    """A local time, or a full hour, as it stands in rules: `22:00`, `10 pm`."""
    local = time(local) if isinstance(local, int) else local
    return twelve_hours(local, language()) if hour_cycle() == TWELVE else f"{local:%H:%M}"


def at(instant: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`at 23:41`, with the day when it is far."""
    return at_time(instant, now, zone, language(), hour_cycle())


def since(instant: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`since 23:41`, with the day when it is far."""
    return since_time(instant, now, zone, language(), hour_cycle())


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """Day, month, year and time."""
    return report_words(zone).moment(instant)


def example(cycle: str) -> str:
    """Fourteen minutes past eleven at night on a clock of this cycle."""
    return clock_time(_EXAMPLE, ZoneInfo("UTC"), language(), cycle)


def report_words(zone: ZoneInfo) -> Words:
    """The words of reports, for parts of them that stand on pages."""
    kind = _TwelveHours if hour_cycle() == TWELVE else Words
    return kind(language(), zone)


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
