"""`/desks`: teams of operators."""

from __future__ import annotations

from sqlalchemy import select

from callassist.accounts.desks import create_desk, find_desk, update_desk
from callassist.models import Account, Desk
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
)
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_name, place_names
from callassist.web.api.routing import CHIEFS, EVERYBODY, HOSTS, Ask, Route
from callassist.web.api.scoping import account_named, of_desks


class NewDesk(Input):
    """A desk of an account; an admin who names none opens one that serves several."""

    name: Line
    languages: Languages = ["en", "fr"]  # noqa: RUF012 frozen by pydantic
    account: PublicId | None = None
    duty_phone: Phone | None = None


class DeskChange(Input):
    """What to change; an empty `duty_phone` removes it."""

    name: Line | None = None
    languages: Languages | None = None
    duty_phone: Phone | None = None


class DeskOut(Output):
    """One desk; `account` when it is that account's own."""

    id: str
    name: str
    languages: list[str]
    account: str | None
    has_duty_phone: bool
    created_at: Instant


def index(ask: Ask, query: Paging) -> Page[DeskOut]:
    mine = select(Desk).where(of_desks(ask))
    rows, following = page_of(ask.session, ask.service.vault, mine, Desk.id, query)
    accounts = place_names(ask.session, Account, (row.account_id for row in rows))
    return Page(
        items=[_out(row, accounts.get(row.account_id)) for row in rows], next_cursor=following
    )


def create(ask: Ask, body: NewDesk) -> DeskOut:
    shared = ask.viewer.is_admin and body.account is None
    account = None if shared else account_named(ask, body.account)
    desk = create_desk(
        ask.session,
        ask.service.vault,
        ask.viewer,
        body.name,
        now=ask.now,
        languages=body.languages,
        account=account,
        duty_phone=body.duty_phone,
    )
    return _out(desk, None if account is None else account.public_id)


def show(ask: Ask, desk_id: str) -> DeskOut:
    desk = find_desk(ask.session, ask.viewer, desk_id)
    return _out(desk, place_name(ask.session, Account, desk.account_id))


def change(ask: Ask, desk_id: str, body: DeskChange) -> DeskOut:
    desk = find_desk(ask.session, ask.viewer, desk_id)
    update_desk(
        ask.session,
        ask.service.vault,
        ask.viewer,
        desk,
        name=body.name,
        languages=body.languages,
        duty_phone=body.duty_phone,
    )
    return show(ask, desk_id)


def _out(desk: Desk, account: str | None) -> DeskOut:
    return DeskOut(
        id=desk.public_id,
        name=desk.name,
        languages=list(desk.languages),
        account=account,
        has_duty_phone=desk.duty_phone is not None,
        created_at=desk.created_at,
    )


ROUTES = (
    Route(
        method="GET",
        path="/desks",
        summary="Desks at which you work, or that your account owns",
        scopes=EVERYBODY,
        run=index,
        query=Paging,
        answer=Page[DeskOut],
    ),
    Route(
        method="POST",
        path="/desks",
        summary="Open a desk",
        scopes=HOSTS,
        run=create,
        body=NewDesk,
        answer=DeskOut,
        status=201,
    ),
    Route(
        method="GET",
        path="/desks/{desk_id}",
        summary="One desk",
        scopes=EVERYBODY,
        run=show,
        answer=DeskOut,
    ),
    Route(
        method="PATCH",
        path="/desks/{desk_id}",
        summary="Change a desk",
        scopes=CHIEFS,
        run=change,
        body=DeskChange,
        answer=DeskOut,
    ),
)
