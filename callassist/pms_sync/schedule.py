"""Which connections are due, read a few at a time; and what webhooks named, soon."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callassist.models import PmsConnection
from callassist.pms_sync import claims
from callassist.pms_sync.hints import read_hinted
from callassist.pms_sync.running import run_connection
from callassist.pms_sync.sync import Sync
from callassist.storage.engine import is_sqlite

_log = structlog.get_logger()


def due(session: Session, now: datetime, real_now: datetime, limit: int) -> list[int]:
    """Connections whose time has come and that nobody reads, the longest due first."""
    query = (
        select(PmsConnection.id)
        .where(
            PmsConnection.next_run_at <= now,
            PmsConnection.disabled_at.is_(None),
            or_(
                PmsConnection.claimed_until.is_(None),
                PmsConnection.claimed_until <= real_now,
                PmsConnection.claimed_until > real_now + 2 * claims.LEASE,
            ),
        )
        .order_by(PmsConnection.next_run_at, PmsConnection.id)
    )
    return list(session.scalars(query.limit(limit)))


class Readers:
    """Threads that read connections; `tick` never waits for them."""

    def __init__(self, sync: Sync) -> None:
        self._sync = sync
        self._most = sync.settings.readers
        self._pool: ThreadPoolExecutor | None = None
        self._busy: set[int | str] = set()
        self._lock = threading.Lock()

    def start(self) -> None:
        """Read from now on."""
        self._sync.stopping.clear()
        if is_sqlite(self._sync.sessions.engine):
            with self._sync.sessions.write() as session:
                claims.release_all(session)
        # one more: hints are read while all connections are busy
        self._pool = ThreadPoolExecutor(self._most + 1, thread_name_prefix="pms")

    def stop(self) -> None:
        """Have every run end at its next request, and wait for that."""
        self._sync.stopping.set()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def tick(self) -> None:
        """Begin what is due, as far as there are readers for it."""
        free = self._most - len(self._busy - {_HINTS})
        now, real = self._sync.clock.now(), self._sync.now_real()
        if free > 0:
            with self._sync.sessions.read() as session:
                ids = due(session, now, real, free)
            for connection_id in ids:
                self._submit(connection_id)
        self._submit(_HINTS)

    def _submit(self, what: int | str) -> None:
        with self._lock:
            if self._pool is None or what in self._busy:
                return
            self._busy.add(what)
        self._pool.submit(self._run, what)

    def _run(self, what: int | str) -> None:
        try:
            if isinstance(what, int):
                run_connection(self._sync, what)
            else:
                read_hinted(self._sync)
        except Exception as error:  # nobody looks at the future; the next tick tries again
            _log.error("reading failed", action="pms_failed", exc_info=error)
        finally:
            with self._lock:
                self._busy.discard(what)


_HINTS = "hints"
