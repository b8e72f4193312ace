"""Claims what is due and runs its handlers, all in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callassist.errors import ServiceBusy
from callassist.models import Timer
from callassist.storage.faults import busy
from callassist.timers import claimed

LOOK_AHEAD = 500  # due timers that one transaction looks at
CHUNK = 25  # of them claimed together, under one savepoint
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
_COLUMNS = (_table.c.id, _table.c.kind, _table.c.subject, _table.c.due_at, _table.c.failures)
_OPEN = _table.c.fired_at.is_(None)


@dataclass(frozen=True, kw_only=True)
class DueTimer:
    """A deadline that has come; `due_at` is the instant it was armed for, however late it is."""

    id: int
    kind: str
    subject: str
    due_at: datetime
    failures: int = 0


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
    started = time.monotonic()
    fired = 0
    due = find_due(session, now, LOOK_AHEAD)
    for begin in range(0, len(due), CHUNK):
        if begin and time.monotonic() - started > LONGEST_SECONDS:
            break
        fired += _fire_chunk(session, due[begin : begin + CHUNK], handlers, now)
    return len(due), fired


def find_due(session: Session, now: datetime, limit: int) -> list[DueTimer]:
    """What is due, oldest first, then what failed and is due again; locked on PostgreSQL."""
    fresh = (
        select(*_COLUMNS)
        .where(_OPEN, _table.c.retry_at.is_(None), _table.c.due_at <= now)
        .order_by(_table.c.due_at, _table.c.id)
    )
    failed = (
        select(*_COLUMNS)
        .where(_OPEN, _table.c.retry_at.is_not(None), _table.c.retry_at <= now)
        .order_by(_table.c.retry_at, _table.c.id)
    )
    found: list[DueTimer] = []
    for query in (fresh, failed):
        rows = session.connection().execute(
            query.limit(limit - len(found)).with_for_update(skip_locked=True)
        )
        found.extend(
            DueTimer(
                id=row.id,
                kind=row.kind,
                subject=row.subject,
                due_at=row.due_at,
                failures=row.failures,
            )
            for row in rows
        )
    return found


def next_due(session: Session) -> datetime | None:
    """When the loop has to look again; None when no timer is armed."""
    connection = session.connection()
    fresh = select(_table.c.due_at).where(_OPEN, _table.c.retry_at.is_(None))
    failed = select(_table.c.retry_at).where(_OPEN, _table.c.retry_at.is_not(None))
    instants = [
        connection.execute(fresh.order_by(_table.c.due_at).limit(1)).scalar(),
        connection.execute(failed.order_by(_table.c.retry_at).limit(1)).scalar(),
    ]
    return min((at for at in instants if at is not None), default=None)


def _fire_chunk(
    session: Session, chunk: Sequence[DueTimer], handlers: Mapping[str, TimerHandler], now: datetime
) -> int:
    try:
        with session.begin_nested():
            fired = 0
            for timer in _claim(session, chunk, now):
                fired += _fire(session, timer, handlers, now)
            return fired
    except Exception as error:
        _raise_if_busy(error)
        if len(chunk) == 1:
            _record_failure(session, chunk[0], error, now)
            return 0
    # One of them failed and took the others back with it: now one by one.
    return sum(_fire_chunk(session, [timer], handlers, now) for timer in chunk)


def _claim(session: Session, chunk: Sequence[DueTimer], now: datetime) -> list[DueTimer]:
    # The rows that the update changed are ours; a handler before may have moved or removed some.
    won = session.connection().execute(
        update(Timer)
        .where(_table.c.id.in_([timer.id for timer in chunk]), _OPEN, _table.c.due_at <= now)
        .values(fired_at=now, error=None)
        .returning(_table.c.id)
    )
    ids = set(won.scalars())
    timers = [timer for timer in chunk if timer.id in ids]
    claimed.remember(session, [(timer.kind, timer.subject, timer.id) for timer in timers])
    return timers


def _fire(
    session: Session, timer: DueTimer, handlers: Mapping[str, TimerHandler], now: datetime
) -> int:
    if not claimed.start(session, timer.kind, timer.subject):
        return 0
    handler = handlers.get(timer.kind)
    if handler is None:
        raise LookupError(f"nobody handles timers of kind {timer.kind!r}")
    session.expunge_all()
    handler(session, timer, now)
    session.flush()
    return 1


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
