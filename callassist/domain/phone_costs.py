"""When the price of a call or text is asked for, and when that is given up. Pure."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum


class CostKind(StrEnum):
    """What was paid for."""

    CALL = "call"  # one leg of it
    TEXT = "text"


class CostState(StrEnum):
    """Forward only."""

    WAITING = "waiting"  # the network has not said yet; an estimate counts
    KNOWN = "known"
    UNKNOWN = "unknown"  # asked for days; the estimate goes on counting


class Phone(StrEnum):
    """Whose phone was rung or written to."""

    GUEST = "guest"
    HOST = "host"
    OPERATOR = "operator"  # their own line, from which the other one is dialled
    STAFF = "staff"  # rung to take a call, or told that somebody is needed
    CALLER = "caller"  # phoned us


FIRST_ASK = timedelta(minutes=2)  # after the end; networks need a minute or more
_WAITS = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
_LATER = timedelta(hours=24)


def next_ask(asks: int, waited: timedelta, give_up_after: timedelta) -> timedelta | None:
    """How long to wait after the `asks`-th question; None: asked for long enough."""
    if waited >= give_up_after:
        return None
    return _WAITS[asks - 1] if asks <= len(_WAITS) else _LATER


def read_price(written: object) -> Decimal | None:
    """What was paid, of a price as networks write it: below zero is what they took.

    None for nothing, and for what is no number. Zero is a price.
    """
    if written is None or not str(written).strip():
        return None
    try:
        price = Decimal(str(written).strip())
    except InvalidOperation:
        return None
    return -price + 0 if price.is_finite() else None
