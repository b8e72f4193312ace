"""When I come again, what was asked about it, and with whom a shift can be swapped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.shift_swap import OPEN_SWAP_STATES, SwapState
from callassist.errors import NotFound
from callassist.models import Operator, Shift, ShiftSwap
from callassist.roster.shift_feed import own_feed_since
from callassist.roster.shifts import rostered
from callassist.roster.swap_lists import SwapLine, colleagues, own_swaps

_LOOKED_AHEAD = timedelta(weeks=8)
_MOST_COMING = 12


@dataclass(frozen=True, kw_only=True)
class OwnRoster:
    """One operator's coming shifts, their requests, and their calendar."""

    operator: Operator
    coming: tuple[Shift, ...]
    asked_about: frozenset[int]  # shifts in an open request
    swaps: tuple[SwapLine, ...]
    feed_since: datetime | None

    @property
    def to_answer(self) -> tuple[SwapLine, ...]:
        """Requests that wait for this operator's word."""
        return tuple(
            line
            for line in self.swaps
            if line.state is SwapState.ASKED and line.colleague.id == self.operator.id
        )


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody to ask; `works_then`: has a shift at that time already."""

    operator: Operator
    works_then: bool


@dataclass(frozen=True, kw_only=True)
class SwapChoices:
    """What can be asked of one colleague."""

    can_take: bool  # without giving a shift in return
    returns: tuple[Shift, ...]
    left_out: int  # of their shifts: they do not fit, or are asked about already


def roster_of(session: Session, operator: Operator, now: datetime) -> OwnRoster:
    """Everything of one operator that is still to come."""
    coming = select(Shift).where(Shift.operator_id == operator.id, Shift.starts_at > now)
    lines = tuple(own_swaps(session, operator, now))
    asked = (
        shift_id
        for line in lines
        if line.is_open
        for shift_id in (line.swap.shift_id, line.swap.return_shift_id)
    )
    return OwnRoster(
        operator=operator,
        coming=tuple(session.scalars(coming.order_by(Shift.starts_at).limit(_MOST_COMING))),
        asked_about=frozenset(one for one in asked if one is not None),
        swaps=lines,
        feed_since=own_feed_since(session, operator),
    )


def colleague_of(session: Session, operator: Operator, public_id: str) -> Operator:
    """One of those at the same desk; NotFound for anybody else."""
    for one in colleagues(session, operator):
        if one.public_id == public_id:
            return one
    raise NotFound("no such colleague")


def colleagues_for(session: Session, operator: Operator, shift: Shift) -> list[Colleague]:
    """Everybody else of the desk, and whether they work at the time of a shift."""
    there = rostered(session, operator.desk_id, shift.starts_at, shift.ends_at)
    busy = {who.id for _shift, who in there}
    return [
        Colleague(operator=one, works_then=one.id in busy) for one in colleagues(session, operator)
    ]


def choices_with(
    session: Session, operator: Operator, shift: Shift, colleague: Operator, now: datetime
) -> SwapChoices:
    """What the roster allows between two operators about one shift of the first."""
    found = rostered(session, operator.desk_id, now, now + _LOOKED_AHEAD)
    mine = [one for one, who in found if who.id == operator.id and one.id != shift.id]
    theirs = [one for one, who in found if who.id == colleague.id]
    in_the_way = [one for one in theirs if _touch(one, shift)]
    to_come = [one for one in theirs if one.starts_at > now]
    asked = _asked_about(session, operator.desk_id)
    returns = tuple(
        one
        for one in to_come
        if one.id not in asked
        and not any(_touch(one, other) for other in mine)
        and in_the_way in ([], [one])
    )
    return SwapChoices(
        can_take=not in_the_way, returns=returns, left_out=len(to_come) - len(returns)
    )


def _touch(one: Shift, other: Shift) -> bool:
    return one.starts_at < other.ends_at and one.ends_at > other.starts_at


def _asked_about(session: Session, desk_id: int) -> set[int]:
    query = select(ShiftSwap.shift_id, ShiftSwap.return_shift_id).where(
        ShiftSwap.desk_id == desk_id,
        ShiftSwap.state.in_([str(state) for state in OPEN_SWAP_STATES]),
    )
    return {one for row in session.execute(query) for one in row if one is not None}
