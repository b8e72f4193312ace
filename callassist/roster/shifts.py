"""Shifts: who is rostered when, and where the roster has holes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from callassist.domain.spans import Span, gaps
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput, NotFound
from callassist.models import Desk, Operator, Shift
from callassist.roster.desks import desk_zone, lock_roster, speaks
from callassist.roster.swap_moves import lapse_swaps_of

LONGEST_SHIFT = timedelta(hours=24)
_TOUCHING = (
    select(Shift, Operator)
    .join(Operator, Operator.id == Shift.operator_id)
    .where(
        Operator.desk_id == bindparam("desk"),
        Operator.active.is_(True),
        Shift.starts_at < bindparam("ends_at"),
        Shift.ends_at > bindparam("starts_at"),
    )
    .order_by(Shift.starts_at, Shift.id)
)
_ON_SHIFT = (
    select(Operator)
    .where(
        Operator.desk_id == bindparam("desk"),
        Operator.active.is_(True),
        exists()
        .where(
            Shift.operator_id == Operator.id,
            Shift.starts_at <= bindparam("now"),
            Shift.ends_at > bindparam("now"),
        )
        .correlate(Operator),
    )
    .order_by(Operator.id)
)


def on_shift(session: Session, desk_id: int, now: datetime) -> list[Operator]:
    """Active operators of a desk who are rostered now, signed in or not."""
    return list(session.scalars(_ON_SHIFT, {"desk": desk_id, "now": now}))


def anyone_on_shift_speaks(session: Session, desk_id: int, language: str, now: datetime) -> bool:
    """Whether somebody rostered now takes calls in `language`."""
    return any(speaks(operator, language) for operator in on_shift(session, desk_id, now))


def coming_cover(
    session: Session,
    desk_id: int,
    starts_at: datetime,
    ends_at: datetime,
    language: str | None = None,
) -> list[Span]:
    """Gaps of [starts_at, ends_at) in which nobody (who speaks `language`) is rostered."""
    rostered_spans = (
        Span(shift.starts_at, shift.ends_at)
        for shift, operator in rostered(session, desk_id, starts_at, ends_at)
        if language is None or speaks(operator, language)
    )
    return gaps(rostered_spans, Span(starts_at, ends_at))


def rostered(
    session: Session, desk_id: int, starts_at: datetime, ends_at: datetime
) -> list[tuple[Shift, Operator]]:
    """Shifts of active operators of a desk that touch [starts_at, ends_at), earliest first."""
    wanted = {"desk": desk_id, "starts_at": starts_at, "ends_at": ends_at}
    return [(shift, operator) for shift, operator in session.execute(_TOUCHING, wanted)]


def shifts(
    session: Session, viewer: Viewer, desk: Desk, starts_at: datetime, ends_at: datetime
) -> list[tuple[Shift, Operator]]:
    """Shifts of a desk of the viewer's that touch [starts_at, ends_at), earliest first."""
    if not viewer.sees_desk(desk.id, desk.account_id):
        raise NotFound("no such desk")
    return rostered(session, desk.id, starts_at, ends_at)


def add_shift(
    session: Session,
    viewer: Viewer,
    operator_public_id: str,
    starts_at: datetime,
    ends_at: datetime,
) -> Shift:
    """Roster an operator; InvalidInput for a span that is empty, too long or overlaps another."""
    operator = _operator(session, viewer, operator_public_id)
    _check_span(starts_at, ends_at)
    lock_roster(session, operator.desk_id)
    _refuse_overlap(session, operator.id, starts_at, ends_at, besides=None)
    shift = Shift(operator_id=operator.id, starts_at=starts_at, ends_at=ends_at)
    session.add(shift)
    session.flush()
    return shift


def move_shift(
    session: Session, viewer: Viewer, shift_public_id: str, starts_at: datetime, ends_at: datetime
) -> Shift:
    """Change a shift's span under the rules of `add_shift`; open requests about it lapse."""
    shift = shift_of(session, viewer, shift_public_id)
    _check_span(starts_at, ends_at)
    _refuse_overlap(session, shift.operator_id, starts_at, ends_at, besides=shift.id)
    lapse_swaps_of(session, shift)
    shift.starts_at, shift.ends_at = starts_at, ends_at
    session.flush()
    return shift


def remove_shift(session: Session, viewer: Viewer, shift_public_id: str) -> None:
    """Take a shift off the roster; open requests about it lapse."""
    shift = shift_of(session, viewer, shift_public_id)
    lapse_swaps_of(session, shift)
    session.delete(shift)
    session.flush()


def overlapping(
    session: Session, operator_id: int, starts_at: datetime, ends_at: datetime, besides: int | None
) -> Shift | None:
    """The first shift of an operator that touches [starts_at, ends_at), `besides` left out."""
    clash = (
        select(Shift)
        .where(
            Shift.operator_id == operator_id,
            Shift.starts_at < ends_at,
            Shift.ends_at > starts_at,
        )
        .order_by(Shift.starts_at)
    )
    return next((shift for shift in session.scalars(clash) if shift.id != besides), None)


def _operator(session: Session, viewer: Viewer, public_id: str) -> Operator:
    operator = session.scalars(select(Operator).where(Operator.public_id == public_id)).first()
    if operator is None or not viewer.sees_desk(operator.desk.id, operator.desk.account_id):
        raise NotFound("no such operator")
    viewer.require_run_desk(operator.desk.id, operator.desk.account_id)
    return operator


def shift_of(session: Session, viewer: Viewer, public_id: str) -> Shift:
    """A shift of a desk that the viewer runs, read behind the lock on its roster."""
    operator = session.scalars(
        select(Operator)
        .join(Shift, Shift.operator_id == Operator.id)
        .where(Shift.public_id == public_id)
    ).first()
    if operator is None or not viewer.sees_desk(operator.desk.id, operator.desk.account_id):
        raise NotFound("no such shift")
    viewer.require_run_desk(operator.desk.id, operator.desk.account_id)
    lock_roster(session, operator.desk_id)
    query = select(Shift).where(Shift.public_id == public_id)
    shift = session.scalars(query.execution_options(populate_existing=True)).first()
    if shift is None:
        raise NotFound("no such shift")
    return shift


def _check_span(starts_at: datetime, ends_at: datetime) -> None:
    for name, instant in (("starts_at", starts_at), ("ends_at", ends_at)):
        if instant.tzinfo is None:
            raise InvalidInput("say the zone, like 2026-08-01T22:00:00Z", name)
    if ends_at <= starts_at:
        raise InvalidInput("the shift must end after it starts", "ends_at")
    if ends_at - starts_at > LONGEST_SHIFT:
        raise InvalidInput("a shift is at most 24 hours; enter several", "ends_at")


def _refuse_overlap(
    session: Session, operator_id: int, starts_at: datetime, ends_at: datetime, besides: int | None
) -> None:
    shift = overlapping(session, operator_id, starts_at, ends_at, besides)
    if shift is not None:
        desk = session.get_one(Desk, session.get_one(Operator, operator_id).desk_id)
        zone = desk_zone(session, desk)
        starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
        raise InvalidInput(
            f"overlaps the shift from {starts:%Y-%m-%d %H:%M} to "
            f"{ends:%Y-%m-%d %H:%M} ({zone}); move or remove that one first",
            "starts_at",
        )
