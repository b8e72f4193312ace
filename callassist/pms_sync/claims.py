"""Who reads a connection: one process at a time, for as long as it says that it is alive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, or_, update
from sqlalchemy.orm import Session

from callassist.errors import TransientError
from callassist.models import PmsConnection

LEASE = timedelta(minutes=5)  # real time; longer than a request with its waiting may take
_table = PmsConnection.__table__


class ClaimLost(TransientError):
    """The connection was paused or removed meanwhile, or another process reads it now."""


@dataclass
class Claim:
    """A connection that is ours to read until `until` (real time)."""

    connection_id: int
    until: datetime


def claim(session: Session, connection_id: int, real_now: datetime) -> Claim | None:
    """Take a connection; None while another process reads it, and when it is paused.

    A lease that ends later than any can comes from a clock that was wrong, and counts for nothing.
    """
    until = real_now + LEASE
    taken = session.connection().execute(
        update(PmsConnection)
        .where(
            _table.c.id == connection_id,
            _table.c.disabled_at.is_(None),
            or_(
                _table.c.claimed_until.is_(None),
                _table.c.claimed_until <= real_now,
                _table.c.claimed_until > real_now + 2 * LEASE,
            ),
        )
        .values(claimed_until=until)
    )
    assert isinstance(taken, CursorResult)
    return Claim(connection_id, until) if taken.rowcount else None


def renew(session: Session, held: Claim, real_now: datetime) -> None:
    """Still alive; ClaimLost when the connection is not ours any more."""
    until = real_now + LEASE
    if not _set(session, held, until):
        raise ClaimLost("the connection was paused or taken over")
    held.until = until


def release(session: Session, held: Claim) -> bool:
    """Done; False when it was not ours any more."""
    return _set(session, held, None)


def release_all(session: Session) -> None:
    """Of a database with one process: whoever held a claim is dead."""
    session.connection().execute(
        update(PmsConnection).where(_table.c.claimed_until.is_not(None)).values(claimed_until=None)
    )


def _set(session: Session, held: Claim, until: datetime | None) -> bool:
    kept = session.connection().execute(
        update(PmsConnection)
        .where(
            _table.c.id == held.connection_id,
            _table.c.claimed_until == held.until,
            *([] if until is None else [_table.c.disabled_at.is_(None)]),
        )
        .values(claimed_until=until)
    )
    assert isinstance(kept, CursorResult)
    return kept.rowcount > 0
