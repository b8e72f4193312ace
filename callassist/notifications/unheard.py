"""Stretches of a night in which nothing was heard from a home: unknown, not quiet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from callassist.domain.noise import SILENT_AFTER, SourceKind
from callassist.models import NoiseReading, Sensor
from callassist.models.types import from_micros, to_micros

INTERVALS = 2.5  # DESIGN 3.1: a level sensor is silent after so many of its intervals

Gap = tuple[datetime, datetime]


def unheard_minutes(
    session: Session, property_ids: Sequence[int], begin: datetime, end: datetime
) -> dict[int, int]:
    """Minutes between `begin` and `end` in which no sensor of the home was heard, by home.

    Level sensors are heard by their readings; notice and state sensors until they were
    reported silent. Homes without such a stretch are left out.
    """
    query = select(Sensor).where(Sensor.property_id.in_(property_ids)).order_by(Sensor.id)
    gaps: dict[int, list[list[Gap]]] = defaultdict(list)
    for sensor in session.scalars(query):
        assert sensor.property_id is not None
        gaps[sensor.property_id].append(_gaps(session, sensor, begin, end))
    minutes = {home: _minutes(_common(each)) for home, each in gaps.items()}
    return {home: span for home, span in minutes.items() if span > 0}


def _gaps(session: Session, sensor: Sensor, begin: datetime, end: datetime) -> list[Gap]:
    begin = max(begin, sensor.created_at)
    if begin >= end:
        return []
    if sensor.kind != SourceKind.LEVEL:
        silent = sensor.silent_since
        return [] if silent is None or silent >= end else [(max(silent, begin), end)]
    return _reading_gaps(session, sensor, begin, end)


def _reading_gaps(session: Session, sensor: Sensor, begin: datetime, end: datetime) -> list[Gap]:
    limit = max(SILENT_AFTER, INTERVALS * timedelta(seconds=sensor.interval_seconds))
    at = type_coerce(NoiseReading.at, BigInteger)
    # the last reading before the night counts: heard a minute ago is heard
    heard = select(at.label("at"), func.lag(at).over(order_by=at).label("before")).where(
        NoiseReading.sensor_id == sensor.id,
        NoiseReading.at > begin - limit,
        NoiseReading.at < end,
    )
    steps = heard.subquery()
    wide = select(steps.c.before, steps.c.at).where(
        steps.c.at - steps.c.before > limit // timedelta(microseconds=1)
    )
    gaps = [(from_micros(row.before), from_micros(row.at)) for row in session.execute(wide)]
    first, last = session.execute(select(func.min(steps.c.at), func.max(steps.c.at))).one()
    if first is None:
        return [(begin, end)]
    if first > to_micros(begin + limit):
        gaps.append((begin, from_micros(first)))
    if last < to_micros(end - limit):
        gaps.append((from_micros(last), end))
    return sorted((max(start, begin), stop) for start, stop in gaps if stop > begin)


def _common(each: list[list[Gap]]) -> list[Gap]:
    """What lies in a gap of every sensor."""
    common = each[0]
    for other in each[1:]:
        common = [
            (max(a, c), min(b, d)) for a, b in common for c, d in other if max(a, c) < min(b, d)
        ]
    return common


def _minutes(gaps: list[Gap]) -> int:
    return sum(int((stop - start).total_seconds() // 60) for start, stop in gaps)
