"""Times of day on a clock of twelve hours, as people write them in English and French. Pure."""

from __future__ import annotations

from datetime import time

from babel import Locale
from babel.dates import format_time, get_period_id

_FRENCH = Locale.parse("fr")
_NO_BREAK = "\u00a0"


def twelve_hours(local: time, language: str) -> str:
    """`11:05 pm`, `11 pm`; in French `11 h 05 du soir`, `11 h du soir`, `minuit 5`, `midi`."""
    if language == "fr":
        return _in_french(local)
    # British English writes am and pm in small letters, which are easier to read in lists
    pattern = "h:mm'\u00a0'a" if local.minute else "h'\u00a0'a"
    return str(format_time(local, pattern, locale="en_GB"))


def _in_french(local: time) -> str:
    """Twelve o'clock is noon or midnight by name: “12 h 05 du matin” would say neither."""
    if local.hour in (0, 12):
        name = "midi" if local.hour else "minuit"
        return f"{name}{_NO_BREAK}{local.minute}" if local.minute else name
    minutes = f"{_NO_BREAK}{local.minute:02}" if local.minute else ""
    part = _FRENCH.day_periods["format"]["wide"][get_period_id(local, locale=_FRENCH)]
    return f"{local.hour % 12}{_NO_BREAK}h{minutes} {part}".replace(" ", _NO_BREAK)
