"""Who delivers what: a claim is a lease that runs out when its holder dies."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, bindparam, select, update
from sqlalchemy.orm import Session

from callassist.models import OutboxEntry
from callassist.outbox.putting import LOOP
from callassist.storage import hints

_table = OutboxEntry.__table__
_OPEN = _table.c.delivered_at.is_(None)
_OF_TOPICS = _table.c.topic.in_(bindparam("topics", expanding=True))
_NEXT = select(_table.c.due_at).where(_OPEN, _OF_TOPICS).order_by(_table.c.due_at).limit(1)
_DUE = (
    select(_table.c.id, _table.c.topic, _table.c.key, _table.c.payload, _table.c.attempts)
    .where(_OPEN, _table.c.due_at <= bindparam("now"), _OF_TOPICS)
    .order_by(_table.c.due_at, _table.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKEN = (
    update(OutboxEntry)
    .where(_table.c.id == bindparam("entry"), _OPEN, _table.c.due_at <= bindparam("now"))
    .values(
        claimed_until=bindparam("until"),
        due_at=bindparam("until"),
        attempts=_table.c.attempts + 1,
    )
)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One entry that is ours to deliver until `until`."""

    id: int
    topic: str
    key: str
    payload: dict[str, Any]
    attempts: int  # this one included
    until: datetime


def claim(
    session: Session, topics: Collection[str], now: datetime, until: datetime, limit: int
) -> list[Claim]:
    """Take up to `limit` due entries of `topics`, oldest first.

    The lease also moves `due_at`: the index then skips what is being delivered, and an entry
    whose holder died comes up again by itself.
    """
    asked = {"topics": list(topics), "now": now, "most": limit}
    found = session.connection().execute(_DUE, asked).all()
    return [
        Claim(
            id=row.id,
            topic=row.topic,
            key=row.key,
            payload=row.payload,
            attempts=row.attempts + 1,
            until=until,
        )
        for row in found
        if _take(session, row.id, now, until)
    ]


def _take(session: Session, entry_id: int, now: datetime, until: datetime) -> bool:
    taken = {"entry": entry_id, "now": now, "until": until}
    return _changed(session.connection().execute(_TAKEN, taken))


def mark_delivered(session: Session, claimed: Claim, now: datetime) -> bool:
    """Done. False when the lease ran out and somebody else took it: both have delivered."""
    return _settle(session, claimed, delivered_at=now, error=None)


def mark_failed(session: Session, claimed: Claim, now: datetime, error: str) -> bool:
    """Given up, with the reason."""
    return _settle(session, claimed, delivered_at=now, failed_at=now, error=error)


def mark_retry(session: Session, claimed: Claim, due_at: datetime, error: str) -> bool:
    """Not this time; again at `due_at`."""
    hints.note(session, LOOP, due_at)
    return _settle(session, claimed, due_at=due_at, error=error)


def put_back(session: Session, claimed: Claim, due_at: datetime) -> bool:
    """Not its turn: again at `due_at`, as if it had not been tried."""
    hints.note(session, LOOP, due_at)
    return _settle(session, claimed, due_at=due_at, attempts=claimed.attempts - 1)


def release_all(session: Session, now: datetime) -> int:
    """Take every lease back: for a process that knows that all holders are dead."""
    result = session.connection().execute(
        update(OutboxEntry)
        .where(_OPEN, _table.c.claimed_until.is_not(None))
        .values(claimed_until=None, due_at=now)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount


def next_due(session: Session, topics: Collection[str]) -> datetime | None:
    """When the oldest open entry of `topics` is due; None when there is none."""
    instant: datetime | None
    instant = session.connection().execute(_NEXT, {"topics": list(topics)}).scalar()
    return instant


def _settle(session: Session, claimed: Claim, **values: Any) -> bool:
    result = session.connection().execute(
        update(OutboxEntry)
        .where(
            _table.c.id == claimed.id,
            _OPEN,
            _table.c.claimed_until == claimed.until,
            _table.c.attempts == claimed.attempts,
        )
        .values(claimed_until=None, **values)
    )
    return _changed(result)


def _changed(result: object) -> bool:
    assert isinstance(result, CursorResult)
    return bool(result.rowcount == 1)
