"""What the sensors of a home said in a stretch of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from callassist.domain.noise import ReadingKind, SourceKind, Verdict
from callassist.domain.noise.rules import SILENT_AFTER
from callassist.models import NoiseReading, Sensor
from callassist.reports.facts import Level, Notice, SensorFacts

_SILENT_INTERVALS = 2.5
# A reading from the future would stand where nobody has listened yet.
_NOT_DRAWN = (Verdict.FUTURE, Verdict.NOT_APPLICABLE, Verdict.TOO_OLD)

_Readings = Sequence[Row[datetime, str, float | None, int | None]]


def sensors(
    session: Session, property_id: int, starts_at: datetime, ends_at: datetime
) -> tuple[SensorFacts, ...]:
    """Each sensor of the home with its readings from `starts_at` to `ends_at`, oldest first."""
    rows = session.scalars(
        select(Sensor).where(Sensor.property_id == property_id).order_by(Sensor.id)
    )
    return tuple(_sensor(session, row, starts_at, ends_at) for row in rows)


def _sensor(
    session: Session, sensor: Sensor, starts_at: datetime, ends_at: datetime
) -> SensorFacts:
    query = (
        select(NoiseReading.at, NoiseReading.kind, NoiseReading.level_db, NoiseReading.number)
        .where(
            NoiseReading.sensor_id == sensor.id,
            NoiseReading.at.between(starts_at, ends_at),
            NoiseReading.verdict.not_in([str(verdict) for verdict in _NOT_DRAWN]),
        )
        .order_by(NoiseReading.at, NoiseReading.id)
    )
    readings = session.execute(query).all()
    interval = timedelta(seconds=max(1, sensor.interval_seconds))
    is_level = sensor.kind == SourceKind.LEVEL
    return SensorFacts(
        public_id=sensor.public_id,
        kind=sensor.kind,
        interval=interval,
        silent_after=max(SILENT_AFTER, interval * _SILENT_INTERVALS),
        levels=tuple(_levels(readings)) if is_level else (),
        notices=() if is_level else tuple(_notices(readings)),
    )


def _levels(readings: _Readings) -> list[Level]:
    return [Level(row.at, row.level_db) for row in readings if row.level_db is not None]


def _notices(readings: _Readings) -> list[Notice]:
    return [
        Notice(row.at, row.kind, row.number)
        for row in readings
        if row.kind != ReadingKind.HEARTBEAT
    ]
