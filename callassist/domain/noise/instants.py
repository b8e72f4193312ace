"""Instants as whole microseconds since 1970: exact like datetimes, and fast."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
MINUTE = 60_000_000
NEVER = 1 << 62  # later than any instant


def micros(at: datetime) -> int:
    """Microseconds since 1970 of an aware instant; TypeError for a naive one."""
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def span_micros(span: timedelta) -> int:
    """A duration in microseconds."""
    return span // _MICROSECOND


def instant(at: int) -> datetime:
    """The aware UTC instant of `at` microseconds."""
    return _EPOCH + timedelta(microseconds=at)


def maybe_instant(at: int | None) -> datetime | None:
    """The same, passing None through."""
    return None if at is None else instant(at)
