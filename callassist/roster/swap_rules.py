"""What stands against a swap of shifts, in words; a language left without anybody does not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.errors import Conflict
from callassist.models import Operator, Shift, ShiftSwap
from callassist.roster.shifts import overlapping
from callassist.roster.swap_moves import open_swaps_about


def require_askable(session: Session, shift: Shift, now: datetime) -> None:
    """Conflict for a shift that has begun, or that another open request is about."""
    _require_to_come(shift, now)
    if session.scalars(open_swaps_about(shift.id)).first() is not None:
        raise Conflict("there is an open request about this shift already; end that one first")


def require_possible(
    session: Session, swap: ShiftSwap, now: datetime, *, reader: Operator | None
) -> tuple[Shift, Shift | None]:
    """The two shifts, still theirs and still to come, that would overlap with no other."""
    asker = session.get_one(Operator, swap.asker_id)
    colleague = session.get_one(Operator, swap.colleague_id)
    if not (asker.active and colleague.active):
        raise Conflict("one of the two does not work at this desk any more")
    shift = _still(session, swap.shift_id, asker)
    back = None
    if swap.return_starts_at is not None:
        back = _still(session, swap.return_shift_id, colleague)
    for one in filter(None, (shift, back)):
        _require_to_come(one, now)
    refuse_overlaps(session, asker, shift, colleague, back, reader=reader)
    return shift, back


def refuse_overlaps(
    session: Session,
    asker: Operator,
    shift: Shift,
    colleague: Operator,
    back: Shift | None,
    *,
    reader: Operator | None,
) -> None:
    """Conflict when either would have two shifts at once; `reader` is addressed as "you"."""
    for operator, new, old in ((colleague, shift, back), (asker, back, shift)):
        if new is None:
            continue
        besides = None if old is None else old.id
        if overlapping(session, operator.id, new.starts_at, new.ends_at, besides) is None:
            continue
        if reader is not None and reader.id == operator.id:
            raise Conflict("you have another shift at that time")
        raise Conflict(f"{operator.desk_name} has another shift at that time")


def _still(session: Session, shift_id: int | None, operator: Operator) -> Shift:
    query = select(Shift).where(Shift.id == shift_id, Shift.operator_id == operator.id)
    shift = session.scalars(query.execution_options(populate_existing=True)).first()
    if shift is None:
        raise Conflict("the shift was changed meanwhile; ask anew")
    return shift


def _require_to_come(shift: Shift, now: datetime) -> None:
    if shift.starts_at <= now:
        raise Conflict("this shift has begun; speak with your supervisor")
