"""Giving a shift away or swapping it: asked, agreed to by the colleague, confirmed by a supervisor.

Each function is one move in the caller's transaction, behind the lock on the desk's roster: what it
has checked stays true until the commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.shift_swap import SwapEvent, SwapState
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput, NotFound
from callassist.models import Desk, Operator, Shift, ShiftSwap
from callassist.roster.desks import lock_roster
from callassist.roster.swap_moves import move_swap
from callassist.roster.swap_rules import refuse_overlaps, require_askable, require_possible

LONGEST_REASON = 200


@dataclass(frozen=True, kw_only=True)
class SwapInput:
    """What is asked; `return_id` None gives the shift away."""

    shift_id: str
    colleague_id: str
    return_id: str | None = None
    reason: str = ""


def ask(session: Session, operator: Operator, typed: SwapInput, now: datetime) -> ShiftSwap:
    """Ask a colleague of the same desk; InvalidInput or Conflict say what stands against it."""
    lock_roster(session, operator.desk_id)
    shift = _shift_of(session, typed.shift_id, operator)
    colleague = _colleague(session, typed.colleague_id, operator)
    back = _return(session, typed.return_id, colleague) if typed.return_id else None
    for one in filter(None, (shift, back)):
        require_askable(session, one, now)
    refuse_overlaps(session, operator, shift, colleague, back, reader=operator)
    swap = ShiftSwap(
        desk_id=operator.desk_id,
        state=str(SwapState.ASKED),
        asker_id=operator.id,
        colleague_id=colleague.id,
        shift_id=shift.id,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        return_shift_id=None if back is None else back.id,
        return_starts_at=None if back is None else back.starts_at,
        return_ends_at=None if back is None else back.ends_at,
        reason=_line(typed.reason, "reason"),
        asked_at=now,
    )
    session.add(swap)
    session.flush()
    return swap


def agree(session: Session, operator: Operator, swap_id: str, now: datetime) -> ShiftSwap:
    """The colleague takes it; a supervisor is next."""
    swap = _locked(session, swap_id, operator.desk_id)
    _require_party(swap.colleague_id, operator)
    move_swap(session, swap, SwapEvent.AGREE, now)
    require_possible(session, swap, now, reader=operator)
    return swap


def decline(
    session: Session, operator: Operator, swap_id: str, answer: str, now: datetime
) -> ShiftSwap:
    """The colleague cannot, also after having agreed."""
    swap = _locked(session, swap_id, operator.desk_id)
    _require_party(swap.colleague_id, operator)
    move_swap(session, swap, SwapEvent.DECLINE, now, answer=_line(answer, "answer"))
    return swap


def withdraw(session: Session, operator: Operator, swap_id: str, now: datetime) -> ShiftSwap:
    """Who asked keeps their shift after all."""
    swap = _locked(session, swap_id, operator.desk_id)
    _require_party(swap.asker_id, operator)
    move_swap(session, swap, SwapEvent.WITHDRAW, now)
    return swap


def confirm(session: Session, viewer: Viewer, swap_id: str, now: datetime) -> ShiftSwap:
    """Change the roster as the two have agreed; a language left without anybody is no obstacle."""
    swap = _at_run_desk(session, viewer, swap_id)
    move_swap(session, swap, SwapEvent.CONFIRM, now, decided_by=viewer.person_id)
    shift, back = require_possible(session, swap, now, reader=None)
    shift.operator_id = swap.colleague_id
    if back is not None:
        back.operator_id = swap.asker_id
    session.flush()
    return swap


def refuse(session: Session, viewer: Viewer, swap_id: str, answer: str, now: datetime) -> ShiftSwap:
    """The roster stays as it is, and both read why."""
    swap = _at_run_desk(session, viewer, swap_id)
    why = _line(answer, "answer")
    if not why:
        raise InvalidInput("say why, so that both can plan", "answer")
    move_swap(session, swap, SwapEvent.REFUSE, now, answer=why, decided_by=viewer.person_id)
    return swap


def _require_party(operator_id: int, operator: Operator) -> None:
    if operator_id != operator.id:
        raise NotFound("no such request")


def _shift_of(session: Session, public_id: str, operator: Operator) -> Shift:
    query = select(Shift).where(Shift.public_id == public_id, Shift.operator_id == operator.id)
    shift = session.scalars(query.execution_options(populate_existing=True)).first()
    if shift is None:
        raise NotFound("no such shift")
    return shift


def _return(session: Session, public_id: str, colleague: Operator) -> Shift:
    try:
        return _shift_of(session, public_id, colleague)
    except NotFound:
        raise InvalidInput("this shift is gone; choose another one", "return") from None


def _colleague(session: Session, public_id: str, operator: Operator) -> Operator:
    query = select(Operator).where(
        Operator.public_id == public_id,
        Operator.desk_id == operator.desk_id,
        Operator.id != operator.id,
        Operator.active.is_(True),
    )
    found = session.scalars(query).first()
    if found is None:
        raise InvalidInput("choose a colleague of your desk", "colleague")
    return found


def _locked(session: Session, public_id: str, desk_id: int) -> ShiftSwap:
    """The request, read behind the lock."""
    lock_roster(session, desk_id)
    query = select(ShiftSwap).where(ShiftSwap.public_id == public_id, ShiftSwap.desk_id == desk_id)
    swap = session.scalars(query.execution_options(populate_existing=True)).first()
    if swap is None:
        raise NotFound("no such request")
    return swap


def _at_run_desk(session: Session, viewer: Viewer, public_id: str) -> ShiftSwap:
    query = (
        select(Desk)
        .join(ShiftSwap, ShiftSwap.desk_id == Desk.id)
        .where(ShiftSwap.public_id == public_id)
    )
    desk = session.scalars(query).first()
    if desk is None or not viewer.sees_desk(desk.id, desk.account_id):
        raise NotFound("no such request")
    viewer.require_run_desk(desk.id, desk.account_id)
    return _locked(session, public_id, desk.id)


def _line(typed: str, field: str) -> str:
    cleaned = " ".join(typed.replace("\x00", "").split())
    if len(cleaned) > LONGEST_REASON:
        raise InvalidInput(f"at most {LONGEST_REASON} characters", field)
    return cleaned
