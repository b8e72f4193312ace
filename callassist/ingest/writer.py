"""Group commit: one thread stores whatever queued while its last commit ran, then wakes everybody.

No timer window: under load the batches grow by themselves, when idle a reading is alone and waits
for nobody. If a transaction fails, its requests are stored one at a time, so that one which cannot
be stored never fails another.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime

import structlog

from callassist.clock import Clock
from callassist.errors import ServiceBusy
from callassist.ingest.answer import Receipt
from callassist.ingest.batch import store
from callassist.ingest.connections import KnownConnection
from callassist.ingest.sensors_known import KnownSensors, SensorMoved
from callassist.ingest.submission import Newcomers, Submission
from callassist.ports.detection import Detector
from callassist.ports.sensors import Parsed
from callassist.storage.sessions import Sessions

MOST_WAITING = 2000  # requests
MOST_READINGS = 2048  # in one transaction, unless one request alone has more
LONGEST_WAIT = 5.5  # real seconds; an answer comes within 6, also when nothing can be stored

_log = structlog.get_logger()


class _Waiting:
    """One request that waits for its commit."""

    __slots__ = ("done", "outcome", "submission")

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.outcome: Receipt | BaseException | None = None
        # a bare lock: made and released once per request, cheaper than an Event
        self.done = threading.Lock()
        self.done.acquire()

    def finish(self, outcome: Receipt | BaseException) -> None:
        self.outcome = outcome
        self.done.release()


class IngestWriter:
    """The one writer of readings in this process. `start` it, `submit` from any thread."""

    def __init__(
        self,
        sessions: Sessions,
        clock: Clock,
        detector: Detector,
        *,
        most_waiting: int = MOST_WAITING,
        longest_wait: float = LONGEST_WAIT,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._detector = detector
        self._most_waiting = most_waiting
        self._longest_wait = longest_wait
        self._known_sensors = KnownSensors()
        self._queue: deque[_Waiting] = deque()
        self._has_work = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._beat_at = time.monotonic()

    def start(self) -> None:
        """Store from now on, in a thread; harmless when it runs already."""
        if self._thread is not None:
            return
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Store what waits, then stop."""
        self._stopping = True
        self._has_work.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def waiting(self) -> int:
        """How many requests wait for a commit."""
        return len(self._queue)

    def healthy(self) -> bool:
        """Whether the thread runs and does not hang in a commit."""
        alive = self._thread is not None and self._thread.is_alive()
        is_late = bool(self._queue) and time.monotonic() - self._beat_at > self._longest_wait
        return alive and not is_late

    def submit(
        self,
        connection: KnownConnection,
        readings: Sequence[Parsed],
        received_at: datetime,
        newcomers: Newcomers,
    ) -> Receipt:
        """Store the readings of one request; returns after the commit.

        ServiceBusy when too many wait, the database cannot store now, or it takes too long
        (then it may be stored later; sent again it is a duplicate).
        """
        if len(self._queue) >= self._most_waiting:
            raise ServiceBusy("too many requests are waiting to be stored", retry_after=2.0)
        waiting = _Waiting(
            Submission(
                connection=connection,
                readings=readings,
                received_at=received_at,
                newcomers=newcomers,
            )
        )
        self._queue.append(waiting)
        self._has_work.set()
        if not waiting.done.acquire(timeout=self._longest_wait):
            raise ServiceBusy("storing takes too long", retry_after=5.0)
        if isinstance(waiting.outcome, Receipt):
            return waiting.outcome
        assert waiting.outcome is not None
        raise waiting.outcome

    def _run(self) -> None:
        while True:
            self._beat_at = time.monotonic()
            batch = self._next_batch()
            if batch:
                self._store(batch)
            elif self._stopping:
                return
            else:
                self._has_work.wait()
                self._has_work.clear()

    def _next_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        readings = 0
        while self._queue:
            readings += len(self._queue[0].submission.readings)
            if batch and readings > MOST_READINGS:
                break
            batch.append(self._queue.popleft())
        return batch

    def _store(self, batch: list[_Waiting]) -> None:
        try:
            receipts = self._transaction(batch)
        except ServiceBusy as busy:
            self._give_up(batch, busy)
        except Exception as error:
            if len(batch) == 1:
                batch[0].finish(error)
                return
            _log.warning(
                "storing together failed, now one by one",
                action="ingest_split",
                requests=len(batch),
                error=f"{type(error).__name__}: {error}"[:500],
            )
            self._one_by_one(batch)
        else:
            for waiting, receipt in zip(batch, receipts, strict=True):
                waiting.finish(receipt)

    def _one_by_one(self, batch: list[_Waiting]) -> None:
        for position, waiting in enumerate(batch):
            try:
                (receipt,) = self._transaction([waiting])
            except ServiceBusy as busy:
                self._give_up(batch[position:], busy)
                return
            except Exception as error:
                waiting.finish(error)
            else:
                waiting.finish(receipt)

    def _transaction(self, batch: Sequence[_Waiting]) -> list[Receipt]:
        submissions = [waiting.submission for waiting in batch]
        try:
            return self._commit(submissions)
        except SensorMoved:
            self._known_sensors.forget()
            return self._commit(submissions)

    def _commit(self, submissions: Sequence[Submission]) -> list[Receipt]:
        with self._sessions.write() as session:
            return store(
                session, submissions, self._known_sensors, self._detector, self._clock.now()
            )

    def _give_up(self, batch: list[_Waiting], busy: ServiceBusy) -> None:
        """Also on everybody who queued meanwhile: each has waited long enough for an answer."""
        while self._queue:
            batch.append(self._queue.popleft())
        for waiting in batch:
            waiting.finish(busy)
