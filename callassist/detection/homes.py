"""What the rule has to know of a home, read and locked together with its state."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callassist.domain.noise import NoiseEvent
from callassist.models.types import from_micros
from callassist.storage.rows import RowsStatement

# Rows: property id. Locked in the order of their ids, so that two never wait in a ring.
_READ = """
SELECT p.id, p.timezone, p.policy_id, q.updated_at, p.paused_from, p.paused_until, p.archived_at,
  n.state, n.breach_id, n.tick_due_at, s.id, s.kind, s.interval_seconds, s.connection_id,
  CAST(b.policy AS TEXT)
FROM {rows}
JOIN property p ON p.id = CAST(k.value ->> 0 AS BIGINT)
JOIN property_noise n ON n.property_id = p.id
LEFT JOIN policy q ON q.id = p.policy_id
LEFT JOIN breach b ON b.id = n.breach_id
LEFT JOIN sensor s ON s.property_id = p.id
"""
_READS = {
    "sqlite": RowsStatement(_READ),  # a writer is alone
    "postgresql": RowsStatement(f"{_READ} ORDER BY p.id FOR UPDATE OF n"),
}
_READ_FREE = {
    "sqlite": _READS["sqlite"],
    "postgresql": RowsStatement(f"{_READ} ORDER BY p.id FOR UPDATE OF n SKIP LOCKED"),
}
_ADD = RowsStatement("""
INSERT INTO property_noise (property_id, state)
SELECT p.id, {binary}''{as_binary} FROM {rows} JOIN property p
  ON p.id = CAST(k.value ->> 0 AS BIGINT)
WHERE true ON CONFLICT (property_id) DO NOTHING
""")


class Listener(NamedTuple):
    """One sensor of a home; `kind` is a SourceKind."""

    sensor_id: int
    kind: str
    interval_seconds: int
    connection_id: int


class Home:
    """One home's settings and the stored state of its noise rule; `policy_id` None: default."""

    __slots__ = (
        "archived_at",
        "breach_id",
        "listeners",
        "paused_from",
        "paused_until",
        "policy_id",
        "policy_updated_at",
        "property_id",
        "stamped_policy",
        "state",
        "stored_breach_id",
        "stored_tick_due_at",
        "tick_due_at",
        "timezone",
    )

    def __init__(self, row: Sequence[Any]) -> None:
        self.property_id: int = row[0]
        self.timezone: str = row[1]
        self.policy_id: int | None = row[2]
        self.policy_updated_at: int | None = row[3]  # only to see that it changed
        self.paused_from = _instant(row[4])
        self.paused_until = _instant(row[5])
        self.archived_at = _instant(row[6])
        self.state: bytes = row[7]
        self.stored_breach_id: int | None = row[8]
        self.breach_id = self.stored_breach_id  # the running one, also if it began just now
        self.stamped_policy: str = row[14]  # JSON, of the stored breach
        self.stored_tick_due_at = _instant(row[9])
        self.tick_due_at = self.stored_tick_due_at  # of the armed timer; none once it has fired
        self.listeners: tuple[Listener, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """Its local time."""
        return ZoneInfo(self.timezone)

    def listens_to(self, events: Sequence[NoiseEvent]) -> bool:
        """Whether all of `events` are of sensors that are in this home."""
        if len(self.listeners) == 1:
            only = self.listeners[0].sensor_id
            return all(event.sensor_id == only for event in events)
        known = {each.sensor_id for each in self.listeners}
        return all(event.sensor_id in known for event in events)

    def is_paused(self, now: datetime) -> bool:
        """Whether the host has switched this home off for now."""
        return self.was_paused(now) and self.paused_until is not None and now < self.paused_until

    def was_paused(self, now: datetime) -> bool:
        """Whether a pause has begun, over or not."""
        if self.paused_until is None:
            return False
        return self.paused_from is None or self.paused_from <= now


def lock_homes(
    session: Session, property_ids: Collection[int], *, skip_locked: bool = False
) -> dict[int, Home]:
    """Read homes and lock their state.

    A home that is heard for the first time gets its row. `skip_locked`: leave out those that
    another transaction is writing (PostgreSQL; SQLite has one writer).
    """
    wanted = [(each,) for each in sorted(property_ids)]
    reads = _READ_FREE if skip_locked else _READS
    homes = _read(session, reads, wanted)
    missing = [row for row in wanted if row[0] not in homes]
    if missing and not skip_locked:
        _ADD.run(session.connection(), missing)
        homes |= _read(session, reads, missing)
    return homes


def _read(
    session: Session, reads: dict[str, RowsStatement], wanted: Sequence[tuple[int]]
) -> dict[int, Home]:
    connection = session.connection()
    homes: dict[int, Home] = {}
    for row in reads[connection.dialect.name].run(connection, wanted):
        home = homes.get(row[0])
        if home is None:
            home = homes[row[0]] = Home(row)
        if row[10] is not None:
            home.listeners += (Listener(row[10], row[11], row[12], row[13]),)
    return homes


def _instant(at: int | None) -> datetime | None:
    return None if at is None else from_micros(at)
