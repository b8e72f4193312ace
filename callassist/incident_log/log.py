"""Appending to the log and reading it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import CursorResult, bindparam, insert, select, update
from sqlalchemy.orm import Session, attributes
from sqlalchemy.orm.util import identity_key

from callassist.domain.log_action import LogAction
from callassist.errors import NotFound
from callassist.incident_log.chain import entry_hash, plain
from callassist.models import Incident, IncidentLogEntry
from callassist.models.types import to_micros
from callassist.storage import nudges

_HEADS = "callassist_log_heads"  # in a session: by incident, what its last entry led to
_incidents = Incident.__table__.c
# The row lock puts writers on one incident in a queue (SQLite has one writer anyway).
_HEAD = (
    select(_incidents.log_length, _incidents.log_head)
    .where(_incidents.id == bindparam("incident"))
    .with_for_update()
)
_MOVED = (
    update(Incident)
    .where(
        _incidents.id == bindparam("incident"),
        _incidents.log_length == bindparam("was"),
        _incidents.log_head == bindparam("previous"),
    )
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
    entry = {
        "incident_id": incident_id,
        "at": now,
        "action": action.value,
        "data": plain(data),
    }
    # most know the incident already, which spares a question; whoever is wrong moves nothing
    chained = _chained(session, entry, _at_hand(session, incident_id))
    if chained is None:
        chained = _chained(session, entry, _lock(session, incident_id))
    assert chained is not None, "the incident's row is locked, nobody else can have moved it"
    session.connection().execute(_WRITTEN, chained)
    nudges.changed(session, Incident, incident_id)


def entries(session: Session, incident_id: int) -> list[IncidentLogEntry]:
    """Everything that was logged about one incident, oldest first."""
    query = select(IncidentLogEntry).where(IncidentLogEntry.incident_id == incident_id)
    return list(session.scalars(query.order_by(IncidentLogEntry.seq)))


class _Head(NamedTuple):
    """How many entries there are, and the hash of the newest."""

    length: int
    digest: str


def _at_hand(session: Session, incident_id: int) -> _Head | None:
    """The head as this session knows it: others may have moved it since."""
    found: _Head | None = session.info.get(_HEADS, {}).get(incident_id)
    if found is not None:
        return found
    incident = session.identity_map.get(identity_key(Incident, incident_id))
    if (
        incident is None
        or {"log_length", "log_head"} & attributes.instance_state(incident).unloaded
    ):
        return None
    return _Head(incident.log_length, incident.log_head)


def _lock(session: Session, incident_id: int) -> _Head:
    row = session.connection().execute(_HEAD, {"incident": incident_id}).one_or_none()
    if row is None:
        raise NotFound(f"there is no incident {incident_id} to log about")
    return _Head(row.log_length, row.log_head)


def _chained(
    session: Session, entry: Mapping[str, Any], head: _Head | None
) -> dict[str, Any] | None:
    """The entry behind `head`, which is moved to it; None when the head is another one."""
    if head is None:
        return None
    seq = head.length + 1
    digest = entry_hash(
        incident_id=entry["incident_id"],
        seq=seq,
        at_micros=to_micros(entry["at"]),
        action=entry["action"],
        data=entry["data"],
        previous_hash=head.digest,
    )
    where = {"incident": entry["incident_id"], "was": head.length, "previous": head.digest}
    moved = session.connection().execute(_MOVED, {**where, "length": seq, "head": digest})
    assert isinstance(moved, CursorResult)
    if moved.rowcount != 1:
        return None
    session.info.setdefault(_HEADS, {})[entry["incident_id"]] = _Head(seq, digest)
    return {**entry, "seq": seq, "previous_hash": head.digest, "hash": digest}
