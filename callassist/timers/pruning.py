"""Fired timers are kept a day for whoever asks what happened, then deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from callassist.models import Timer

KEPT_FOR = timedelta(days=1)
BATCH = 5_000
_table = Timer.__table__


def prune(session: Session, now: datetime, *, limit: int = BATCH) -> int:
    """Delete up to `limit` timers that fired more than a day ago; how many it were."""
    old = select(_table.c.id).where(_table.c.fired_at < now - KEPT_FOR).limit(limit)
    result = session.connection().execute(delete(Timer).where(_table.c.id.in_(old)))
    assert isinstance(result, CursorResult)
    return result.rowcount
