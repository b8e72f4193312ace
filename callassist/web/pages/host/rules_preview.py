"""What rules would have made of a home's recorded last 14 nights, by the noise rule itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from callassist.domain.thresholds import limits, quiet_spans
from callassist.models import NoiseReading, Property, Sensor, SensorConnection
from callassist.ports.sensors import SourceTiming
from callassist.reports.noise_past import NOT_DRAWN
from callassist.reports.ribbon import CELL, Cell, Ribbon, Tick, Tone, cells_of_levels
from callassist.sensors.registry import ADAPTERS

NIGHTS = 14
MOST_READINGS = 60_000  # of a sensor that reports every second this is less than a night


@dataclass(frozen=True, kw_only=True)
class NightPreview:
    """One night from noon to noon: its ribbon, and the calls that these rules would have made."""

    starts_at: datetime
    ribbon: Ribbon
    calls: int

    @property
    def is_unheard(self) -> bool:
        """Whether nothing at all is known of it."""
        return all(cell.tone in (Tone.UNHEARD, Tone.LATER) for cell in self.ribbon.cells)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """All nights, newest first; `before` are the calls of the rules as they stand."""

    home: Property
    zone: ZoneInfo
    nights: tuple[NightPreview, ...]
    calls: int
    before: int
    readings: int
    only_notices: bool
    is_cut: bool  # more readings than can be looked at: the oldest nights are missing


def preview(
    session: Session,
    home: Property,
    rules: EscalationPolicy,
    before: EscalationPolicy,
    now: datetime,
) -> Preview:
    """Replay the home's readings under both rules."""
    zone = ZoneInfo(home.timezone)
    spans = _nights(now, zone)
    traits = _traits(session, home)
    events = _past(session, list(traits), spans[0][0], now)
    is_cut = len(events) >= MOST_READINGS
    asked = _calls(events, traits, rules, zone, now)
    nights = []
    for starts_at, ends_at in spans:
        if is_cut and ends_at <= events[0].at:
            continue
        calls = [at for at in asked if starts_at <= at < ends_at]
        nights.append(
            NightPreview(
                starts_at=starts_at,
                ribbon=_ribbon(events, rules, zone, starts_at, ends_at, calls, now),
                calls=len(calls),
            )
        )
    return Preview(
        home=home,
        zone=zone,
        nights=tuple(reversed(nights)),
        calls=sum(night.calls for night in nights),
        before=len(_calls(events, traits, before, zone, now)),
        readings=len(events),
        only_notices=bool(traits)
        and all(one.kind is not SourceKind.LEVEL for one in traits.values()),
        is_cut=is_cut,
    )


def _nights(now: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """The last nights from local noon to noon, oldest first; the last may still run."""
    local = now.astimezone(zone)
    last = local.date() if local.time() >= time(12) else local.date() - timedelta(days=1)
    noons = [
        datetime.combine(last - timedelta(days=back), time(12), tzinfo=zone).astimezone(UTC)
        for back in range(NIGHTS - 1, -2, -1)
    ]
    return list(pairwise(noons))


def _traits(session: Session, home: Property) -> dict[int, SourceTraits]:
    query = (
        select(Sensor, SensorConnection.adapter, SensorConnection.options)
        .join(SensorConnection, SensorConnection.id == Sensor.connection_id)
        .where(Sensor.property_id == home.id)
    )
    found = {}
    for sensor, adapter, options in session.execute(query):
        known = ADAPTERS.get(adapter)
        timing = SourceTiming() if known is None else known.timing(options)
        found[sensor.id] = SourceTraits(
            kind=SourceKind(sensor.kind),
            interval=timedelta(seconds=sensor.interval_seconds),
            max_age=timing.max_age,
            notice_delay=timing.notice_delay,
            notice_step=timing.notice_step,
        )
    return found


def _past(
    session: Session, sensor_ids: Sequence[int], starts_at: datetime, ends_at: datetime
) -> list[NoiseEvent]:
    """What was recorded, oldest first; as if each had arrived at once, for the rule is asked."""
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
        .limit(MOST_READINGS)
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


def _calls(
    events: Sequence[NoiseEvent],
    traits: dict[int, SourceTraits],
    rules: EscalationPolicy,
    zone: ZoneInfo,
    now: datetime,
) -> list[datetime]:
    if not events:
        return []
    made = replay(events, Rules(policy=rules, tz=zone, traits=traits), until=now)
    return [each.at for each in made.escalations if rules.makes_calls_at(each.at, zone)]


def _ribbon(
    events: Sequence[NoiseEvent],
    rules: EscalationPolicy,
    zone: ZoneInfo,
    starts_at: datetime,
    ends_at: datetime,
    calls: Sequence[datetime],
    now: datetime,
) -> Ribbon:
    highest: dict[int, float] = {}
    for event in events:
        if event.level_db is not None and starts_at <= event.at < ends_at:
            place = (event.at - starts_at) // CELL
            highest[place] = max(event.level_db, highest.get(place, event.level_db))
    cells = cells_of_levels(
        highest,
        (ends_at - starts_at) // CELL,  # 23 or 25 hours when the clocks change
        starts_at,
        limits(rules, zone, starts_at, ends_at),
    )
    for place in range(max(0, -((starts_at - now) // CELL)), len(cells)):
        cells[place] = Cell(Tone.LATER, 0.0)
    return Ribbon(
        starts_at=starts_at,
        cells=tuple(cells),
        quiet=tuple(quiet_spans(rules, zone, starts_at, ends_at)),
        ticks=tuple(Tick(at, "call") for at in calls),
    )
