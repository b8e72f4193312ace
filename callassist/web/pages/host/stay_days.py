"""Days and months of a home's wall calendar as instants, and in words."""

from __future__ import annotations

from calendar import Calendar, monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from callassist.errors import NotFound
from callassist.web.languages import language

_WEEKS = Calendar(firstweekday=0)
_EARLIEST, _LATEST = 2000, 2999


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From midnight to midnight."""
    begins = datetime.combine(day, time(), zone)
    ends = datetime.combine(day + timedelta(days=1), time(), zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)


def month_of(text: str | None, otherwise: date) -> date:
    """The first day of a month like 2026-11; NotFound for what is none."""
    if not text:
        return otherwise.replace(day=1)
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NotFound("no such month") from None
    if not _EARLIEST <= found.year <= _LATEST:
        raise NotFound("no such month")
    return found


def month_after(month: date) -> date:
    """The first day of the next month."""
    return month + timedelta(days=monthrange(month.year, month.month)[1])


def month_before(month: date) -> date:
    """The first day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def weeks(month: date) -> list[list[date]]:
    """Weeks from Monday to Sunday that hold the month, with days of its neighbours."""
    return _WEEKS.monthdatescalendar(month.year, month.month)


def month_words(month: date) -> str:
    """`November 2026`."""
    return str(format_date(month, "LLLL y", locale=language())).capitalize()


def day_words(day: date) -> str:
    """`Sunday 22 November`."""
    return str(format_date(day, "EEEE d MMMM", locale=language()))


def short_day(day: date) -> str:
    """`Sun 22 Nov`."""
    return str(format_date(day, "EEE d MMM", locale=language()))


def weekday_words() -> list[str]:
    """The days' short names, from Monday."""
    monday = date(2024, 1, 1)
    return [
        str(format_date(monday + timedelta(days=n), "EEE", locale=language())) for n in range(7)
    ]
