"""The last message of each connection, kept for a day so that a host can choose fields by it.

Off the hot path: offered messages wait for a thread that stores a few at a time, and of messages
that are all taken one in ten minutes is enough.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from callassist.clock import Clock
from callassist.models import SensorSample
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

LONGEST_SAMPLE = 16 * 1024  # bytes; of a longer one the beginning
TAKEN_EVERY, REFUSED_EVERY = 600.0, 3.0  # seconds of real time between two of a connection
MOST_AT_ONCE = 50
MOST_KNOWN = 20_000

_log = structlog.get_logger()
_INSERTS: dict[str, sqlite.Insert | postgresql.Insert] = {
    "sqlite": sqlite.insert(SensorSample),
    "postgresql": postgresql.insert(SensorSample),
}


class _Waiting(NamedTuple):
    body: bytes
    refusal: str | None


class SampleKeeper:
    """`start` it; `offer` from any thread. `store` does what waits, by hand."""

    def __init__(
        self,
        sessions: Sessions,
        vault: Vault,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sessions = sessions
        self._vault = vault
        self._clock = clock
        self._monotonic = monotonic
        self._waiting: dict[int, _Waiting] = {}
        self._next: dict[int, tuple[bool, float]] = {}  # whether refused, and when another is kept
        self._has_work = threading.Event()
        self._storing = threading.Lock()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Store from now on, in a thread; harmless when it runs already."""
        if self._thread is not None:
            return
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="samples", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Store what waits, then stop."""
        self._stopping = True
        self._has_work.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def offer(self, connection_id: int, body: bytes, refusal: str | None) -> None:
        """See ports.sensors.Samples."""
        now = self._monotonic()
        known = self._next.get(connection_id)
        if known is not None and known[0] == (refusal is not None) and now < known[1]:
            return
        if len(self._waiting) >= MOST_AT_ONCE:
            return
        if len(self._next) >= MOST_KNOWN:
            self._next.clear()
        pause = TAKEN_EVERY if refusal is None else REFUSED_EVERY
        self._next[connection_id] = refusal is not None, now + pause
        self._waiting[connection_id] = _Waiting(body[:LONGEST_SAMPLE], refusal)
        self._has_work.set()

    def store(self) -> None:
        """Keep what was offered until now; afterwards it is kept, whoever was at it."""
        with self._storing:
            waiting, self._waiting = self._waiting, {}
            if waiting:
                self._store(waiting)

    def _store(self, waiting: Mapping[int, _Waiting]) -> None:
        try:
            with self._sessions.write() as session:
                for connection_id, sample in waiting.items():
                    self._put(session, connection_id, sample)
        except Exception as error:
            # only a help for choosing fields: readings are stored by others
            _log.warning("samples not kept", action="samples", error=str(error)[:300])

    def _put(self, session: Session, connection_id: int, sample: _Waiting) -> None:
        said = sample.body.decode(errors="replace").replace("\x00", "\ufffd")
        refusal = None if sample.refusal is None else sample.refusal[:1000].replace("\x00", "")
        insert = _INSERTS[session.get_bind().dialect.name].values(
            connection_id=connection_id,
            body=self._vault.seal(said),
            refusal=refusal,
            at=self._clock.now(),
        )
        columns = ("body", "refusal", "at")
        session.connection().execute(
            insert.on_conflict_do_update(
                index_elements=["connection_id"],
                set_={name: insert.excluded[name] for name in columns},
            )
        )

    def _run(self) -> None:
        while not self._stopping:
            self._has_work.wait()
            self._has_work.clear()
            self.store()
            if not self._stopping:
                time.sleep(0.2)  # at most five transactions a second
        self.store()
