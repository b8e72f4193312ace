"""The thread of a loop that works on due rows: works, waits for the next one, survives faults."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime

import structlog

from callassist.clock import Clock
from callassist.errors import ServiceBusy
from callassist.storage.engine import is_sqlite
from callassist.storage.sessions import Sessions

FLOOR_SECONDS = 0.01  # between two looks: what comes in a burst is done in batches
LONGEST_WAIT_SQLITE = 30.0  # one process: every new row sends a hint
LONGEST_WAIT_POSTGRESQL = 1.0  # rows of other processes come without one
AFTER_FAULT_SECONDS = 1.0
_STOP_SECONDS = 30.0
_HEALTHY_SECONDS = 60.0

_log = structlog.get_logger()


class WaitingThread:
    """Runs `work` whenever something is due; `work` returns the next instant (or None).

    All times here are real seconds.
    """

    def __init__(
        self, name: str, sessions: Sessions, clock: Clock, work: Callable[[], datetime | None]
    ) -> None:
        self._name = name
        self._hints = sessions.hints
        self._clock = clock
        self._work = work
        self._longest = (
            LONGEST_WAIT_SQLITE if is_sqlite(sessions.engine) else (LONGEST_WAIT_POSTGRESQL)
        )
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._last_success = time.monotonic()

    def start(self) -> None:
        """Start the thread; once."""
        assert self._thread is None, f"the loop {self._name} was started already"
        self._last_success = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the round that runs and end; harmless when it does not run."""
        self._stopping.set()
        self._hints.ring(self._name)
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def healthy(self) -> bool:
        """Whether the thread lives and a round succeeded lately."""
        alive = self._thread is not None and self._thread.is_alive()
        return alive and time.monotonic() - self._last_success < _HEALTHY_SECONDS

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._hints.forget(self._name)
            if self._stopping.is_set():
                return
            try:
                next_due = self._work()
            except ServiceBusy as error:
                self._wait_after_busy(error)
            except Exception as error:  # the loop must outlive whatever happens in it
                _log.error("loop failed", action="loop_failed", loop=self._name, exc_info=error)
                self._stopping.wait(AFTER_FAULT_SECONDS)
            else:
                self._last_success = time.monotonic()
                self._stopping.wait(FLOOR_SECONDS)
                self._hints.wait(self._name, next_due, self._clock, self._longest)

    def _wait_after_busy(self, error: ServiceBusy) -> None:
        _log.warning("loop waits", action="loop_waits", loop=self._name, detail=error.detail)
        self._stopping.wait(min(AFTER_FAULT_SECONDS, error.retry_after or AFTER_FAULT_SECONDS))
