"""One home's noise over an hour, a day or a week: what the chart draws and what stands beside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from markupsafe import Markup
from sqlalchemy.orm import Session

from callassist.domain.noise import SourceKind
from callassist.domain.policy import EscalationPolicy
from callassist.domain.spans import Span
from callassist.domain.thresholds import limits, quiet_spans
from callassist.reports import curve, noise_chart, noise_past
from callassist.reports.facts import Level, SensorFacts
from callassist.reports.gathering_levels import sensors as sensor_facts
from callassist.reports.noise_chart import SIZES, Chart, Label
from callassist.reports.noise_past import BreachSpan
from callassist.reports.ribbon import CELL, Tick
from callassist.web.languages import language
from callassist.web.pages import times
from callassist.web.pages.host.noise_lately import Heard, Listened
from callassist.web.pages.host.noise_words import window_words
from callassist.web.translate import gettext as _

WINDOWS = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
_POINTS = 240  # more cannot be seen at this width
_EVERY = {"1h": timedelta(minutes=10), "24h": timedelta(hours=3), "7d": timedelta(days=1)}


@dataclass(frozen=True, kw_only=True)
class Window:
    """The chart at each of its widths, the sentences beside it, and the stretches of noise."""

    name: str
    svgs: tuple[Markup, ...]
    said: tuple[str, ...]
    breaches: tuple[BreachSpan, ...]
    has_sensor: bool
    has_levels: bool
    only_notices: bool


@dataclass(frozen=True, kw_only=True)
class Sounded:
    """What a window has to draw."""

    facts: Sequence[SensorFacts]
    gaps: Sequence[Span]
    breaches: Sequence[BreachSpan]
    ticks: Sequence[Tick]


def window_of(
    session: Session,
    home: Listened,
    sensors: Sequence[Heard],
    rules: EscalationPolicy,
    name: str,
    now: datetime,
) -> Window:
    """What was heard in the window that ends now."""
    zone, starts_at = ZoneInfo(home.timezone), now - WINDOWS[name]
    facts = _facts(session, home.id, sensors, name, starts_at, now)
    window = curve.Span(starts_at, now)
    return draw_window(
        name,
        Sounded(
            facts=facts,
            gaps=_gaps(facts, sensors, window),
            breaches=noise_past.breach_spans(session, [home.id], starts_at, now)[home.id],
            ticks=noise_past.ticks(session, [home.id], starts_at, now)[home.id],
        ),
        rules,
        zone,
        now,
        has_sensor=bool(sensors),
        only_notices=bool(sensors) and all(one.kind != SourceKind.LEVEL for one in sensors),
    )


def draw_window(
    name: str,
    sounded: Sounded,
    rules: EscalationPolicy,
    zone: ZoneInfo,
    now: datetime,
    *,
    has_sensor: bool,
    only_notices: bool = False,
) -> Window:
    """A window that ends now with what sounded in it."""
    starts_at = now - WINDOWS[name]
    window = curve.Span(starts_at, now)
    curves = [curve.segments(one, window, _POINTS) for one in sounded.facts]
    said = window_words(sounded.breaches, sounded.gaps, _peak(sounded.facts), now, zone)
    chart = Chart(
        starts_at=starts_at,
        ends_at=now,
        curves=[parts for parts in curves if parts],
        limits=limits(rules, zone, starts_at, now),
        quiet=quiet_spans(rules, zone, starts_at, now),
        breaches=[breach.until(now) for breach in sounded.breaches],
        gaps=sounded.gaps,
        ticks=sounded.ticks,
        times=tuple(_times(starts_at, now, zone, name)),
        alt=" ".join(said),
        no_data=_("no data"),
    )
    return Window(
        name=name,
        svgs=tuple(Markup(noise_chart.draw(chart, size)) for size in SIZES),  # noqa: S704 ours
        said=tuple(said),
        breaches=tuple(reversed(sounded.breaches)),
        has_sensor=has_sensor,
        has_levels=chart.has_levels,
        only_notices=only_notices,
    )


def _facts(
    session: Session,
    home_id: int,
    sensors: Sequence[Heard],
    name: str,
    starts_at: datetime,
    now: datetime,
) -> list[SensorFacts]:
    """Single readings for a day; for a week the highest of each quarter of an hour."""
    if name != "7d":
        found = sensor_facts(session, home_id, starts_at, now)
        return [one for one in found if one.kind == SourceKind.LEVEL]
    first = noise_past.cell_start(starts_at)
    levels = [one for one in sensors if one.kind == SourceKind.LEVEL]
    highest = noise_past.highest_levels(session, [one.id for one in levels], first, now)
    return [
        SensorFacts(
            public_id=str(one.id),
            kind=SourceKind.LEVEL,
            interval=CELL,
            silent_after=max(3 * CELL, timedelta(seconds=one.interval_seconds * 2.5)),
            levels=tuple(
                Level(first + CELL * place + CELL / 2, level)
                for place, level in sorted(highest.get(one.id, {}).items())
            ),
        )
        for one in levels
    ]


def _gaps(facts: Sequence[SensorFacts], sensors: Sequence[Heard], window: curve.Span) -> list[Span]:
    """When none of the level sensors was heard; before the first was there nothing is missing."""
    if not facts:
        return []
    common: list[Span] | None = None
    for one in facts:
        own = [Span(gap.starts_at, gap.ends_at) for gap in curve.silent_spans(one, window)]
        common = own if common is None else _overlaps(common, own)
    return common or []


def _overlaps(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    pairs = ((max(a.starts_at, b.starts_at), min(a.ends_at, b.ends_at)) for a in one for b in other)
    return [Span(start, end) for start, end in pairs if start < end]


def _peak(facts: Sequence[SensorFacts]) -> tuple[float, datetime] | None:
    levels = [level for one in facts for level in one.levels]
    if not levels:
        return None
    loudest = max(levels, key=lambda level: level.db)
    return loudest.db, loudest.at


def _times(starts_at: datetime, ends_at: datetime, zone: ZoneInfo, name: str) -> Iterator[Label]:
    """Full local hours, or days of a week, below the chart."""
    every = _EVERY[name]
    local = starts_at.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    step = 0
    while True:
        # wall-clock steps, so that labels stay at full hours when the clocks change
        at = (midnight.replace(tzinfo=None) + every * step).replace(tzinfo=zone)
        step += 1
        if at > ends_at:
            return
        if at >= starts_at:
            text = (
                format_date(at.date(), "EEE d", locale=language())
                if name == "7d"
                else times.clock(at, zone)
            )
            yield Label(at, text)
