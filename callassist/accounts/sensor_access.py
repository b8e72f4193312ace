"""What a page says of a brand's permission: when it was asked, what was wrong, what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.connections import find_connection
from callassist.accounts.sensors import find_sensor
from callassist.domain.viewer import Viewer
from callassist.models import Sensor, SensorAccess, SensorConnection


@dataclass(frozen=True, kw_only=True)
class AccessState:
    """Instants are real time. `error` is a sentence in English; None when all is well."""

    is_refused: bool  # the owner took the permission back: connect again
    error: str | None
    failures: int  # in a row
    asked_at: datetime | None  # the last time that all of it worked
    next_at: datetime | None
    has_hook: bool
    hook_checked_at: datetime | None

    @property
    def is_first(self) -> bool:
        """Whether nothing was read yet, and nothing went wrong either."""
        return self.asked_at is None and self.error is None


def access_of(session: Session, viewer: Viewer, connection_public_id: str) -> AccessState | None:
    """None for a connection that is not asked, but posts by itself; NotFound as for the others."""
    connection = find_connection(session, viewer, connection_public_id)
    row = session.get(SensorAccess, connection.id)
    return None if row is None else _state_of(row)


def accesses_of(session: Session, found: Iterable[SensorConnection]) -> dict[int, AccessState]:
    """The same of several connections that the viewer may see, by their row ids."""
    ids = [one.id for one in found]
    query = select(SensorAccess).where(SensorAccess.connection_id.in_(ids))
    return {row.connection_id: _state_of(row) for row in session.scalars(query)}


def _state_of(row: SensorAccess) -> AccessState:
    return AccessState(
        is_refused=row.refused_at is not None,
        error=row.error,
        failures=row.failures,
        asked_at=row.asked_at,
        next_at=row.next_at,
        has_hook=row.hook_id is not None,
        hook_checked_at=row.hook_checked_at,
    )


def say_own_messages(
    session: Session, viewer: Viewer, sensor_public_id: str, sends: bool | None
) -> Sensor:
    """The host says whether the sensor's maker texts guests itself; None: not known.

    What the maker's cloud says, where it says it, is written over this at the next look.
    """
    sensor = find_sensor(session, viewer, sensor_public_id)
    viewer.require_write(sensor.account_id)
    sensor.own_messages = sends
    session.flush()
    return sensor
