"""A request to swap shifts changes its state here only, by the table of legal moves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from callassist.domain.shift_swap import OPEN_SWAP_STATES, SwapEvent, SwapState, moved
from callassist.models import Shift, ShiftSwap


def move_swap(
    session: Session,
    swap: ShiftSwap,
    event: SwapEvent,
    now: datetime | None,
    *,
    answer: str | None = None,
    decided_by: int | None = None,
) -> None:
    """Move it on; IllegalMove says why not. The desk's roster is locked by the caller."""
    swap.state = str(moved(SwapState(swap.state), event))
    swap.answered_at, swap.answer, swap.decided_by_id = now, answer, decided_by
    session.flush()


def open_swaps_about(shift_id: int) -> Select[ShiftSwap]:
    """Requests that are not over, in which a shift is given or taken."""
    return select(ShiftSwap).where(
        or_(ShiftSwap.shift_id == shift_id, ShiftSwap.return_shift_id == shift_id),
        ShiftSwap.state.in_([str(state) for state in OPEN_SWAP_STATES]),
    )


def lapse_swaps_of(session: Session, shift: Shift) -> None:
    """The shift is being moved or removed: what was asked about it is over."""
    for swap in session.scalars(open_swaps_about(shift.id)):
        move_swap(session, swap, SwapEvent.LAPSE, None)
