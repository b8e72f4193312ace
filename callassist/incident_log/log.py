"""Appending to the log and reading it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, bindparam, insert, select, update
from sqlalchemy.orm import Session

from callassist.domain.log_action import LogAction
from callassist.errors import NotFound
from callassist.incident_log.chain import entry_hash, plain
from callassist.models import Incident, IncidentLogEntry
from callassist.models.types import to_micros
from callassist.storage import nudges

_incidents = Incident.__table__.c
# The row lock puts writers on one incident in a queue (SQLite has one writer anyway).
_HEAD = (
    select(_incidents.log_length, _incidents.log_head)
    .where(_incidents.id == bindparam("incident"))
    .with_for_update()
)
_MOVED = (
    update(Incident)
    .where(_incidents.id == bindparam("incident"), _incidents.log_length == bindparam("was"))
    .values(log_length=bindparam("length"), log_head=bindparam("head"))
)
_WRITTEN = insert(IncidentLogEntry).inline()


def append(
    session: Session, incident_id: int, action: LogAction, data: Mapping[str, Any], *, now: datetime
) -> None:
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
    entry = {
        "incident_id": incident_id,
        "seq": length + 1,
        "at": now,
        "action": action.value,
        "data": kept,
        "previous_hash": head,
        "hash": digest,
    }
    session.connection().execute(_WRITTEN, entry)
    _move_head(session, incident_id, length, digest)
    nudges.changed(session, Incident, incident_id)


def entries(session: Session, incident_id: int) -> list[IncidentLogEntry]:
    """Everything that was logged about one incident, oldest first."""
    query = select(IncidentLogEntry).where(IncidentLogEntry.incident_id == incident_id)
    return list(session.scalars(query.order_by(IncidentLogEntry.seq)))


def _lock(session: Session, incident_id: int) -> tuple[int, str]:
    row = session.connection().execute(_HEAD, {"incident": incident_id}).one_or_none()
    if row is None:
        raise NotFound(f"there is no incident {incident_id} to log about")
    return row.log_length, row.log_head


def _move_head(session: Session, incident_id: int, length: int, digest: str) -> None:
    where = {"incident": incident_id, "was": length}
    moved = session.connection().execute(_MOVED, {**where, "length": length + 1, "head": digest})
    assert isinstance(moved, CursorResult)
    assert moved.rowcount == 1, "the incident's row was locked, nobody else can have moved it"
