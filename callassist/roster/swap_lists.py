"""Requests to swap shifts as people read them: at the desk, and where a supervisor decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from callassist.domain.shift_swap import OPEN_SWAP_STATES, SwapState, newly_open
from callassist.domain.spans import Span
from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import Desk, Operator, Shift, ShiftSwap
from callassist.roster.desks import speaks
from callassist.roster.shift_week import LanguageGap
from callassist.roster.shifts import rostered

_TOLD_FOR = timedelta(days=14)  # how long what is over is still shown
_MOST = 40
_ASKER, _COLLEAGUE = aliased(Operator), aliased(Operator)


@dataclass(frozen=True, kw_only=True)
class SwapLine:
    """One request; `lost` are the spans that it would leave a language without anybody."""

    swap: ShiftSwap
    asker: Operator
    colleague: Operator
    state: SwapState  # lapsed also when nobody has written that down
    lost: tuple[LanguageGap, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether somebody has yet to answer."""
        return self.state in OPEN_SWAP_STATES


def own_swaps(session: Session, operator: Operator, now: datetime) -> list[SwapLine]:
    """What an operator asked and was asked lately, the newest first."""
    mine = or_(ShiftSwap.asker_id == operator.id, ShiftSwap.colleague_id == operator.id)
    return list(_lines(session, _newest().where(mine, _shown(now)), now))


def desk_swaps(session: Session, viewer: Viewer, desk: Desk, now: datetime) -> list[SwapLine]:
    """What operators of a desk asked each other lately, with what each open one would cost."""
    if not viewer.runs_desk(desk.id, desk.account_id):
        raise NotFound("no such desk")
    lines = list(_lines(session, _newest().where(ShiftSwap.desk_id == desk.id, _shown(now)), now))
    spans = [span for line in lines if line.is_open for span in _spans(line.swap)]
    if not spans:
        return lines
    starts_at = min(span.starts_at for span in spans)
    ends_at = max(span.ends_at for span in spans)
    roster = rostered(session, desk.id, starts_at, ends_at)
    return [_with_cost(line, desk, roster) if line.is_open else line for line in lines]


def swaps_to_decide(session: Session, desk: Desk, now: datetime) -> int:
    """How many requests of a desk wait for a supervisor."""
    waiting = select(func.count(ShiftSwap.id)).where(
        ShiftSwap.desk_id == desk.id,
        ShiftSwap.state == str(SwapState.AGREED),
        ShiftSwap.starts_at > now,
        or_(ShiftSwap.return_starts_at.is_(None), ShiftSwap.return_starts_at > now),
    )
    return session.scalar(waiting) or 0


def shift_to_give(session: Session, operator: Operator, public_id: str) -> Shift:
    """A shift of the operator's own; NotFound for any other."""
    query = select(Shift).where(Shift.public_id == public_id, Shift.operator_id == operator.id)
    shift = session.scalars(query).first()
    if shift is None:
        raise NotFound("no such shift")
    return shift


def colleagues(session: Session, operator: Operator) -> list[Operator]:
    """Who else works at the desk, by desk name."""
    query = (
        select(Operator)
        .where(
            Operator.desk_id == operator.desk_id,
            Operator.active.is_(True),
            Operator.id != operator.id,
        )
        .order_by(Operator.desk_name, Operator.id)
    )
    return list(session.scalars(query))


def _newest() -> Select[ShiftSwap, Operator, Operator]:
    return (
        select(ShiftSwap, _ASKER, _COLLEAGUE)
        .join(_ASKER, _ASKER.id == ShiftSwap.asker_id)
        .join(_COLLEAGUE, _COLLEAGUE.id == ShiftSwap.colleague_id)
        .order_by(ShiftSwap.asked_at.desc(), ShiftSwap.id.desc())
        .limit(_MOST)
    )


def _shown(now: datetime) -> ColumnElement[bool]:
    """Everything of late, and what is still to be answered."""
    is_open = ShiftSwap.state.in_([str(state) for state in OPEN_SWAP_STATES])
    return or_(ShiftSwap.asked_at > now - _TOLD_FOR, and_(is_open, ShiftSwap.starts_at > now))


def _lines(
    session: Session, query: Select[ShiftSwap, Operator, Operator], now: datetime
) -> Iterable[SwapLine]:
    for swap, asker, colleague in session.execute(query):
        yield SwapLine(swap=swap, asker=asker, colleague=colleague, state=standing(swap, now))


def standing(swap: ShiftSwap, now: datetime) -> SwapState:
    """The state, or lapsed when a shift of an open request has begun."""
    state = SwapState(swap.state)
    has_begun = any(span.starts_at <= now for span in _spans(swap))
    return SwapState.LAPSED if state in OPEN_SWAP_STATES and has_begun else state


def _spans(swap: ShiftSwap) -> Iterable[Span]:
    yield Span(swap.starts_at, swap.ends_at)
    if swap.return_starts_at is not None and swap.return_ends_at is not None:
        yield Span(swap.return_starts_at, swap.return_ends_at)


def _with_cost(line: SwapLine, desk: Desk, roster: Sequence[tuple[Shift, Operator]]) -> SwapLine:
    swap = line.swap
    after = {swap.shift_id: line.colleague, swap.return_shift_id: line.asker}
    lost = tuple(
        LanguageGap(language=str(language), span=gap)
        for language in desk.languages
        for whole in _spans(swap)
        for gap in newly_open(
            (Span(s.starts_at, s.ends_at) for s, who in roster if speaks(who, language)),
            (
                Span(s.starts_at, s.ends_at)
                for s, who in roster
                if speaks(after.get(s.id, who), language)
            ),
            whole,
        )
    )
    return SwapLine(
        swap=swap, asker=line.asker, colleague=line.colleague, state=line.state, lost=lost
    )
