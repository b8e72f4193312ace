"""Times, spans and lists as people write them in English and French. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from callassist.notifications.twelve_hours import twelve_hours

TWELVE = "h12"  # the cycle of a clock of twelve hours; any other is the language's own way
NO_BREAK = "\u00a0"  # French sets one before : and inside « »
_SAME_NIGHT = timedelta(hours=12)

_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
}
_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
        *("août", "septembre", "octobre", "novembre", "décembre"),
    ),
}
_UNITS = {"en": ("hour", "minute"), "fr": ("heure", "minute")}


def clock_time(instant: datetime, zone: ZoneInfo, language: str, cycle: str | None = None) -> str:
    """`23:41`, also in French, as in the data beside it; see also `twelve_hours`."""
    local = instant.astimezone(zone)
    return twelve_hours(local.time(), language) if cycle == TWELVE else f"{local:%H:%M}"


def at_time(
    instant: datetime,
    now: datetime | None,
    zone: ZoneInfo,
    language: str,
    cycle: str | None = None,
) -> str:
    """`at 23:41`; with the day when it is more than half a day from `now`."""
    time = clock_time(instant, zone, language, cycle)
    word = "à" if language == "fr" else "at"
    if _is_near(instant, now):
        return f"{word} {time}"
    return f"{'le' if language == 'fr' else 'on'} {_day(instant, zone, language)} {word} {time}"


def since_time(
    instant: datetime,
    now: datetime | None,
    zone: ZoneInfo,
    language: str,
    cycle: str | None = None,
) -> str:
    """`since 23:41`; with the day when it is more than half a day from `now`."""
    time = clock_time(instant, zone, language, cycle)
    if language == "fr":
        near, far = f"depuis {time}", f"depuis le {_day(instant, zone, language)} à {time}"
    else:
        near, far = f"since {time}", f"since {_day(instant, zone, language)} at {time}"
    return near if _is_near(instant, now) else far


def span(minutes: float, language: str) -> str:
    """`12 minutes`, `1 hour 10 minutes` (to 5 minutes), `11 hours` from ten hours on."""
    whole = round(minutes)
    if whole < 1:
        return "moins d’une minute" if language == "fr" else "less than a minute"
    if whole < 60:
        return _count(whole, 1, language)
    if whole >= 600:
        return _count(round(whole / 60), 0, language)
    hours, rest = divmod(5 * round(whole / 5), 60)
    words = [_count(hours, 0, language), *([_count(rest, 1, language)] if rest else [])]
    return " ".join(words)


def listing(words: Sequence[str], language: str) -> str:
    """`a, b and c` / `a, b et c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {'et' if language == 'fr' else 'and'} {words[-1]}"


def _is_near(instant: datetime, now: datetime | None) -> bool:
    return now is None or abs(instant - now) < _SAME_NIGHT


def _count(number: int, unit: int, language: str) -> str:
    name = _UNITS[language][unit]
    return f"{number}{NO_BREAK if language == 'fr' else ' '}{name}{'s' if number > 1 else ''}"


def _day(instant: datetime, zone: ZoneInfo, language: str) -> str:
    local = instant.astimezone(zone)
    day = "1er" if language == "fr" and local.day == 1 else str(local.day)
    return f"{_DAYS[language][local.weekday()]} {day} {_MONTHS[language][local.month - 1]}"
