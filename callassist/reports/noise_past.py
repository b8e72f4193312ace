"""What homes sounded like lately, in a fixed number of queries however many homes there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, Select, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from callassist.domain.noise import Verdict
from callassist.domain.spans import Span
from callassist.models import Breach, Incident, NoiseQuarter, NoiseReading
from callassist.models.types import from_micros, to_micros
from callassist.reports.ribbon import CELL, Tick
from callassist.storage.facts import get_fact

NOT_DRAWN = tuple(str(one) for one in (Verdict.FUTURE, Verdict.NOT_APPLICABLE, Verdict.TOO_OLD))
QUARTERS_KNOWN = "noise_quarters"  # the fact that detection.quarters keeps
_CELL = CELL // timedelta(microseconds=1)
_IN_TRANSIT = timedelta(minutes=2)  # readings that come in late by less are looked up again


class BreachSpan(NamedTuple):
    """One breach; `ends_at` None while it runs."""

    starts_at: datetime
    ends_at: datetime | None
    peak_db: float | None
    is_frozen: bool

    def until(self, now: datetime) -> Span:
        """As a stretch that ends now at the latest."""
        return Span(self.starts_at, self.ends_at or now)


def cell_start(at: datetime) -> datetime:
    """The beginning of the cell in which `at` lies; cells are full quarters in UTC."""
    return from_micros(to_micros(at) - to_micros(at) % _CELL)


def highest_levels(
    session: Session, sensor_ids: Sequence[int], starts_at: datetime, ends_at: datetime
) -> dict[int, dict[int, float]]:
    """By sensor, the highest level of each cell counted from `starts_at` that has one.

    `starts_at` begins a cell. Cells that housekeeping has taken in come from its table; what came
    since, or everything where it never ran, from the readings.
    """
    found: dict[int, dict[int, float]] = defaultdict(dict)
    known = select(
        NoiseQuarter.sensor_id, type_coerce(NoiseQuarter.at, BigInteger), NoiseQuarter.highest_db
    ).where(
        NoiseQuarter.sensor_id.in_(sensor_ids),
        NoiseQuarter.at >= starts_at,
        NoiseQuarter.at < ends_at,
    )
    first = to_micros(starts_at)
    for sensor_id, at, level in session.execute(known):
        found[sensor_id][(at - first) // _CELL] = level
    fresh_from = max(starts_at, _known_until(session) or starts_at)
    for sensor_id, at, level in session.execute(_fresh(sensor_ids, fresh_from, ends_at)):
        cells, place = found[sensor_id], (at - first) // _CELL
        cells[place] = max(level, cells.get(place, level))
    return found


def _known_until(session: Session) -> datetime | None:
    fact = get_fact(session, QUARTERS_KNOWN)
    return None if fact is None else from_micros(int(fact["until"])) - _IN_TRANSIT


def _fresh(
    sensor_ids: Sequence[int], starts_at: datetime, ends_at: datetime
) -> Select[int, int, float]:
    at = type_coerce(NoiseReading.at, BigInteger)
    readings = (
        select(NoiseReading.sensor_id, (at - at % _CELL).label("cell"), NoiseReading.level_db)
        .where(
            NoiseReading.sensor_id.in_(sensor_ids),
            NoiseReading.at >= starts_at,
            NoiseReading.at < ends_at,
            NoiseReading.level_db.is_not(None),
            NoiseReading.verdict.not_in(NOT_DRAWN),
        )
        .subquery()
    )
    return select(readings.c.sensor_id, readings.c.cell, func.max(readings.c.level_db)).group_by(
        readings.c.sensor_id, readings.c.cell
    )


def breach_spans(
    session: Session, property_ids: Iterable[int], starts_at: datetime, ends_at: datetime
) -> dict[int, list[BreachSpan]]:
    """By home, the breaches that touch a stretch of time, oldest first."""
    query = (
        select(
            Breach.property_id,
            Breach.first_loud_at,
            Breach.ended_at,
            Breach.peak_db,
            Breach.frozen_since,
        )
        .where(
            Breach.property_id.in_(list(property_ids)),
            Breach.first_loud_at < ends_at,
            or_(Breach.ended_at.is_(None), Breach.ended_at > starts_at),
        )
        .order_by(Breach.first_loud_at)
    )
    found: dict[int, list[BreachSpan]] = defaultdict(list)
    for home_id, first, ended, peak, frozen in session.execute(query):
        found[home_id].append(BreachSpan(first, ended, peak, frozen is not None))
    return found


def ticks(
    session: Session, property_ids: Iterable[int], starts_at: datetime, ends_at: datetime
) -> dict[int, list[Tick]]:
    """By home, when a call was requested and when somebody was reached."""
    query = select(Incident.property_id, Incident.call_requested_at, Incident.contact_at).where(
        Incident.property_id.in_(list(property_ids)),
        Incident.opened_at > starts_at - timedelta(days=1),
        Incident.opened_at < ends_at,
        Incident.practice.is_(False),
        Incident.shadow.is_(False),
    )
    found: dict[int, list[Tick]] = defaultdict(list)
    for home_id, requested, contact in session.execute(query):
        if requested is not None:
            found[home_id].append(Tick(requested, "call"))
        if contact is not None:
            found[home_id].append(Tick(contact, "contact"))
    return found
