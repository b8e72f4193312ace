"""Reading the options of a sensor connection, with errors that name the option."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import timedelta

from callassist.errors import InvalidInput

_LONGEST_MINUTES = 24 * 60


def check_known(options: Mapping[str, object], known: Set[str]) -> None:
    """Raise InvalidInput for an option that the adapter does not have."""
    for name in options:
        if name not in known:
            raise InvalidInput(f"unknown option; known are {', '.join(sorted(known))}", name)


def minutes(options: Mapping[str, object], name: str, default: timedelta) -> timedelta:
    """A number of minutes from 0 to a day; raises InvalidInput."""
    value = options.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput("give a number of minutes", name)
    if not 0 <= value <= _LONGEST_MINUTES:
        raise InvalidInput(f"give 0 to {_LONGEST_MINUTES} minutes", name)
    return timedelta(minutes=value)


def text(options: Mapping[str, object], name: str, default: str | None = None) -> str | None:
    """A non-empty text; raises InvalidInput."""
    value = options.get(name)
    if value is None:
        return default
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput("give a text", name)
    return value.strip()


def scale(options: Mapping[str, object], name: str, default: float) -> float:
    """What a sent value is multiplied by to be dB; raises InvalidInput."""
    value = options.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < abs(value) <= 1000:
        raise InvalidInput("give a number such as 0.1", name)
    return float(value)
