"""First come, first served for SQLite's one write lock.

SQLite lets a waiting writer sleep and look again, up to 100 ms later: under load some wait for
seconds. Writers of one process queue here instead and are woken the moment it is their turn.
"""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """A fair lock."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    def take(self, timeout: float) -> bool:
        """Wait for one's turn at most `timeout` seconds; False when it did not come."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=timeout):
            return True
        with self._guard:
            if turn not in self._waiting:
                return True  # it came in this very moment
            self._waiting.remove(turn)
            return False

    def give(self) -> None:
        """Pass it on to whoever waits longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
