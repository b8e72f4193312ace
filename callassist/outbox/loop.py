"""The loop that delivers: each topic has its own workers, so no slow one holds up another."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog

from callassist.clock import Clock
from callassist.errors import ServiceBusy
from callassist.outbox import claiming
from callassist.outbox.claiming import Claim
from callassist.outbox.delivery import Deliverer, deliver
from callassist.outbox.putting import LOOP
from callassist.storage.engine import is_sqlite
from callassist.storage.sessions import Sessions
from callassist.storage.waiting import WaitingThread

WORKERS = 4  # per topic
LEASE = timedelta(seconds=60)
_LEAST_REAL_LEASE_SECONDS = 60.0  # a deliverer's time-outs run on real time
_BATCH = 50

_log = structlog.get_logger()


class OutboxLoop:
    """Several may run on PostgreSQL; at any moment one worker holds the lease of an entry."""

    def __init__(
        self,
        sessions: Sessions,
        clock: Clock,
        deliverers: Mapping[str, Deliverer],
        *,
        workers: Mapping[str, int] | None = None,
    ) -> None:
        """`workers`: how many a topic has where it needs more than usual."""
        self._sessions = sessions
        self._clock = clock
        self._deliverers = dict(deliverers)
        self._thread = WaitingThread(LOOP, sessions, clock, self._dispatch)
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._lock = threading.Lock()
        self._workers = {**dict.fromkeys(self._deliverers, WORKERS), **(workers or {})}
        self._free = dict(self._workers)

    def run_due(self) -> int:
        """Deliver everything that is due now, here and one by one; how many were tried."""
        tried = 0
        while self._is_due(now := self._clock.now()):
            claims = self._claim(self._deliverers, _BATCH, now)
            for claimed in claims:
                deliver(self._sessions, self._clock, self._deliverers, claimed)
            tried += len(claims)
            if not claims:
                break
        return tried

    def start(self) -> None:
        """Deliver from now on, in threads."""
        if is_sqlite(self._sessions.engine):
            # One process at a time: whoever held a lease is dead.
            with self._sessions.write() as session:
                claiming.release_all(session, self._clock.now())
        for topic, workers in self._workers.items():
            self._pools[topic] = ThreadPoolExecutor(workers, thread_name_prefix=f"outbox-{topic}")
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being delivered and stop."""
        self._thread.stop()
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)

    def healthy(self) -> bool:
        """Whether the loop runs and its last round succeeded lately."""
        return self._thread.healthy()

    def _dispatch(self) -> datetime | None:
        while free := self._free_topics():
            if not threading.main_thread().is_alive():
                return None  # the process is ending; pools take nothing any more
            now, due_at = self._clock.now(), self._next_due(free)
            if due_at is None or due_at > now:
                return due_at
            # As many as the least free topic can take: nothing is claimed to lie in a queue.
            claims = self._claim(free, min(free.values()), now)
            for claimed in claims:
                self._submit(claimed)
            if not claims:  # another process has them
                return self._next_due(free)
        return None  # a worker that becomes free sends a hint

    def _next_due(self, topics: Collection[str]) -> datetime | None:
        """Asked before taking the write lock: most rounds find nothing."""
        with self._sessions.read() as session:
            return claiming.next_due(session, topics)

    def _claim(self, topics: Collection[str], limit: int, now: datetime) -> list[Claim]:
        with self._sessions.write() as session:
            return claiming.claim(session, topics, now, now + self._lease(), limit)

    def _lease(self) -> timedelta:
        return max(LEASE, self._clock.span(_LEAST_REAL_LEASE_SECONDS))

    def _is_due(self, now: datetime) -> bool:
        due_at = self._next_due(self._deliverers)
        return due_at is not None and due_at <= now

    def _free_topics(self) -> dict[str, int]:
        with self._lock:
            return {topic: free for topic, free in self._free.items() if free > 0}

    def _submit(self, claimed: Claim) -> None:
        with self._lock:
            self._free[claimed.topic] -= 1
        self._pools[claimed.topic].submit(self._deliver, claimed)

    def _deliver(self, claimed: Claim) -> None:
        try:
            deliver(self._sessions, self._clock, self._deliverers, claimed)
        except ServiceBusy as error:
            _log.warning(
                "delivery not recorded",
                action="outbox_not_recorded",
                topic=claimed.topic,
                key=claimed.key,
                detail=error.detail,
            )
        except Exception as error:  # nobody looks at the future; the lease brings it back
            _log.error("delivery failed", action="outbox_failed", exc_info=error)
        finally:
            with self._lock:
                was_full = self._free[claimed.topic] == 0
                self._free[claimed.topic] += 1
            if was_full:  # more of its topic may wait
                self._sessions.hints.due(LOOP, self._clock.now())
