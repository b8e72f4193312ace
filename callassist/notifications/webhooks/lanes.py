"""Who may deliver now: an endpoint that is slow or dead never takes all workers."""

from __future__ import annotations

import threading
from collections import defaultdict

AT_ONCE = 2  # per endpoint
_SUSPECT_AT_ONCE = 1  # per endpoint that failed or was slow the last time
_FIRST_WAIT, _EACH_WAIT, _LONGEST_WAIT = 0.5, 0.1, 300.0  # real seconds


class Lanes:
    """Of one process. Endpoints that failed or were slow share half of the workers at most."""

    def __init__(self, workers: int) -> None:
        self._most_suspects = workers // 2
        self._lock = threading.Lock()
        self._busy: defaultdict[int, int] = defaultdict(int)
        self._suspects: set[int] = set()
        self._put_off: defaultdict[int, set[int]] = defaultdict(set)

    def enter(self, endpoint_id: int, item_id: int) -> float | None:
        """None when it may go on and has to `leave`; else the real seconds to wait."""
        with self._lock:
            if self._is_free(endpoint_id):
                self._busy[endpoint_id] += 1
                self._put_off[endpoint_id].discard(item_id)
                return None
            waiting = self._put_off[endpoint_id]
            waiting.add(item_id)
            # the more wait for one endpoint, the longer: looking again and again costs everybody
            return min(_FIRST_WAIT + _EACH_WAIT * len(waiting), _LONGEST_WAIT)

    def leave(self, endpoint_id: int, *, is_suspect: bool) -> None:
        """A try ended; whether the endpoint failed or was slow."""
        with self._lock:
            self._busy[endpoint_id] -= 1
            if self._busy[endpoint_id] == 0:
                del self._busy[endpoint_id]
            if not self._put_off[endpoint_id]:
                del self._put_off[endpoint_id]
            if is_suspect:
                self._suspects.add(endpoint_id)
            else:
                self._suspects.discard(endpoint_id)

    def _is_free(self, endpoint_id: int) -> bool:
        busy = self._busy.get(endpoint_id, 0)
        if endpoint_id not in self._suspects:
            return busy < AT_ONCE
        taken = sum(self._busy.get(one, 0) for one in self._suspects)
        return busy < _SUSPECT_AT_ONCE and taken < self._most_suspects
