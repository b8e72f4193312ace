"""What homes sounded like lately, in a fixed number of queries however many homes there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, BindParameter, bindparam, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from callassist.domain.noise import Verdict
from callassist.domain.spans import Span
from callassist.models import Breach, Incident, NoiseQuarter, NoiseReading
from callassist.models.types import UtcDateTime, from_micros, to_micros
from callassist.reports.ribbon import CELL, Tick
from callassist.storage.facts import get_fact

NOT_DRAWN = tuple(str(one) for one in (Verdict.FUTURE, Verdict.NOT_APPLICABLE, Verdict.TOO_OLD))
QUARTERS_KNOWN = "noise_quarters"  # the fact that detection.quarters keeps
_CELL = CELL // timedelta(microseconds=1)
_IN_TRANSIT = timedelta(minutes=2)  # readings that come in late by less are looked up again
_SENSORS: BindParameter[Any] = bindparam("sensors", expanding=True)
_HOMES: BindParameter[Any] = bindparam("homes", expanding=True)
_FROM, _TO = bindparam("starts_at", type_=UtcDateTime), bindparam("ends_at", type_=UtcDateTime)
_QUARTER = NoiseQuarter.__table__.c  # of the table itself: a thousand rows go past the mapper
_KNOWN = select(
    _QUARTER.sensor_id, type_coerce(_QUARTER.at, BigInteger), _QUARTER.highest_db
).where(_QUARTER.sensor_id.in_(_SENSORS), _QUARTER.at >= _FROM, _QUARTER.at < _TO)
_MICROS = type_coerce(NoiseReading.at, BigInteger)
_READINGS = (
    select(NoiseReading.sensor_id, (_MICROS - _MICROS % _CELL).label("cell"), NoiseReading.level_db)
    .where(
        NoiseReading.sensor_id.in_(_SENSORS),
        NoiseReading.at >= _FROM,
        NoiseReading.at < _TO,
        NoiseReading.level_db.is_not(None),
        NoiseReading.verdict.not_in(NOT_DRAWN),
    )
    .subquery()
)
_FRESH = select(_READINGS.c.sensor_id, _READINGS.c.cell, func.max(_READINGS.c.level_db)).group_by(
    _READINGS.c.sensor_id, _READINGS.c.cell
)
_BREACHES = (
    select(
        *(Breach.property_id, Breach.first_loud_at, Breach.ended_at),
        *(Breach.peak_db, Breach.frozen_since),
    )
    .where(
        Breach.property_id.in_(_HOMES),
        Breach.first_loud_at < _TO,
        or_(Breach.ended_at.is_(None), Breach.ended_at > _FROM),
    )
    .order_by(Breach.first_loud_at)
)
_CALLS = select(Incident.property_id, Incident.call_requested_at, Incident.contact_at).where(
    Incident.property_id.in_(_HOMES),
    Incident.opened_at > _FROM,
    Incident.opened_at < _TO,
    Incident.practice.is_(False),
    Incident.shadow.is_(False),
)


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
    wanted = {"sensors": list(sensor_ids), "starts_at": starts_at, "ends_at": ends_at}
    first = to_micros(starts_at)
    for sensor_id, at, level in session.execute(_KNOWN, wanted).all():
        found[sensor_id][(at - first) // _CELL] = level
    fresh_from = max(starts_at, _known_until(session) or starts_at)
    for sensor_id, at, level in session.execute(_FRESH, {**wanted, "starts_at": fresh_from}):
        cells, place = found[sensor_id], (at - first) // _CELL
        cells[place] = max(level, cells.get(place, level))
    return found


def _known_until(session: Session) -> datetime | None:
    fact = get_fact(session, QUARTERS_KNOWN)
    return None if fact is None else from_micros(int(fact["until"])) - _IN_TRANSIT


def breach_spans(
    session: Session, property_ids: Iterable[int], starts_at: datetime, ends_at: datetime
) -> dict[int, list[BreachSpan]]:
    """By home, the breaches that touch a stretch of time, oldest first."""
    wanted = {"homes": list(property_ids), "starts_at": starts_at, "ends_at": ends_at}
    found: dict[int, list[BreachSpan]] = defaultdict(list)
    for home_id, first, ended, peak, frozen in session.execute(_BREACHES, wanted):
        found[home_id].append(BreachSpan(first, ended, peak, frozen is not None))
    return found


def ticks(
    session: Session, property_ids: Iterable[int], starts_at: datetime, ends_at: datetime
) -> dict[int, list[Tick]]:
    """By home, when a call was requested and when somebody was reached."""
    wanted = {
        "homes": list(property_ids),
        "starts_at": starts_at - timedelta(days=1),
        "ends_at": ends_at,
    }
    found: dict[int, list[Tick]] = defaultdict(list)
    for home_id, requested, contact in session.execute(_CALLS, wanted):
        if requested is not None:
            found[home_id].append(Tick(requested, "call"))
        if contact is not None:
            found[home_id].append(Tick(contact, "contact"))
    return found
