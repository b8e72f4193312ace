"""What rules would have made of a home's recorded last 14 nights, by the noise rule itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callassist.accounts.sample_nights import sample_began_at
from callassist.domain.noise import NoiseEvent, SourceKind
from callassist.domain.policy import EscalationPolicy
from callassist.domain.thresholds import limits, quiet_spans
from callassist.models import Property
from callassist.reports.ribbon import CELL, Cell, Ribbon, Tick, Tone, cells_of_levels
from callassist.web.pages.host.rules_replay import calls_of, nights_before, recorded, traits_of
from callassist.web.pages.host.sample_night import TRAITS, sample_events

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
    has_sensor: bool
    is_sample: bool  # nothing of it is real: a virtual sensor plays there


def preview(
    session: Session,
    home: Property,
    rules: EscalationPolicy,
    before: EscalationPolicy,
    now: datetime,
) -> Preview:
    """Replay the home's readings under both rules."""
    zone = ZoneInfo(home.timezone)
    spans = nights_before(now, zone)
    traits = traits_of(session, [home.id])[home.id]
    sample_since = sample_began_at(session, home, now)
    if sample_since is None:
        events = recorded(session, list(traits), spans[0][0], now, MOST_READINGS)
    else:
        traits, events = TRAITS, sample_events(sample_since, spans[0][0], now, zone)
    is_cut = len(events) >= MOST_READINGS
    asked = calls_of(events, traits, rules, zone, now)
    nights = [
        _night(events, rules, zone, span, asked, now)
        for span in spans
        if not is_cut or span[1] > events[0].at
    ]
    return Preview(
        home=home,
        zone=zone,
        nights=tuple(reversed(nights)),
        calls=sum(night.calls for night in nights),
        before=len(calls_of(events, traits, before, zone, now)),
        readings=len(events),
        only_notices=bool(traits)
        and all(one.kind is not SourceKind.LEVEL for one in traits.values()),
        is_cut=is_cut,
        has_sensor=bool(traits),
        is_sample=sample_since is not None,
    )


def _night(
    events: Sequence[NoiseEvent],
    rules: EscalationPolicy,
    zone: ZoneInfo,
    span: tuple[datetime, datetime],
    asked: Sequence[datetime],
    now: datetime,
) -> NightPreview:
    starts_at, ends_at = span
    calls = [at for at in asked if starts_at <= at < ends_at]
    return NightPreview(
        starts_at=starts_at,
        ribbon=_ribbon(events, rules, zone, starts_at, ends_at, calls, now),
        calls=len(calls),
    )


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
