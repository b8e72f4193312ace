"""The loop that fires timers: late by milliseconds, idle when nothing is due."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime

from callassist.clock import Clock
from callassist.storage.sessions import Sessions
from callassist.storage.waiting import WaitingThread
from callassist.timers.arming import LOOP
from callassist.timers.firing import TimerHandler, fire_some, next_due

_LONGEST_ROUND_SECONDS = 2.0


class TimerLoop:
    """Several may run on PostgreSQL, in any number of processes; each timer fires once."""

    def __init__(
        self, sessions: Sessions, clock: Clock, handlers: Mapping[str, TimerHandler]
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._handlers = dict(handlers)
        self._thread = WaitingThread(LOOP, sessions, clock, self._work)

    def run_due(self) -> int:
        """Fire everything that is due now, also what handlers arm for now; how many fired."""
        return self._fire_until(lambda: False)

    def next_due(self) -> datetime | None:
        """The instant of the next armed timer; None when there is none."""
        with self._sessions.read() as session:
            return next_due(session)

    def start(self) -> None:
        """Fire from now on, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the transaction that runs and stop."""
        self._thread.stop()

    def healthy(self) -> bool:
        """Whether the loop runs and its last round succeeded lately."""
        return self._thread.healthy()

    def _work(self) -> datetime | None:
        # A round ends now and then even while more is due, so that health and stop are seen.
        end = time.monotonic() + _LONGEST_ROUND_SECONDS
        self._fire_until(lambda: time.monotonic() > end)
        return self.next_due()

    def _fire_until(self, enough: Callable[[], bool]) -> int:
        fired = 0
        while not enough():
            now = self._clock.now()
            at = self.next_due()
            if at is None or at > now:
                break
            with self._sessions.write() as session:
                seen, done = fire_some(session, self._handlers, now)
            fired += done
            if not seen:  # another worker has them
                break
        return fired
