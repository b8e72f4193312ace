"""Breaks: noted as presence moves, planned by supervisors, counted for the operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callassist.domain.breaks import Pause, allowed, left
from callassist.domain.presence import PresenceState
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput
from callassist.models import BreakTaken, PlannedBreak, Shift
from callassist.roster.shifts import shift_of

LONGEST = timedelta(hours=2)
_NO_SHIFT = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class Breaks:
    """Of an operator's shift; `left` is None without one."""

    planned: Pause | None
    taken: tuple[Pause, ...]
    allowed: timedelta | None
    left: timedelta | None
    ends_at: datetime | None  # on a break: when what is left of it is over


def note_break(session: Session, operator_id: int, state: PresenceState, now: datetime) -> None:
    """An operator moved to `state`: whatever break went on has ended, or one begins."""
    session.execute(
        update(BreakTaken)
        .where(BreakTaken.operator_id == operator_id, BreakTaken.ends_at.is_(None))
        .values(ends_at=now)
        .execution_options(synchronize_session=False)
    )
    if state is PresenceState.BREAK:
        session.add(BreakTaken(operator_id=operator_id, starts_at=now))
        session.flush()


def breaks_of(session: Session, operator_id: int, now: datetime) -> Breaks:
    """The breaks of the shift that runs now, else of the last 12 hours."""
    shift, plan = _running(session, operator_id, now)
    since = shift.starts_at if shift else now - _NO_SHIFT
    rows = session.scalars(
        select(BreakTaken)
        .where(BreakTaken.operator_id == operator_id, BreakTaken.starts_at >= since)
        .order_by(BreakTaken.starts_at)
    )
    taken = tuple(Pause(starts_at=row.starts_at, ends_at=row.ends_at) for row in rows)
    planned = Pause(starts_at=plan.starts_at, ends_at=plan.ends_at) if plan else None
    if shift is None:
        return Breaks(planned=None, taken=taken, allowed=None, left=None, ends_at=None)
    lengths = [planned.length(now)] if planned else []
    allowance = allowed(shift.ends_at - shift.starts_at, lengths)
    rest = left(allowance, taken, now)
    goes_on = bool(taken) and taken[-1].ends_at is None
    return Breaks(
        planned=planned,
        taken=taken,
        allowed=allowance,
        left=rest,
        ends_at=now + rest if goes_on else None,
    )


def planned_break(session: Session, shift: Shift) -> Pause | None:
    """The break that a shift plans."""
    plan = session.get(PlannedBreak, shift.id)
    return Pause(starts_at=plan.starts_at, ends_at=plan.ends_at) if plan else None


def plan_break(
    session: Session,
    viewer: Viewer,
    shift_public_id: str,
    starts_at: datetime | None,
    length: timedelta,
) -> None:
    """Plan the one break of a shift, or none. It lies within the shift, two hours at most."""
    shift = shift_of(session, viewer, shift_public_id)
    plan = session.get(PlannedBreak, shift.id)
    if plan is not None:
        session.delete(plan)
        session.flush()
    if starts_at is None:
        return
    if not timedelta(minutes=5) <= length <= LONGEST:
        raise InvalidInput("a break lasts from 5 to 120 minutes", "break_minutes")
    if starts_at < shift.starts_at or starts_at + length > shift.ends_at:
        raise InvalidInput("the break lies within the shift", "break_at")
    session.add(PlannedBreak(shift_id=shift.id, starts_at=starts_at, ends_at=starts_at + length))
    session.flush()


def _running(
    session: Session, operator_id: int, now: datetime
) -> tuple[Shift | None, PlannedBreak | None]:
    found = session.execute(
        select(Shift, PlannedBreak)
        .outerjoin(PlannedBreak, PlannedBreak.shift_id == Shift.id)
        .where(Shift.operator_id == operator_id, Shift.starts_at <= now, Shift.ends_at > now)
        .limit(1)
    ).first()
    return (found[0], found[1]) if found else (None, None)
