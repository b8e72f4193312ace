"""What the sensors of a home said in a stretch of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from callassist.domain.noise import ReadingKind, SourceKind, Verdict
from callassist.domain.noise.rules import SILENT_AFTER
from callassist.models import NoiseReading, Sensor
from callassist.reports.facts import Level, Notice, SensorFacts

_SILENT_INTERVALS = 2.5
# A reading from the future would stand where nobody has listened yet.
_NOT_DRAWN = (Verdict.FUTURE, Verdict.NOT_APPLICABLE, Verdict.TOO_OLD)

_Readings = Sequence[Row[datetime, str, float | None, int | None]]
_SENSORS = select(Sensor).where(Sensor.property_id == bindparam("home")).order_by(Sensor.id)
_READING = NoiseReading.__table__.c  # of the table itself: hundreds of rows go past the mapper
_SAID = (
    select(_READING.at, _READING.kind, _READING.level_db, _READING.number)
    .where(
        _READING.sensor_id == bindparam("sensor"),
        _READING.at.between(bindparam("starts_at"), bindparam("ends_at")),
        _READING.verdict.not_in([str(verdict) for verdict in _NOT_DRAWN]),
    )
    .order_by(_READING.at, _READING.id)
)


def sensors(
    session: Session, property_id: int, starts_at: datetime, ends_at: datetime
) -> tuple[SensorFacts, ...]:
    """Each sensor of the home with its readings from `starts_at` to `ends_at`, oldest first."""
    rows = session.scalars(_SENSORS, {"home": property_id})
    return tuple(_sensor(session, row, starts_at, ends_at) for row in rows)


def _sensor(
    session: Session, sensor: Sensor, starts_at: datetime, ends_at: datetime
) -> SensorFacts:
    asked = {"sensor": sensor.id, "starts_at": starts_at, "ends_at": ends_at}
    readings = session.execute(_SAID, asked).all()
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
