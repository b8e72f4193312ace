"""`/users`: people who sign in, and what each may do in an account or at a desk."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import selectinload

from callassist.accounts.people import DESK_ROLES, add_person, find_account
from callassist.accounts.team import remove_role, require_may_give
from callassist.domain.viewer import Role
from callassist.errors import Forbidden, InvalidInput
from callassist.models import Account, Desk, Person, RoleBinding
from callassist.web.api.fields import Input, Languages, Line, Output, Page, Paging, PublicId, Word
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.routing import CHIEFS, HOSTS, Ask, Route
from callassist.web.api.scoping import account_named, desk_named, supervised_desks

RoleName = Literal["owner", "manager", "viewer", "operator", "supervisor", "admin"]


class Invitation(Input):
    """Somebody and a role. They sign in by a link that the sign-in page mails to this address."""

    email: Line
    role: RoleName
    account: PublicId | None = None
    desk: PublicId | None = None
    name: Line = ""
    desk_name: Word = ""
    languages: Languages = ["en"]  # noqa: RUF012 frozen by pydantic


class RoleChoice(Input):
    """Which role of which account to take away."""

    role: Literal["owner", "manager", "viewer"]
    account: PublicId | None = None


class UserOut(Output):
    """One role of one person; `account` or `desk` says where (admin: neither)."""

    id: str
    email: str
    name: str
    role: str
    account: str | None
    desk: str | None
    active: bool


def index(ask: Ask, query: Paging) -> Page[UserOut]:
    mine = select(RoleBinding).where(_scope(ask)).options(selectinload(RoleBinding.person))
    rows, following = page_of(ask.session, ask.service.vault, mine, RoleBinding.id, query)
    accounts = place_names(ask.session, Account, (row.account_id for row in rows))
    desks = place_names(ask.session, Desk, (row.desk_id for row in rows))
    return Page(
        items=[
            _out(row.person, row.role, accounts.get(row.account_id), desks.get(row.desk_id))
            for row in rows
        ],
        next_cursor=following,
    )


def invite(ask: Ask, body: Invitation) -> UserOut:
    role = Role(body.role)
    account = desk = None
    if role is Role.ADMIN:
        if not ask.viewer.is_admin:
            raise Forbidden("only an administrator names another")
    elif role in DESK_ROLES and body.desk is not None:
        desk = desk_named(ask, body.desk)
        ask.viewer.require_run_desk(desk.id, desk.account_id)
    else:
        account = account_named(ask, body.account)
        require_may_give(ask.viewer, account.id, role)
    if role not in DESK_ROLES and body.desk is not None:
        raise InvalidInput("only operators and supervisors are of a desk", "desk")
    person = add_person(
        ask.session,
        body.email,
        role,
        now=ask.now,
        account=account,
        desk=desk,
        name=body.name,
        desk_name=body.desk_name,
        languages=body.languages,
    )
    if role in DESK_ROLES and desk is None:
        desk, account = _own_desk_of(ask, person, role), None
    return _out(
        person,
        str(role),
        None if account is None else account.public_id,
        None if desk is None else desk.public_id,
    )


def remove(ask: Ask, person_id: str, query: RoleChoice) -> None:
    if query.account is None:
        account = account_named(ask, None)
    else:
        account = find_account(ask.session, ask.viewer, query.account)
    remove_role(ask.session, ask.viewer, person_id, Role(query.role), account, ask.now)


def _scope(ask: Ask) -> ColumnElement[bool]:
    if ask.viewer.is_admin:
        return true()
    return or_(
        RoleBinding.account_id.in_(ask.viewer.account_ids),
        RoleBinding.desk_id.in_(supervised_desks(ask)),
    )


def _own_desk_of(ask: Ask, person: Person, role: Role) -> Desk:
    binding = ask.session.scalars(
        select(Desk)
        .join(RoleBinding, RoleBinding.desk_id == Desk.id)
        .where(RoleBinding.person_id == person.id, RoleBinding.role == str(role))
        .order_by(RoleBinding.id.desc())
    ).first()
    assert binding is not None
    return binding


def _out(person: Person, role: str, account: str | None, desk: str | None) -> UserOut:
    return UserOut(
        id=person.public_id,
        email=person.email,
        name=person.name,
        role=role,
        account=account,
        desk=desk,
        active=person.active,
    )


ROUTES = (
    Route(
        method="GET",
        path="/users",
        summary="People of your accounts, and of desks that you supervise",
        scopes=CHIEFS,
        run=index,
        query=Paging,
        answer=Page[UserOut],
    ),
    Route(
        method="POST",
        path="/users",
        summary="Give somebody a role; asking twice changes nothing",
        scopes=CHIEFS,
        run=invite,
        body=Invitation,
        answer=UserOut,
        status=201,
    ),
    Route(
        method="DELETE",
        path="/users/{person_id}",
        summary="Take a role in an account away; the last owner stays",
        scopes=HOSTS,
        run=remove,
        query=RoleChoice,
    ),
)
