"""Delivering one claimed entry and writing down what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from callassist.clock import Clock
from callassist.errors import NotYet, PermanentError, TransientError
from callassist.outbox import claiming
from callassist.outbox.claiming import Claim
from callassist.storage.sessions import Sessions

MAX_ATTEMPTS = 12
BACKOFF = (
    timedelta(seconds=0.5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
)
_ERROR_LENGTH = 500

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class OutboxItem:
    """What a deliverer gets; `attempts` counts from 1, this delivery included."""

    id: int
    topic: str
    key: str
    payload: dict[str, Any]
    attempts: int


Deliverer = Callable[[OutboxItem, datetime], None]
"""Runs outside any transaction and may run twice for one item. TransientError: again later (not
before its `retry_after`, in real seconds); PermanentError: given up, the reason is kept."""


def deliver(
    sessions: Sessions, clock: Clock, deliverers: Mapping[str, Deliverer], claimed: Claim
) -> None:
    """Deliver and mark; ServiceBusy when marking failed (the lease then brings it back)."""
    item = OutboxItem(
        id=claimed.id,
        topic=claimed.topic,
        key=claimed.key,
        payload=claimed.payload,
        attempts=claimed.attempts,
    )
    error = _attempt(deliverers[claimed.topic], item, clock.now())
    with sessions.write() as session:
        now = clock.now()
        if error is None:
            claiming.mark_delivered(session, claimed, now)
        elif isinstance(error, NotYet):
            turn_at = error.turn_at or now + clock.span(error.retry_after)
            claiming.put_back(session, claimed, turn_at)
        elif isinstance(error, PermanentError) or claimed.attempts >= MAX_ATTEMPTS:
            claiming.mark_failed(session, claimed, now, _reason(error))
        else:
            claiming.mark_retry(session, claimed, now + _wait(error, item, clock), _reason(error))


def _attempt(deliverer: Deliverer, item: OutboxItem, now: datetime) -> Exception | None:
    try:
        deliverer(item, now)
    except NotYet as turn:
        return turn
    except (TransientError, PermanentError) as error:
        _log.warning(
            "not delivered",
            action="outbox_not_delivered",
            topic=item.topic,
            key=item.key,
            attempts=item.attempts,
            reason=_reason(error),
        )
        return error
    except Exception as error:  # a bug in one deliverer: tried again, others go on
        _log.error(
            "deliverer failed",
            action="outbox_deliverer_failed",
            topic=item.topic,
            key=item.key,
            attempts=item.attempts,
            exc_info=error,
        )
        return error
    return None


def _wait(error: Exception, item: OutboxItem, clock: Clock) -> timedelta:
    wait = BACKOFF[min(item.attempts, len(BACKOFF)) - 1]
    if isinstance(error, TransientError) and error.retry_after is not None:
        # The one who refused counts real seconds, whatever our clock's speed is.
        return max(wait, clock.span(error.retry_after))
    return wait


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:_ERROR_LENGTH]
