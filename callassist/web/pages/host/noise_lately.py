"""How homes sounded in the last day, for lists: a ribbon and a word each, no query per home."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callassist.domain.noise import SourceKind
from callassist.domain.policy import EscalationPolicy
from callassist.domain.spans import Span
from callassist.domain.thresholds import Limit, limits, quiet_spans
from callassist.escalation.coverage import Surroundings, is_heard
from callassist.models import NoiseReading, Sensor
from callassist.reports import noise_past
from callassist.reports.noise_past import BreachSpan
from callassist.reports.ribbon import (
    CELL,
    RAISED_WITHIN,
    Cell,
    Ribbon,
    Tick,
    Tone,
    cells_of_levels,
    with_breaches,
)
from callassist.web.pages.host.home_rules import rules_by_preset

DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_AHEAD = timedelta(minutes=5)  # what lies further ahead is no reading of now (DESIGN 3.1)


class Word(StrEnum):
    """How it sounds in a home now."""

    CALM = "calm"
    RAISED = "raised"
    LOUD = "loud"
    UNHEARD = "unheard"  # unknown, not quiet
    NO_SENSOR = "no_sensor"


class Listened(Protocol):
    """What is needed of a home: a Property, or a row with these columns."""

    @property
    def id(self) -> int: ...
    @property
    def timezone(self) -> str: ...
    @property
    def policy_id(self) -> int | None: ...


class Heard(NamedTuple):
    """A sensor and the last level that it sent, if it sends levels."""

    id: int
    property_id: int
    kind: str
    interval_seconds: int
    last_heard_at: datetime | None
    silent_since: datetime | None
    created_at: datetime
    level: float | None


_LAST_LEVEL = (
    select(NoiseReading.level_db)
    .where(
        NoiseReading.sensor_id == Sensor.id,
        NoiseReading.at > bindparam("after"),
        NoiseReading.at <= bindparam("until"),
        NoiseReading.level_db.is_not(None),
    )
    .order_by(NoiseReading.at.desc())
    .limit(1)
    .scalar_subquery()
)
_HEARD = (
    select(*(getattr(Sensor, name) for name in Heard._fields[:-1]), _LAST_LEVEL.label("level"))
    .where(Sensor.property_id.in_(bindparam("homes", expanding=True)))
    .order_by(Sensor.id)
)


@dataclass(frozen=True, kw_only=True)
class Lately:
    """One home's last day."""

    word: Word
    level: float | None
    ribbon: Ribbon | None  # None without a sensor
    breaches: tuple[BreachSpan, ...]
    rules: EscalationPolicy
    last_heard_at: datetime | None
    sensors: tuple[Heard, ...]


class _Night(NamedTuple):
    limits: Sequence[Limit]
    quiet: Sequence[Span]


@dataclass(frozen=True, kw_only=True)
class _Past:
    """What was heard of some homes between two instants, each fact asked for once."""

    starts_at: datetime
    sensors: Mapping[int, Sequence[Heard]]
    levels: Mapping[int, Mapping[int, float]]
    breaches: Mapping[int, Sequence[BreachSpan]]
    ticks: Mapping[int, Sequence[Tick]]


def noise_lately(
    session: Session, homes: Sequence[Listened], around: Surroundings, now: datetime
) -> dict[int, Lately]:
    """By home, its last 24 hours."""
    ends_at = noise_past.cell_start(now) + CELL
    past = _past(session, [home.id for home in homes], ends_at, now)
    rules = rules_by_preset(session, (home.policy_id for home in homes))
    nights: dict[tuple[int | None, str], _Night] = {}
    found = {}
    for home in homes:
        own, key = rules[home.policy_id], (home.policy_id, home.timezone)
        if key not in nights:
            hours = ZoneInfo(home.timezone), past.starts_at, ends_at
            nights[key] = _Night(limits(own, *hours), quiet_spans(own, *hours))
        found[home.id] = _lately(home.id, past, own, nights[key], around, now)
    return found


def _past(session: Session, ids: Sequence[int], ends_at: datetime, now: datetime) -> _Past:
    starts_at = ends_at - DAY
    sensors = heard(session, ids, now)
    measuring = [
        one.id for each in sensors.values() for one in each if one.kind == SourceKind.LEVEL
    ]
    return _Past(
        starts_at=starts_at,
        sensors=sensors,
        levels=noise_past.highest_levels(session, measuring, starts_at, ends_at),
        breaches=noise_past.breach_spans(session, ids, starts_at, ends_at),
        ticks=noise_past.ticks(session, ids, starts_at, ends_at),
    )


