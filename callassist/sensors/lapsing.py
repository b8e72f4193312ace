"""Notices that are never taken back: brands without a sure word for "quiet again".

After a first or second notice the next one is due; when it does not come, the noise is over. After
a third none follows, so it counts on for longer: by then the calls have been made.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session

from callassist.domain.noise import ReadingKind
from callassist.models import NoiseReading, PropertyNoise, Sensor, SensorConnection
from callassist.ports.sensors import Intake, ParsedReading
from callassist.sensors.registry import ADAPTERS
from callassist.storage.sessions import Sessions

BRANDS = ("noiseaware", "seam")
GRACE = timedelta(minutes=5)  # a notice may be late by so much
AFTER_THE_LAST = timedelta(minutes=30)
LAST_NUMBER = 3


def let_lapse(
    sessions: Sessions, intake: Intake, up_since: Callable[[], datetime], now: datetime
) -> int:
    """End the notices that are overdue; returns how many. What could not be told to us while we
    were down is waited for again from then on."""
    with sessions.read() as session:
        found = _overdue(session, up_since(), now)
    for connection_id, ended in found:
        intake.take(connection_id, [ended])
    return len(found)


def _overdue(session: Session, up: datetime, now: datetime) -> list[tuple[int, ParsedReading]]:
    loud = list(
        session.scalars(
            select(PropertyNoise.property_id).where(PropertyNoise.breach_id.is_not(None))
        )
    )
    if not loud:
        return []
    query = (
        select(
            Sensor.connection_id,
            Sensor.external_id,
            SensorConnection.adapter,
            SensorConnection.options,
            NoiseReading.at,
            NoiseReading.number,
        )
        .join(SensorConnection, SensorConnection.id == Sensor.connection_id)
        .join(NoiseReading, NoiseReading.id == _latest_of_sensor(now))
        .where(Sensor.property_id.in_(loud), SensorConnection.adapter.in_(BRANDS))
        .where(NoiseReading.kind == str(ReadingKind.NOTICE))
    )
    found = []
    for connection_id, sensor, adapter, options, at, number in session.execute(query):
        step = ADAPTERS[adapter].timing(options).notice_step
        lasts = AFTER_THE_LAST if (number or 1) >= LAST_NUMBER else step + GRACE
        ends = max(at, up) + lasts
        if ends <= now:
            ended = ParsedReading(sensor=sensor, at=ends, kind=ReadingKind.NOTICE_ENDED)
            found.append((connection_id, ended))
    return found


def _latest_of_sensor(now: datetime) -> ScalarSelect[int]:
    """Asked for each sensor of a home that is loud: a group would read all readings there are."""
    return (
        select(NoiseReading.id)
        .where(NoiseReading.sensor_id == Sensor.id, NoiseReading.at > now - timedelta(days=1))
        .order_by(NoiseReading.at.desc(), NoiseReading.id.desc())
        .limit(1)
        .correlate(Sensor)
        .scalar_subquery()
    )
