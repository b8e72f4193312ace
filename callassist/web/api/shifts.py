"""`/shifts`: who is rostered when."""

from __future__ import annotations

from sqlalchemy import select

from callassist import roster
from callassist.errors import InvalidInput, NotFound
from callassist.models import Desk, Operator, Shift
from callassist.web.api.fields import Input, Instant, Output, Page, Paging, PublicId
from callassist.web.api.paging import page_of
from callassist.web.api.routing import CHIEFS, EVERYBODY, Ask, Route
from callassist.web.api.scoping import desk_named, of_desks


class ShiftFilter(Paging):
    """Shifts that touch the span from `starts_at` until before `ends_at`, of which desk."""

    desk: PublicId | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None


class NewShift(Input):
    """At most 24 hours; shifts of one operator do not overlap."""

    operator: PublicId
    starts_at: Instant
    ends_at: Instant


class ShiftMove(Input):
    """The new span."""

    starts_at: Instant
    ends_at: Instant


class ShiftOut(Output):
    """One shift."""

    id: str
    operator: str
    desk_name: str
    starts_at: Instant
    ends_at: Instant


def index(ask: Ask, query: ShiftFilter) -> Page[ShiftOut]:
    mine = (
        select(Shift)
        .join(Operator, Operator.id == Shift.operator_id)
        .join(Desk, Desk.id == Operator.desk_id)
        .where(of_desks(ask))
    )
    if query.desk is not None:
        mine = mine.where(Operator.desk_id == desk_named(ask, query.desk).id)
    if query.starts_at is not None:
        mine = mine.where(Shift.ends_at > query.starts_at)
    if query.ends_at is not None:
        mine = mine.where(Shift.starts_at < query.ends_at)
    rows, following = page_of(ask.session, ask.service.vault, mine, Shift.id, query)
    ids = {row.operator_id for row in rows}
    operators = {
        one.id: one for one in ask.session.scalars(select(Operator).where(Operator.id.in_(ids)))
    }
    return Page(
        items=[_out(row, operators[row.operator_id]) for row in rows], next_cursor=following
    )


def create(ask: Ask, body: NewShift) -> ShiftOut:
    try:
        shift = roster.add_shift(
            ask.session, ask.viewer, body.operator, body.starts_at, body.ends_at
        )
    except NotFound:
        raise InvalidInput("not an operator of a desk of yours", "operator") from None
    return _out(shift, ask.session.get_one(Operator, shift.operator_id))


def move(ask: Ask, shift_id: str, body: ShiftMove) -> ShiftOut:
    shift = roster.move_shift(ask.session, ask.viewer, shift_id, body.starts_at, body.ends_at)
    return _out(shift, ask.session.get_one(Operator, shift.operator_id))


def remove(ask: Ask, shift_id: str) -> None:
    roster.remove_shift(ask.session, ask.viewer, shift_id)


def _out(shift: Shift, operator: Operator) -> ShiftOut:
    return ShiftOut(
        id=shift.public_id,
        operator=operator.public_id,
        desk_name=operator.desk_name,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
    )


ROUTES = (
    Route(
        method="GET",
        path="/shifts",
        summary="Shifts of your desks",
        scopes=EVERYBODY,
        run=index,
        query=ShiftFilter,
        answer=Page[ShiftOut],
    ),
    Route(
        method="POST",
        path="/shifts",
        summary="Roster an operator",
        scopes=CHIEFS,
        run=create,
        body=NewShift,
        answer=ShiftOut,
        status=201,
    ),
    Route(
        method="PATCH",
        path="/shifts/{shift_id}",
        summary="Move a shift",
        scopes=CHIEFS,
        run=move,
        body=ShiftMove,
        answer=ShiftOut,
    ),
    Route(
        method="DELETE",
        path="/shifts/{shift_id}",
        summary="Take a shift off the roster",
        scopes=CHIEFS,
        run=remove,
    ),
)
