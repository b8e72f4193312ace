"""Spans of time as people type them: 45s, 5m, 1h, 1h30m."""

from __future__ import annotations

import re
from datetime import timedelta

from callassist.errors import InvalidInput

_PATTERN = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
LONGEST = timedelta(days=7)  # of any span in the rules


def parse_duration(text: str, field: str | None = None) -> timedelta:
    """Read `text`; raises InvalidInput (naming `field`) for anything but hours, minutes, seconds.

    Zero is a duration; a bare number is not, since nobody knows its unit. At most 7 days.
    """
    match = _PATTERN.fullmatch(text.strip().lower())
    if match is None or not any(match.groups()) or len(text) > 20:
        raise InvalidInput(f"{text!r} is not a duration; write it as 45s, 5m or 1h30m", field)
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    try:
        span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        span = LONGEST + timedelta(days=1)
    if span > LONGEST:
        raise InvalidInput(f"{text!r} is too long; give at most 168h", field)
    return span
