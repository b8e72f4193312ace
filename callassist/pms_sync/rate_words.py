"""What a system says itself about how often it may be asked: Retry-After and its many cousins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

WITHOUT_A_WORD = 30.0  # seconds after a 429 that says nothing
LONGEST_PAUSE = timedelta(days=1).total_seconds()
_EPOCH_BEGINS = 1e9  # a larger number is an instant, not a number of seconds
_RETRY = ("retry-after", "x-ratelimit-retry-after", "ratelimit-reset", "x-ratelimit-reset")
_NUMBER = re.compile(r"\d{1,13}(\.\d+)?")
# what is left now, and in how many seconds there is more
_USED_UP = (
    ("x-fivemincreditlimit-remaining", "x-fivemincreditlimit-resetsin"),
    ("x-five-min-limit-remaining", "x-five-min-limit-resets-in"),
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
    ("ratelimit-remaining", "ratelimit-reset"),
)


def pause_after_429(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds until it may be asked again: as it says (seconds, a date or an epoch), else 30."""
    for name in _RETRY:
        seconds = _seconds(headers.get(name, ""), now)
        if seconds is not None:
            return min(max(seconds, 1.0), LONGEST_PAUSE)
    return WITHOUT_A_WORD


def pause_announced(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds to wait after an answer that says that nothing is left; else 0."""
    for left, resets in _USED_UP:
        said = headers.get(left, "")
        if _NUMBER.fullmatch(said) and float(said) < 1:
            seconds = _seconds(headers.get(resets, ""), now)
            return min(max(seconds or 0.0, 0.0), LONGEST_PAUSE)
    return 0.0


def _seconds(said: str, now: datetime) -> float | None:
    said = said.strip()
    if _NUMBER.fullmatch(said):
        number = float(said)
        return number - now.timestamp() if number > _EPOCH_BEGINS else number
    try:
        at = parsedate_to_datetime(said)
    except (ValueError, TypeError):
        return None
    return (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
