"""Dates as people and programs write them in files, as instants of a home."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from callassist.errors import InvalidInput

ARRIVES, LEAVES = time(15), time(11)  # where a file has days only
_NUMBERS = re.compile(
    r"(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{1,4})(?:[ T,]+(?:à |at )?(\d{1,2})[:h](\d{2})?(?::\d{2})?)?"
)
_ZONED = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})")


class Order(StrEnum):
    """Which comes first in 03/04/2026; a year in front needs no answer."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


def guessed_order(written: Iterable[str], *, american: bool = False) -> Order:
    """The order that all of these dates allow; where both do, days come first outside America."""
    day_first = month_first = False
    for text in written:
        found = _NUMBERS.match(text)
        if found is None or len(found[1]) > 2:
            continue
        day_first = day_first or int(found[1]) > 12
        month_first = month_first or int(found[2]) > 12
    if day_first != month_first:
        return Order.DAY_FIRST if day_first else Order.MONTH_FIRST
    return Order.MONTH_FIRST if american else Order.DAY_FIRST


def instant_of(text: str, order: Order, zone: ZoneInfo, otherwise: time, field: str) -> datetime:
    """UTC of a written date; `otherwise` is the local time where there is none."""
    if _ZONED.fullmatch(text):
        return datetime.fromisoformat(text).astimezone(UTC)
    found = _NUMBERS.fullmatch(text)
    if found is None:
        raise _unreadable(field)
    year, month, day = _ordered(found[1], found[2], found[3], order)
    at = otherwise if found[4] is None else None
    try:
        local = datetime.combine(
            datetime(year, month, day, tzinfo=zone).date(),
            at or time(int(found[4]), int(found[5] or 0)),
            zone,
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _unreadable(field) from None


def _ordered(first: str, second: str, third: str, order: Order) -> tuple[int, int, int]:
    if len(first) > 2:
        return int(first), int(second), int(third)
    year = int(third) + (2000 if len(third) == 2 else 0)
    if order is Order.MONTH_FIRST:
        return year, int(first), int(second)
    return year, int(second), int(first)


def _unreadable(field: str) -> InvalidInput:
    return InvalidInput("not a date that we can read; write it like 2026-11-30", field)
