"""Appending to the log and reading it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from callassist.domain.log_action import LogAction
from callassist.errors import NotFound
from callassist.incident_log.chain import entry_hash, plain
from callassist.models import Incident, IncidentLogEntry
from callassist.models.types import to_micros
from callassist.storage import nudges


def append(
    session: Session, incident_id: int, action: LogAction, data: Mapping[str, Any], *, now: datetime
) -> IncidentLogEntry:
    """Add one entry in the transaction of the move that it tells of.

    `data` has ids, masks, salted hashes and measured facts only, never names or numbers: it
    outlives the erasure of the guest. NotFound for an unknown incident.
    """
    session.flush()
    length, head = _lock(session, incident_id)
    kept = plain(data)
    digest = entry_hash(
        incident_id=incident_id,
        seq=length + 1,
        at_micros=to_micros(now),
        action=action.value,
        data=kept,
        previous_hash=head,
    )
    entry = IncidentLogEntry(
        incident_id=incident_id,
        seq=length + 1,
        at=now,
        action=action.value,
        data=kept,
        previous_hash=head,
        hash=digest,
    )
    session.add(entry)
    session.flush()
    _move_head(session, incident_id, length, digest)
    nudges.changed(session, Incident, incident_id)
    return entry


def entries(session: Session, incident_id: int) -> list[IncidentLogEntry]:
    """Everything that was logged about one incident, oldest first."""
    query = select(IncidentLogEntry).where(IncidentLogEntry.incident_id == incident_id)
    return list(session.scalars(query.order_by(IncidentLogEntry.seq)))


def _lock(session: Session, incident_id: int) -> tuple[int, str]:
    # The row lock puts writers on one incident in a queue (SQLite has one writer anyway).
    row = session.execute(
        select(Incident.log_length, Incident.log_head)
        .where(Incident.id == incident_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(f"there is no incident {incident_id} to log about")
    return row.log_length, row.log_head


def _move_head(session: Session, incident_id: int, length: int, digest: str) -> None:
    table = Incident.__table__
    moved = session.connection().execute(
        update(Incident)
        .where(table.c.id == incident_id, table.c.log_length == length)
        .values(log_length=length + 1, log_head=digest)
    )
    assert isinstance(moved, CursorResult)
    assert moved.rowcount == 1, "the incident's row was locked, nobody else can have moved it"
