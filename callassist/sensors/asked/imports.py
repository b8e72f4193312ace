"""Sensors that a brand names: stored before they are heard, so that they can be paired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.models import Sensor, SensorConnection
from callassist.ports.sensors import SensorAdapter

MOST = 5000  # of one connection


@dataclass(frozen=True, kw_only=True)
class Named:
    """A sensor as its brand names it; `own_messages` None: the brand does not say."""

    name: str
    own_messages: bool | None = None


def import_sensors(
    session: Session,
    connection: SensorConnection,
    adapter: SensorAdapter,
    named: Mapping[str, Named],
    now: datetime,
) -> int:
    """Add those that are new; a name that somebody gave here stays. How many were added."""
    own = select(Sensor).where(Sensor.connection_id == connection.id)
    known = {one.external_id: one for one in session.scalars(own)}
    added = 0
    for external_id, said in named.items():
        sensor = known.get(external_id)
        if sensor is None:
            if len(known) + added >= MOST:
                break
            sensor = Sensor(
                connection_id=connection.id,
                account_id=connection.account_id,
                external_id=external_id,
                kind=str(adapter.kind),
                interval_seconds=int(adapter.reports_every.total_seconds()),
                created_at=now,
            )
            session.add(sensor)
            added += 1
        if not sensor.name:
            sensor.name = said.name[:255]
        if said.own_messages is not None:  # else what the host said stays
            sensor.own_messages = said.own_messages
    session.flush()
    return added
