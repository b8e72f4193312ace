"""Which robots have stepped back for a visitor: one fact in the demo's own database."""

from __future__ import annotations

import time
from datetime import datetime

from sqlalchemy.orm import Session

from callassist.storage.facts import get_fact, put_fact
from callassist.storage.sessions import Sessions

HOST = "host"  # the robot host's name; the operators have their own
_FACT = "demo_taken_over"
_LOOK_SECONDS = 0.3


def taken_over(session: Session) -> frozenset[str]:
    """The names of the robots that a visitor stands in for."""
    fact = get_fact(session, _FACT) or {}
    return frozenset(fact.get("robots", []))


def take_over(session: Session, robot: str, now: datetime) -> None:
    """The robot steps back, in the middle of a call if need be."""
    _write(session, taken_over(session) | {robot}, now)


def hand_back(session: Session, robot: str, now: datetime) -> None:
    """The robot works again, on what it finds."""
    _write(session, taken_over(session) - {robot}, now)


def _write(session: Session, robots: frozenset[str], now: datetime) -> None:
    put_fact(session, _FACT, {"robots": sorted(robots)}, now=now)


class Watch:
    """What robots ask many times a second; looks into the database a few times a second."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._taken: frozenset[str] = frozenset()
        self._looked = 0.0

    def has_stepped_back(self, robot: str) -> bool:
        """Whether a visitor stands in for this robot."""
        now = time.monotonic()
        if now - self._looked > _LOOK_SECONDS:
            self._looked = now
            with self._sessions.read() as session:
                self._taken = taken_over(session)
        return robot in self._taken
