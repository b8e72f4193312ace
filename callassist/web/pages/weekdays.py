"""Names of weekdays in the language of this request, Monday first."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_day_names

from callassist.web.languages import language


def short_weekdays() -> list[str]:
    """`Mon`, `Tue` ...; `lun.`, `mar.` ..."""
    names = get_day_names("abbreviated", locale=language())
    return [str(names[day]) for day in range(7)]


def night_name(starts_at: datetime, zone: ZoneInfo) -> str:
    """The day on which a night begins: `Sat 21 Nov`, `sam. 21 nov.`"""
    return str(format_date(starts_at.astimezone(zone), "EEE d MMM", locale=language()))
