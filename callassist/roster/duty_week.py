"""A week of the duty rota in local days: who is on it, and when at night nobody is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callassist.domain.quiet_hours import NIGHT
from callassist.domain.spans import Span, gaps
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput
from callassist.models import DutySpan
from callassist.roster.duty import DutyInput, add_duty, duty_spans
from callassist.roster.local_days import DAYS, days_later, midnight
from callassist.storage.vault import Vault

MOST_REPEATS = 62
_NORMAL_DAY = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """The part of somebody's duty that lies in one day."""

    span: DutySpan
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Day:
    """One local day; 23 or 25 hours long when the clock changes."""

    on: date
    starts_at: datetime
    ends_at: datetime
    pieces: tuple[Piece, ...]

    @property
    def hours(self) -> int:
        """How long it is."""
        return round((self.ends_at - self.starts_at) / timedelta(hours=1))

    @property
    def clock_changes(self) -> bool:
        """Whether it has an hour less or more."""
        return self.ends_at - self.starts_at != _NORMAL_DAY


@dataclass(frozen=True, kw_only=True)
class Week:
    """Seven days from a Monday, and the stretches of its nights in which nobody is on duty."""

    monday: date
    zone: ZoneInfo
    days: tuple[Day, ...]
    gaps: tuple[Span, ...]


def duty_week(
    session: Session,
    viewer: Viewer,
    account_id: int,
    monday: date,
    zone: ZoneInfo,
    now: datetime,
) -> Week:
    """The rota of one of the viewer's accounts in the week of `monday`; past gaps are left out."""
    midnights = [midnight(monday + timedelta(days=n), zone) for n in range(DAYS + 1)]
    last_night = NIGHT.span_on(monday + timedelta(days=DAYS - 1), zone)
    until = max(midnights[-1], last_night[1] if last_night else midnights[-1])
    spans = duty_spans(session, viewer, account_id, midnights[0], until)
    return Week(
        monday=monday,
        zone=zone,
        days=tuple(
            _day(monday + timedelta(days=n), midnights[n], midnights[n + 1], spans)
            for n in range(DAYS)
        ),
        gaps=tuple(_gaps(monday, zone, spans, now)),
    )


def add_repeated(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    account_id: int,
    typed: DutyInput,
    zone: ZoneInfo,
    days: int,
) -> list[DutySpan]:
    """The same hours by the clock on the wall on `days` days in a row, also over a clock change."""
    if not 1 <= days <= MOST_REPEATS:
        raise InvalidInput("repeat it on 1 to 62 days", "days")
    return [
        add_duty(
            session,
            vault,
            viewer,
            account_id,
            replace(
                typed,
                starts_at=days_later(typed.starts_at, n, zone),
                ends_at=days_later(typed.ends_at, n, zone),
            ),
        )
        for n in range(days)
    ]


def _day(on: date, starts_at: datetime, ends_at: datetime, spans: Sequence[DutySpan]) -> Day:
    pieces = tuple(
        Piece(
            span=span,
            starts_at=max(span.starts_at, starts_at),
            ends_at=min(span.ends_at, ends_at),
        )
        for span in spans
        if span.starts_at < ends_at and span.ends_at > starts_at
    )
    return Day(on=on, starts_at=starts_at, ends_at=ends_at, pieces=pieces)


def _gaps(monday: date, zone: ZoneInfo, spans: Sequence[DutySpan], now: datetime) -> list[Span]:
    on_duty = [Span(span.starts_at, span.ends_at) for span in spans]
    found: list[Span] = []
    for n in range(DAYS):
        night = NIGHT.span_on(monday + timedelta(days=n), zone)
        if night is not None and night[1] > now:
            found += gaps(on_duty, Span(max(night[0], now), night[1]))
    return found