def _lately(
    home_id: int,
    past: _Past,
    rules: EscalationPolicy,
    night: _Night,
    around: Surroundings,
    now: datetime,
) -> Lately:
    sensors, breaches = past.sensors.get(home_id, ()), past.breaches[home_id]
    word, level = word_now(sensors, breaches, night.limits, around=around, now=now)
    known = day_cells(sensors, past.levels, past.starts_at, night.limits, now)
    if known[-1].tone is Tone.UNHEARD and word is not Word.UNHEARD:
        known[-1] = known[-2]  # this quarter has only begun
    ribbon = Ribbon(
        starts_at=past.starts_at,
        cells=with_breaches(known, past.starts_at, [breach.until(now) for breach in breaches]),
        quiet=tuple(night.quiet),
        ticks=tuple(past.ticks[home_id]),
    )
    return Lately(
        word=word,
        level=level,
        ribbon=ribbon if sensors else None,
        breaches=tuple(breaches),
        rules=rules,
        last_heard_at=max(
            (one.last_heard_at for one in sensors if one.last_heard_at), default=None
        ),
        sensors=tuple(sensors),
    )


def heard(session: Session, property_ids: Sequence[int], now: datetime) -> dict[int, list[Heard]]:
    """The sensors of each home with their last levels."""
    wanted = {"homes": list(property_ids), "after": now - _HOUR, "until": now + _AHEAD}
    found: dict[int, list[Heard]] = defaultdict(list)
    for row in session.execute(_HEARD, wanted):
        sensor = Heard._make(row)
        found[sensor.property_id].append(sensor)
    return found


def day_cells(
    sensors: Sequence[Heard],
    levels: Mapping[int, Mapping[int, float]],
    starts_at: datetime,
    of: Sequence[Limit],
    now: datetime,
) -> list[Cell]:
    """The cells of a home: the loudest of its level sensors; heard by notice means calm."""
    highest: dict[int, float] = {}
    for sensor in sensors:
        for place, level in levels.get(sensor.id, {}).items():
            highest[place] = max(level, highest.get(place, level))
    count = int(DAY / CELL)
    cells = cells_of_levels(highest, count, starts_at, of)
    for sensor in sensors:
        if sensor.kind != SourceKind.LEVEL:
            _fill_by_notice(cells, sensor, starts_at, now)
        elif sensor.interval_seconds > CELL.total_seconds() / 2:
            _bridge(cells, sensor.interval_seconds)
    return cells


def word_now(
    sensors: Sequence[Heard],
    breaches: Sequence[BreachSpan],
    of: Sequence[Limit],
    *,
    around: Surroundings,
    now: datetime,
) -> tuple[Word, float | None]:
    """One word for now, and the level if there is one."""
    if not sensors:
        return Word.NO_SENSOR, None
    hearing = [one for one in sensors if is_heard(one, around, now)]
    if not hearing:
        return Word.UNHEARD, None
    level = max((one.level for one in hearing if one.level is not None), default=None)
    if any(breach.ends_at is None and not breach.is_frozen for breach in breaches):
        return Word.LOUD, level
    limit = next((one.db for one in of if one.starts_at <= now < one.ends_at), None)
    if level is None or limit is None or level < limit - RAISED_WITHIN:
        return Word.CALM, level
    return (Word.LOUD if level >= limit else Word.RAISED), level


def _fill_by_notice(cells: list[Cell], sensor: Heard, starts_at: datetime, now: datetime) -> None:
    """Says nothing while it is quiet: calm from when it was known until it was reported silent."""
    until = sensor.silent_since or now
    for place, cell in enumerate(cells):
        at = starts_at + CELL * place
        if cell.tone is Tone.UNHEARD and sensor.created_at <= at + CELL and at < until:
            cells[place] = Cell(Tone.CALM, 0.0)


def _bridge(cells: list[Cell], interval_seconds: int) -> None:
    """A sensor that reports every 10 minutes or slower leaves cells empty without being silent."""
    reach = -(-int(interval_seconds * 2.5) // int(CELL.total_seconds()))
    last: int | None = None
    for place, cell in enumerate(cells):
        if cell.tone is Tone.UNHEARD:
            continue
        if last is not None and 1 < place - last <= reach:
            cells[last + 1 : place] = [cells[last]] * (place - last - 1)
        last = place
