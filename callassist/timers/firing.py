"""Claims what is due and runs its handlers, all in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callassist.errors import ServiceBusy
from callassist.models import Timer
from callassist.storage.faults import busy
from callassist.timers import claimed
from callassist.timers.claimed import DueTimer

CHUNK = 100  # claimed together, under one savepoint
LONGEST_SECONDS = 0.04  # real time that one transaction may hold the write lock
BACKOFF = (
    timedelta(seconds=1),
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=5),
)
_ERROR_LENGTH = 500

_log = structlog.get_logger()
_table = Timer.__table__
_OPEN = _table.c.fired_at.is_(None)
_NEXT_FRESH = (
    select(_table.c.due_at)
    .where(_OPEN, _table.c.retry_at.is_(None))
    .order_by(_table.c.due_at)
    .limit(1)
)
_NEXT_FAILED = (
    select(_table.c.retry_at)
    .where(_OPEN, _table.c.retry_at.is_not(None))
    .order_by(_table.c.retry_at)
    .limit(1)
)

TimerHandler = Callable[[Session, DueTimer, datetime], None]
"""Runs inside the claiming transaction: may arm timers and put outbox rows, must not do network
I/O. It may run again after its transaction was rolled back, which leaves nothing behind. Each
handler starts with an empty session: it reads what it needs."""


def fire_some(
    session: Session, handlers: Mapping[str, TimerHandler], now: datetime
) -> tuple[int, int]:
    """Fire due timers, oldest first; how many were seen due, and how many of them fired.

    A handler that fails is rolled back alone and tried again later; it never blocks others.
    """
    end = time.monotonic() + LONGEST_SECONDS
    seen = fired = 0
    while not seen or time.monotonic() < end:
        chunk_seen, chunk_fired = _fire_chunk(session, handlers, now, end)
        seen += chunk_seen
        fired += chunk_fired
        if chunk_seen < CHUNK:
            break
    return seen, fired


def next_due(session: Session) -> datetime | None:
    """When the loop has to look again; None when no timer is armed."""
    connection = session.connection()
    instants = [connection.execute(query).scalar() for query in (_NEXT_FRESH, _NEXT_FAILED)]
    return min((at for at in instants if at is not None), default=None)


def _fire_chunk(
    session: Session, handlers: Mapping[str, TimerHandler], now: datetime, end: float
) -> tuple[int, int]:
    timers: list[DueTimer] = []
    try:
        with session.begin_nested():
            timers += claimed.claim(session, now, CHUNK)
            return len(timers), _fire_all(session, timers, handlers, now, end)
    except Exception as error:
        _raise_if_busy(error)
        if not timers:
            raise
        if len(timers) == 1:
            _record_failure(session, timers[0], error, now)
            return 1, 0
    # One of them failed and took the others back with it: now one by one.
    return len(timers), sum(_fire_alone(session, timer, handlers, now) for timer in timers)


def _fire_all(
    session: Session,
    timers: Sequence[DueTimer],
    handlers: Mapping[str, TimerHandler],
    now: datetime,
    end: float,
) -> int:
    fired = 0
    for place, timer in enumerate(timers):
        if place and time.monotonic() > end:
            claimed.release(session, timers[place:])
            break
        if claimed.start(session, timer):
            _fire(session, timer, handlers, now)
            fired += 1
    return fired


def _fire_alone(
    session: Session, timer: DueTimer, handlers: Mapping[str, TimerHandler], now: datetime
) -> int:
    try:
        with session.begin_nested():
            if not claimed.claim_one(session, timer, now):
                return 0
            claimed.start(session, timer)
            _fire(session, timer, handlers, now)
            return 1
    except Exception as error:
        _raise_if_busy(error)
        _record_failure(session, timer, error, now)
        return 0


def _fire(
    session: Session, timer: DueTimer, handlers: Mapping[str, TimerHandler], now: datetime
) -> None:
    handler = handlers.get(timer.kind)
    if handler is None:
        raise LookupError(f"nobody handles timers of kind {timer.kind!r}")
    handler(session, timer, now)
    session.flush()
    # What this one has read must not be taken for fresh by the next one.
    if len(session.identity_map):
        session.expunge_all()


def _raise_if_busy(error: Exception) -> None:
    named = error if isinstance(error, ServiceBusy) else busy(error)
    if named is not None:
        raise named from error


def _record_failure(session: Session, timer: DueTimer, error: Exception, now: datetime) -> None:
    retry_at = now + BACKOFF[min(timer.failures, len(BACKOFF) - 1)]
    session.expunge_all()
    session.connection().execute(
        update(Timer)
        .where(_table.c.id == timer.id, _OPEN)
        .values(
            failures=timer.failures + 1,
            retry_at=retry_at,
            error=f"{type(error).__name__}: {error}"[:_ERROR_LENGTH],
        )
    )
    _log.error(
        "timer failed",
        action="timer_failed",
        kind=timer.kind,
        subject=timer.subject,
        failures=timer.failures + 1,
        retry_at=retry_at.isoformat(),
        exc_info=error,
    )
