"""Delivered entries are kept a month (a key is not told twice meanwhile), then deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from callassist.models import OutboxEntry

KEPT_FOR = timedelta(days=30)
BATCH = 5_000
_table = OutboxEntry.__table__


def prune(session: Session, now: datetime, *, limit: int = BATCH) -> int:
    """Delete up to `limit` entries that were settled more than a month ago; how many."""
    old = select(_table.c.id).where(_table.c.delivered_at < now - KEPT_FOR).limit(limit)
    result = session.connection().execute(delete(OutboxEntry).where(_table.c.id.in_(old)))
    assert isinstance(result, CursorResult)
    return result.rowcount
