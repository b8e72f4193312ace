"""A week of a desk's shifts in local days: who works, and when at night a language has nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callassist.domain.quiet_hours import NIGHT
from callassist.domain.spans import Span, gaps
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput
from callassist.models import Desk, Operator, Shift
from callassist.roster.desks import speaks
from callassist.roster.local_days import DAYS, days_later, midnight
from callassist.roster.shifts import add_shift, shifts


@dataclass(frozen=True, kw_only=True)
class ShiftPiece:
    """The part of a shift that lies in one day."""

    shift: Shift
    operator: Operator
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class LanguageGap:
    """A stretch of a night in which nobody rostered speaks a language."""

    language: str
    span: Span


@dataclass(frozen=True, kw_only=True)
class ShiftDay:
    """One local day; 23 or 25 hours long when the clock changes."""

    on: date
    starts_at: datetime
    ends_at: datetime
    pieces: tuple[ShiftPiece, ...]
    gaps: tuple[LanguageGap, ...]  # of the night that begins on this day

    @property
    def hours(self) -> int:
        """How long it is."""
        return round((self.ends_at - self.starts_at) / timedelta(hours=1))


def shift_week(
    session: Session, viewer: Viewer, desk: Desk, monday: date, zone: ZoneInfo, now: datetime
) -> tuple[ShiftDay, ...]:
    """Seven days from `monday`; gaps that are over are left out."""
    midnights = [midnight(monday + timedelta(days=n), zone) for n in range(DAYS + 1)]
    found = shifts(session, viewer, desk, midnights[0], midnights[-1] + timedelta(days=1))
    return tuple(
        ShiftDay(
            on=monday + timedelta(days=n),
            starts_at=midnights[n],
            ends_at=midnights[n + 1],
            pieces=_pieces(found, midnights[n], midnights[n + 1]),
            gaps=_gaps(found, desk, monday + timedelta(days=n), zone, now),
        )
        for n in range(DAYS)
    )


def copy_shifts(
    session: Session, viewer: Viewer, desk: Desk, monday: date, zone: ZoneInfo
) -> tuple[int, int]:
    """Copy the week before into the week of `monday`, at the same times by the clock on the wall.

    Returns how many were copied, and how many were left out because something is there already.
    """
    starts_at = midnight(monday - timedelta(days=DAYS), zone)
    before = shifts(session, viewer, desk, starts_at, midnight(monday, zone))
    copied = left_out = 0
    for shift, operator in before:
        if shift.starts_at < starts_at:
            continue
        moved = [days_later(at, DAYS, zone) for at in (shift.starts_at, shift.ends_at)]
        try:
            add_shift(session, viewer, operator.public_id, moved[0], moved[1])
            copied += 1
        except InvalidInput:
            left_out += 1
    return copied, left_out


def _pieces(
    found: Sequence[tuple[Shift, Operator]], starts_at: datetime, ends_at: datetime
) -> tuple[ShiftPiece, ...]:
    return tuple(
        ShiftPiece(
            shift=shift,
            operator=operator,
            starts_at=max(shift.starts_at, starts_at),
            ends_at=min(shift.ends_at, ends_at),
        )
        for shift, operator in found
        if shift.starts_at < ends_at and shift.ends_at > starts_at
    )


def _gaps(
    found: Sequence[tuple[Shift, Operator]], desk: Desk, on: date, zone: ZoneInfo, now: datetime
) -> tuple[LanguageGap, ...]:
    night = NIGHT.span_on(on, zone)
    if night is None or night[1] <= now:
        return ()
    whole = Span(max(night[0], now), night[1])
    return tuple(
        LanguageGap(language=str(language), span=gap)
        for language in desk.languages
        for gap in gaps(
            (
                Span(shift.starts_at, shift.ends_at)
                for shift, operator in found
                if speaks(operator, str(language))
            ),
            whole,
        )
    )
