"""Putting something into the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from callassist.models import OutboxEntry
from callassist.storage import hints

LOOP = "outbox"
_SAME = ("topic", "key")
_INSERTS = {
    "sqlite": sqlite.insert(OutboxEntry).on_conflict_do_nothing(index_elements=_SAME),
    "postgresql": postgresql.insert(OutboxEntry).on_conflict_do_nothing(index_elements=_SAME),
}


def put(
    session: Session,
    topic: str,
    key: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    due_at: datetime | None = None,
) -> bool:
    """Deliver `payload` (ids only, never names or numbers) once this transaction is committed.

    False, and nothing happens, when `(topic, key)` was put before: a key is told once.
    """
    due = due_at or now
    statement = _INSERTS[session.get_bind().dialect.name].values(
        topic=topic, key=key, payload=dict(payload), created_at=now, due_at=due, attempts=0
    )
    put_now = session.connection().execute(statement.returning(OutboxEntry.__table__.c.id))
    if put_now.scalar() is None:
        return False
    hints.note(session, LOOP, due)
    return True
