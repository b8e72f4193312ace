"""How a commit wakes the loop that waits for the earliest due row: milliseconds, not a poll."""

from __future__ import annotations

import threading
import time
from datetime import datetime

from sqlalchemy.orm import Session

from callassist.clock import Clock

_HINTS = "callassist_hints"
_PENDING = "callassist_pending_hints"


class Hints:
    """The earliest instant at which each named loop has something to do, and a bell."""

    def __init__(self) -> None:
        self._bell = threading.Condition()
        self._earliest: dict[str, datetime] = {}
        self._rung: set[str] = set()

    def due(self, loop: str, at: datetime) -> None:
        """Tell `loop` that something is due at `at`; call it after the commit, never before."""
        with self._bell:
            known = self._earliest.get(loop)
            if known is None or at < known:
                self._earliest[loop] = at
                self._bell.notify_all()

    def clock_changed(self) -> None:
        """The clock runs at another speed: everybody who waits reckons again how long."""
        with self._bell:
            self._bell.notify_all()

    def ring(self, loop: str) -> None:
        """End the wait of `loop` now, for instance because it shall stop."""
        with self._bell:
            self._rung.add(loop)
            self._bell.notify_all()

    def forget(self, loop: str) -> None:
        """Forget what is known; a loop says so right before it looks into the database."""
        with self._bell:
            self._earliest.pop(loop, None)
            self._rung.discard(loop)

    def wait(self, loop: str, until: datetime | None, clock: Clock, longest: float) -> None:
        """Wait for `until`, an earlier hint or a ring, but at most `longest` real seconds."""
        deadline = time.monotonic() + longest
        with self._bell:
            while loop not in self._rung:
                seconds = deadline - time.monotonic()
                instants = [at for at in (until, self._earliest.get(loop)) if at is not None]
                if instants:
                    seconds = min(seconds, clock.real_seconds(min(instants) - clock.now()))
                if seconds <= 0:
                    return
                self._bell.wait(seconds)


def attach(session: Session, hints: Hints) -> None:
    """Let `session` carry hints until it is committed."""
    session.info[_HINTS] = hints
    session.info[_PENDING] = {}


def note(session: Session, loop: str, at: datetime) -> None:
    """Remember that this session makes something due; `loop` hears of it after the commit."""
    pending: dict[str, datetime] | None = session.info.get(_PENDING)
    if pending is not None:
        pending[loop] = min(at, pending.get(loop, at))


def send(session: Session) -> None:
    """Pass on what was noted; the session has just been committed."""
    pending: dict[str, datetime] = session.info[_PENDING]
    hints: Hints = session.info[_HINTS]
    for loop, at in pending.items():
        hints.due(loop, at)
    pending.clear()
