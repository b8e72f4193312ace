"""The recorded past as the noise rule hears it: sensors, readings, and the calls of any rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.noise import (
    NoiseEvent,
    ReadingKind,
    Rules,
    SourceKind,
    SourceTraits,
    replay,
)
from callassist.domain.policy import EscalationPolicy
from callassist.models import NoiseReading, Sensor, SensorConnection
from callassist.ports.sensors import SourceTiming
from callassist.reports.noise_past import NOT_DRAWN
from callassist.sensors.registry import ADAPTERS

NIGHTS = 14


def nights_before(now: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The last nights from local noon to noon, oldest first; the last may still run."""
    local = now.astimezone(zone)
    last = local.date() if local.time() >= time(12) else local.date() - timedelta(days=1)
    noons = [
        datetime.combine(last - timedelta(days=back), time(12), tzinfo=zone).astimezone(UTC)
        for back in range(NIGHTS - 1, -2, -1)
    ]
    return list(pairwise(noons))


def traits_of(session: Session, home_ids: Sequence[int]) -> dict[int, dict[int, SourceTraits]]:
    """By home its sensors, and how each of them judges and reports."""
    query = (
        select(Sensor, SensorConnection.adapter, SensorConnection.options)
        .join(SensorConnection, SensorConnection.id == Sensor.connection_id)
        .where(Sensor.property_id.in_(home_ids))
    )
    found: dict[int, dict[int, SourceTraits]] = {home_id: {} for home_id in home_ids}
    for sensor, adapter, options in session.execute(query):
        assert sensor.property_id is not None, "the query asks for sensors in homes"
        known = ADAPTERS.get(adapter)
        timing = SourceTiming() if known is None else known.timing(options)
        found[sensor.property_id][sensor.id] = SourceTraits(
            kind=SourceKind(sensor.kind),
            interval=timedelta(seconds=sensor.interval_seconds),
            max_age=timing.max_age,
            notice_delay=timing.notice_delay,
            notice_step=timing.notice_step,
        )
    return found


def recorded(
    session: Session, sensor_ids: Sequence[int], starts_at: datetime, ends_at: datetime, most: int
) -> list[NoiseEvent]:
    """What was recorded, oldest first; as if each had arrived at once, for the rule is asked.

    The last `most` readings where there are more.
    """
    query = (
        select(
            NoiseReading.sensor_id,
            NoiseReading.at,
            NoiseReading.kind,
            NoiseReading.level_db,
            NoiseReading.number,
        )
        .where(
            NoiseReading.sensor_id.in_(sensor_ids),
            NoiseReading.at.between(starts_at, ends_at),
            NoiseReading.verdict.not_in(NOT_DRAWN),
        )
        .order_by(NoiseReading.at.desc(), NoiseReading.id.desc())
        .limit(most)
    )
    found = [
        NoiseEvent(
            sensor_id=row.sensor_id,
            at=row.at,
            received_at=row.at,
            kind=ReadingKind(row.kind),
            level_db=row.level_db,
            notice_number=row.number,
        )
        for row in session.execute(query)
    ]
    found.reverse()
    return found


def calls_of(
    events: Sequence[NoiseEvent],
    traits: dict[int, SourceTraits],
    rules: EscalationPolicy,
    zone: ZoneInfo,
    now: datetime,
) -> list[datetime]:
    """When these rules would have asked for a call."""
    if not events:
        return []
    made = replay(events, Rules(policy=rules, tz=zone, traits=traits), until=now)
    return [each.at for each in made.escalations if rules.makes_calls_at(each.at, zone)]
