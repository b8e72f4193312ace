"""What the rule has to know of a home, read and locked together with its state."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from callassist.domain.noise import SourceKind
from callassist.models import Policy, Property, PropertyNoise, Sensor

CHUNK = 500  # ids in one query

_QUERY = (
    select(
        Property.id,
        Property.public_id,
        Property.account_id,
        Property.timezone,
        Property.policy_id,
        Policy.updated_at,
        Property.paused_from,
        Property.paused_until,
        Property.archived_at,
        PropertyNoise.state,
        PropertyNoise.breach_id,
        PropertyNoise.tick_due_at,
        Sensor.id,
        Sensor.kind,
        Sensor.interval_seconds,
        Sensor.connection_id,
    )
    .join(PropertyNoise, PropertyNoise.property_id == Property.id)
    .outerjoin(Policy, Policy.id == Property.policy_id)
    .outerjoin(Sensor, Sensor.property_id == Property.id)
    .order_by(Property.id)
)
_INSERTS = {
    "sqlite": sqlite.insert(PropertyNoise).values(state=b"").on_conflict_do_nothing(),
    "postgresql": postgresql.insert(PropertyNoise).values(state=b"").on_conflict_do_nothing(),
}


@dataclass(frozen=True, slots=True)
class Listener:
    """One sensor of a home."""

    sensor_id: int
    kind: SourceKind
    interval_seconds: int
    connection_id: int


@dataclass(slots=True)
class Home:
    """One home's settings and the stored state of its noise rule; `policy_id` None: default."""

    property_id: int
    public_id: str
    account_id: int
    zone: ZoneInfo
    policy_id: int | None
    policy_updated_at: datetime | None
    paused_from: datetime | None
    paused_until: datetime | None
    archived_at: datetime | None
    state: bytes
    breach_id: int | None
    tick_due_at: datetime | None
    listeners: list[Listener] = field(default_factory=list)

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
    """Read homes and lock their state, in the order of their ids so that two never wait in a ring.

    A home that is heard for the first time gets its row. `skip_locked`: leave out those that
    another transaction is writing (PostgreSQL; SQLite has one writer).
    """
    wanted = sorted(property_ids)
    homes = _read(session, wanted, skip_locked=skip_locked)
    missing = [each for each in wanted if each not in homes]
    if missing and not skip_locked:
        insert = _INSERTS[session.get_bind().dialect.name]
        known = select(Property.id).where(Property.id.in_(missing)).order_by(Property.id)
        new = [{"property_id": each} for each in session.execute(known).scalars()]
        if new:
            session.connection().execute(insert, new)
            homes |= _read(session, missing, skip_locked=False)
    return homes


def _read(session: Session, wanted: list[int], *, skip_locked: bool) -> dict[int, Home]:
    homes: dict[int, Home] = {}
    for start in range(0, len(wanted), CHUNK):
        query = _QUERY.where(Property.id.in_(wanted[start : start + CHUNK])).with_for_update(
            of=PropertyNoise, skip_locked=skip_locked
        )
        for row in session.connection().execute(query):
            home = homes.get(row[0])
            if home is None:
                home = homes[row[0]] = _home(row)
            if row[12] is not None:
                home.listeners.append(Listener(row[12], SourceKind(row[13]), row[14], row[15]))
    return homes


def _home(row: Sequence[Any]) -> Home:
    return Home(row[0], row[1], row[2], ZoneInfo(row[3]), *row[4:12])
