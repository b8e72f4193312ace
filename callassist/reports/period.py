"""Figures of a stretch of days, for each home and over all: what was loud, and what was done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist.domain.call_task import Party
from callassist.models import Breach, CallAttempt, Incident, Property

_NOON = time(12)  # a night belongs to the day on whose evening it begins


@dataclass(frozen=True, kw_only=True)
class HomeFigures:
    """One home in a period; `first_calls` are seconds from the request to the first dial."""

    home: Property
    nights: int = 0
    loud_nights: frozenset[date] = frozenset()
    incidents: int = 0
    by_themselves: int = 0
    called: int = 0
    reached: int = 0
    minutes_above: int = 0
    first_calls: tuple[float, ...] = ()

    @property
    def quiet_nights(self) -> int:
        """Nights in which no incident was opened."""
        return max(self.nights - len(self.loud_nights), 0)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """A period of whole local days, from `first` to `last`."""

    first: date
    last: date
    homes: tuple[HomeFigures, ...]

    @property
    def nights(self) -> int:
        return sum(home.nights for home in self.homes)

    @property
    def quiet_nights(self) -> int:
        return sum(home.quiet_nights for home in self.homes)

    @property
    def incidents(self) -> int:
        return sum(home.incidents for home in self.homes)

    @property
    def by_themselves(self) -> int:
        return sum(home.by_themselves for home in self.homes)

    @property
    def called(self) -> int:
        return sum(home.called for home in self.homes)

    @property
    def reached(self) -> int:
        return sum(home.reached for home in self.homes)

    @property
    def minutes_above(self) -> int:
        return sum(home.minutes_above for home in self.homes)

    @property
    def reached_percent(self) -> int | None:
        """Guests reached of those for whom a call was requested; None without any."""
        return percent(self.reached, self.called)

    @property
    def first_call_seconds(self) -> int | None:
        """The middle one: half of the first calls were made sooner."""
        return middle(seconds for home in self.homes for seconds in home.first_calls)


@dataclass
class _Sums:
    loud_nights: set[date] = field(default_factory=set)
    incidents: int = 0
    by_themselves: int = 0
    called: int = 0
    reached: int = 0
    first_calls: list[float] = field(default_factory=list)


def figures(
    session: Session, homes: Sequence[Property], first: date, last: date, now: datetime
) -> Figures:
    """What happened in these homes in nights that began from `first` to `last`.

    The caller has chosen homes that the viewer may see. Practice and shadow do not count. Three
    queries, however many homes.
    """
    ids = [home.id for home in homes]
    zones = {home.id: ZoneInfo(home.timezone) for home in homes}
    starts_at, ends_at = widest(zones.values(), first, last)
    sums = _incidents(session, ids, zones, starts_at, ends_at, first, last)
    above = _minutes_above(session, ids, zones, first, last, starts_at, ends_at, now)
    return Figures(
        first=first,
        last=last,
        homes=tuple(
            HomeFigures(
                home=home,
                nights=_nights(home, zones[home.id], first, last, now),
                loud_nights=frozenset(sums[home.id].loud_nights),
                incidents=sums[home.id].incidents,
                by_themselves=sums[home.id].by_themselves,
                called=sums[home.id].called,
                reached=sums[home.id].reached,
                minutes_above=round(above.get(home.id, 0.0)),
                first_calls=tuple(sums[home.id].first_calls),
            )
            for home in homes
        ),
    )


def night_on(at: datetime, zone: ZoneInfo) -> date:
    """The day on whose evening the night began that an instant lies in."""
    return (at.astimezone(zone) - timedelta(hours=12)).date()


def bounds(zone: ZoneInfo, first: date, last: date) -> tuple[datetime, datetime]:
    """From noon of the first day to noon after the last, as UTC."""
    begins = datetime.combine(first, _NOON, zone)
    ends = datetime.combine(last + timedelta(days=1), _NOON, zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)


def widest(zones: Iterable[ZoneInfo], first: date, last: date) -> tuple[datetime, datetime]:
    """Instants that hold the period in every one of these zones."""
    each = [bounds(zone, first, last) for zone in set(zones)] or [
        bounds(ZoneInfo("UTC"), first, last)
    ]
    return min(begins for begins, _ in each), max(ends for _, ends in each)


def percent(part: int, whole: int) -> int | None:
    """Whole percent; None of nothing."""
    return round(100 * part / whole) if whole else None


def middle(seconds: Iterable[float]) -> int | None:
    """The median in whole seconds; None without any."""
    every = list(seconds)
    return round(median(every)) if every else None


def _incidents(
    session: Session,
    ids: Sequence[int],
    zones: Mapping[int, ZoneInfo],
    starts_at: datetime,
    ends_at: datetime,
    first: date,
    last: date,
) -> defaultdict[int, _Sums]:
    dialled = (
        select(CallAttempt.incident_id, func.min(CallAttempt.dial_at).label("at"))
        .join(Incident, Incident.id == CallAttempt.incident_id)
        .where(
            Incident.property_id.in_(ids),
            Incident.opened_at >= starts_at,
            Incident.opened_at < ends_at,
            CallAttempt.party == Party.GUEST,
            CallAttempt.dial_at.is_not(None),
        )
        .group_by(CallAttempt.incident_id)
    )
    first_dials = {row.incident_id: row.at for row in session.execute(dialled)}
    rows = session.execute(
        select(
            Incident.id,
            Incident.property_id,
            Incident.opened_at,
            Incident.closed_at,
            Incident.call_requested_at,
            Incident.first_contact,
        ).where(
            Incident.property_id.in_(ids),
            Incident.opened_at >= starts_at,
            Incident.opened_at < ends_at,
            Incident.practice.is_(False),
            Incident.shadow.is_(False),
        )
    )
    sums: defaultdict[int, _Sums] = defaultdict(_Sums)
    for row in rows:
        night = night_on(row.opened_at, zones[row.property_id])
        if not first <= night <= last:
            continue
        own = sums[row.property_id]
        own.loud_nights.add(night)
        own.incidents += 1
        if row.call_requested_at is None:
            own.by_themselves += row.closed_at is not None
            continue
        own.called += 1
        own.reached += row.first_contact == Party.GUEST
        dialled_at = first_dials.get(row.id)
        if dialled_at is not None:
            waited = (dialled_at - row.call_requested_at).total_seconds()
            own.first_calls.append(max(waited, 0.0))
    return sums


def _minutes_above(
    session: Session,
    ids: Sequence[int],
    zones: Mapping[int, ZoneInfo],
    first: date,
    last: date,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> dict[int, float]:
    """Minutes from the first loud reading of each stretch to its last one."""
    rows = session.execute(
        select(Breach.property_id, Breach.first_loud_at, Breach.last_loud_at).where(
            Breach.property_id.in_(ids), Breach.began_at >= starts_at, Breach.began_at < ends_at
        )
    )
    above: dict[int, float] = defaultdict(float)
    for row in rows:
        if first <= night_on(row.first_loud_at, zones[row.property_id]) <= last:
            span = min(row.last_loud_at, now) - row.first_loud_at
            above[row.property_id] += max(span.total_seconds(), 0.0) / 60
    return above


def _nights(home: Property, zone: ZoneInfo, first: date, last: date, now: datetime) -> int:
    """Nights of the period that have begun since the home is here."""
    began = max(first, night_on(home.created_at, zone))
    ended = min(last, night_on(now, zone))
    return max((ended - began).days + 1, 0)
