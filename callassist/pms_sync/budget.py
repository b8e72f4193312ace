"""How often one connection may ask: its vendor's rates, kept together with all processes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from callassist.ports.pms_access import Rate
from callassist.storage.request_budget import Window, block, take
from callassist.storage.sessions import Sessions

_KEPT_FREE = 10  # one tenth of every rate is for what cannot wait: a guest is about to be phoned


class Budget(Protocol):
    """Gives turns to ask."""

    def take(self, cost: int, now: datetime) -> float:
        """0.0: `cost` requests may be made now. Else in how many seconds to try again."""
        ...

    def block(self, seconds: float, now: datetime) -> None:
        """The system itself wants to be left alone for so long."""
        ...


class SharedBudget:
    """Rates counted in the database; `urgent` requests may use also what is kept free."""

    def __init__(
        self,
        sessions: Sessions,
        rates: Sequence[Rate],
        *,
        vendor: str,
        connection: str,
        urgent: bool = False,
    ) -> None:
        self._sessions = sessions
        self._own = budget_key(vendor, connection)
        keys = {"connection": self._own, "service": budget_key(vendor)}
        self._windows = [
            Window(key=keys[rate.scope], span=rate.span, most=_usable(rate, urgent=urgent))
            for rate in rates
        ]
        # without a rate of its own a connection still has to wait when it is told to
        self._windows.append(Window(key=self._own, span=timedelta(seconds=1), most=_MANY))
        scopes = {rate.scope for rate in rates}
        self._blocked = keys["service"] if scopes == {"service"} else self._own

    def take(self, cost: int, now: datetime) -> float:
        return take(self._sessions, self._windows, now, cost=cost)

    def block(self, seconds: float, now: datetime) -> None:
        block(self._sessions, self._blocked, now + timedelta(seconds=seconds))


class NoBudget:
    """Asks at once, and waits only when the system says so; for tests."""

    def __init__(self) -> None:
        self._until: datetime | None = None

    def take(self, cost: int, now: datetime) -> float:
        return max((self._until - now).total_seconds(), 0.0) if self._until else 0.0

    def block(self, seconds: float, now: datetime) -> None:
        self._until = now + timedelta(seconds=seconds)


_MANY = 50  # requests a second are no rate of a system's, but a loop of ours


def budget_key(vendor: str, connection: str = "") -> str:
    """Under which name requests are counted: of one connection, or of the service."""
    return f"pms:{vendor}:{connection}" if connection else f"pms:{vendor}"


def _usable(rate: Rate, *, urgent: bool) -> int:
    return rate.requests if urgent else rate.requests - rate.requests // _KEPT_FREE
