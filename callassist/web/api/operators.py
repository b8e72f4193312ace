"""`/operators`: who calls. Outside the desk only `desk_name` is ever shown."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from callassist.accounts.desks import (
    OperatorInput,
    add_operator,
    find_operator,
    own_desk,
    update_operator,
)
from callassist.models import Desk, Operator
from callassist.web.api.fields import (
    Input,
    Instant,
    Languages,
    Line,
    Output,
    Page,
    Paging,
    Phone,
    PublicId,
    Word,
)
from callassist.web.api.paging import page_of
from callassist.web.api.routing import CHIEFS, Ask, Route
from callassist.web.api.scoping import account_named, desk_named, of_desks, supervised_desks


class NewOperator(Input):
    """Without `desk` it is your only desk; a host's account gets its own desk when it has none."""

    name: Line
    desk_name: Word | None = None
    languages: Languages | None = None
    phone: Phone | None = None
    desk: PublicId | None = None


class OperatorChange(Input):
    """What to change; one who is not active gets no offers and is on no shift."""

    name: Line | None = None
    desk_name: Word | None = None
    languages: Languages | None = None
    phone: Phone | None = None
    active: bool | None = None


class OperatorFilter(Paging):
    """Of which desk."""

    desk: PublicId | None = None


class OperatorOut(Output):
    """One operator, for those who run the desk."""

    id: str
    desk: str
    name: str
    desk_name: str
    languages: list[str]
    has_phone: bool
    active: bool
    created_at: Instant


def index(ask: Ask, query: OperatorFilter) -> Page[OperatorOut]:
    mine = (
        select(Operator)
        .join(Desk, Desk.id == Operator.desk_id)
        .where(of_desks(ask))
        .options(selectinload(Operator.desk))
    )
    if query.desk is not None:
        mine = mine.where(Operator.desk_id == desk_named(ask, query.desk).id)
    rows, following = page_of(ask.session, ask.service.vault, mine, Operator.id, query)
    return Page(items=[_out(row) for row in rows], next_cursor=following)


def create(ask: Ask, body: NewOperator) -> OperatorOut:
    operator = add_operator(
        ask.session,
        ask.service.vault,
        ask.viewer,
        _desk(ask, body.desk),
        OperatorInput(
            name=body.name,
            desk_name=body.desk_name,
            languages=body.languages,
            phone=body.phone,
        ),
        now=ask.now,
    )
    return _out(operator)


def show(ask: Ask, operator_id: str) -> OperatorOut:
    return _out(find_operator(ask.session, ask.viewer, operator_id))


def change(ask: Ask, operator_id: str, body: OperatorChange) -> OperatorOut:
    typed = OperatorInput(
        name=body.name,
        desk_name=body.desk_name,
        languages=body.languages,
        phone=body.phone,
        active=body.active,
    )
    return _out(update_operator(ask.session, ask.service.vault, ask.viewer, operator_id, typed))


def _desk(ask: Ask, public_id: str | None) -> Desk:
    if public_id is not None:
        return desk_named(ask, public_id)
    supervised = supervised_desks(ask)
    if len(supervised) == 1:
        return ask.session.get_one(Desk, supervised[0])
    return own_desk(ask.session, account_named(ask, None), now=ask.now)


def _out(operator: Operator) -> OperatorOut:
    return OperatorOut(
        id=operator.public_id,
        desk=operator.desk.public_id,
        name=operator.name,
        desk_name=operator.desk_name,
        languages=list(operator.languages),
        has_phone=operator.phone is not None,
        active=operator.active,
        created_at=operator.created_at,
    )


ROUTES = (
    Route(
        method="GET",
        path="/operators",
        summary="Operators of desks that you run",
        scopes=CHIEFS,
        run=index,
        query=OperatorFilter,
        answer=Page[OperatorOut],
    ),
    Route(
        method="POST",
        path="/operators",
        summary="Add an operator to a desk",
        scopes=CHIEFS,
        run=create,
        body=NewOperator,
        answer=OperatorOut,
        status=201,
    ),
    Route(
        method="GET",
        path="/operators/{operator_id}",
        summary="One operator",
        scopes=CHIEFS,
        run=show,
        answer=OperatorOut,
    ),
    Route(
        method="PATCH",
        path="/operators/{operator_id}",
        summary="Change an operator",
        scopes=CHIEFS,
        run=change,
        body=OperatorChange,
        answer=OperatorOut,
    ),
)
