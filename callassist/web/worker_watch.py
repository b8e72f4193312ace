"""Is anybody at work behind the pages? The worker's last sign of life."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import timedelta

from callassist.bootstrap import Service
from callassist.errors import CallAssistError
from callassist.storage.uptime import last_heartbeat

GONE_AFTER = timedelta(seconds=60)  # real; the worker beats every 15 seconds
_LOOKS_EVERY = 5.0  # seconds: every page asks, the database is asked rarely
_FIRST_BEAT_WITHIN = 120.0  # real seconds in which a worker may start after the pages did


@dataclass(frozen=True, kw_only=True)
class WorkerSeen:
    """`ago` in real time; None when no worker has ever run on this database."""

    ago: timedelta | None

    @property
    def is_gone(self) -> bool:
        """Whether nothing is worked on: no calls are created, no messages go out."""
        return self.ago is None or self.ago > GONE_AFTER


class WorkerWatch:
    """Knows, a few seconds late at most, when a worker was last seen."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = threading.Lock()
        self._looked_at = -_LOOKS_EVERY
        self._seen = WorkerSeen(ago=timedelta())
        self._began = time.monotonic()

    def now(self) -> WorkerSeen:
        """As the database says at this moment."""
        clock = self._service.clock
        with self._service.sessions.read() as session:
            last = last_heartbeat(session)
        if last is None:
            return WorkerSeen(ago=None)
        return WorkerSeen(ago=timedelta(seconds=max(-clock.real_seconds(last - clock.now()), 0.0)))

    def lately(self) -> WorkerSeen:
        """The same, looked up rarely; a service that has just started is given its time."""
        with self._lock:
            if time.monotonic() - self._looked_at >= _LOOKS_EVERY:
                self._looked_at = time.monotonic()
                self._seen = self._look()
            return self._seen

    def _look(self) -> WorkerSeen:
        try:
            seen = self.now()
        except CallAssistError:
            return self._seen  # the page itself will say what is wrong with the database
        is_starting = time.monotonic() - self._began < _FIRST_BEAT_WITHIN
        return WorkerSeen(ago=timedelta()) if seen.ago is None and is_starting else seen
