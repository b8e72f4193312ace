"""When a webhook is tried again, what an answer means, and when an endpoint is given up. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

# The waits between tries (Standard Webhooks); about 28 hours from the first to the last.
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)
MOST_TRIES = len(WAITS) + 1
LONGEST_ASKED_WAIT = timedelta(hours=1)  # of a Retry-After
GIVEN_UP_AFTER = timedelta(days=5)
MOST_FAILED = 50  # deliveries in a row that failed for good
_GONE = 410
_ASKS_TO_WAIT = (429, 503)


class DeliveryState(StrEnum):
    """Where one message to one endpoint stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class OffReason(StrEnum):
    """Why an endpoint is told nothing any more."""

    BY_HAND = "by_hand"
    GONE = "gone"  # it answered 410
    FAILING = "failing"  # five days without one success
    FAILED_OFTEN = "failed_often"


def is_success(status: int | None) -> bool:
    """Whether the answer says that the message was taken."""
    return status is not None and 200 <= status < 300


def is_gone(status: int | None) -> bool:
    """Whether the answer says that nothing shall ever come here again."""
    return status == _GONE


def next_wait(
    tries: int, status: int | None = None, retry_after: float | None = None
) -> timedelta | None:
    """How long to wait after `tries` tries that failed; None when that was the last."""
    if tries >= MOST_TRIES:
        return None
    wait = WAITS[max(tries, 1) - 1]
    if retry_after is not None and status in _ASKS_TO_WAIT:
        asked = timedelta(seconds=min(max(retry_after, 0), LONGEST_ASKED_WAIT.total_seconds()))
        return max(wait, asked)
    return wait


def off_reason(
    *, status: int | None, failing_since: datetime, failed_in_row: int, now: datetime
) -> OffReason | None:
    """Why the endpoint is given up after this failure; None while it is not."""
    if is_gone(status):
        return OffReason.GONE
    if failed_in_row >= MOST_FAILED:
        return OffReason.FAILED_OFTEN
    if now - failing_since >= GIVEN_UP_AFTER:
        return OffReason.FAILING
    return None
