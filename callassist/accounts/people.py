"""Accounts, the people in them, and what each of them may do."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.accounts.desks import new_operator, own_desk
from callassist.domain.viewer import READERS, Role, Viewer
from callassist.errors import Forbidden, InvalidInput, NotFound
from callassist.models import Account, Desk, Operator, Person, RoleBinding

DESK_ROLES = frozenset({Role.OPERATOR, Role.SUPERVISOR})
HOST_ROLES = frozenset({Role.OWNER, Role.MANAGER, Role.VIEWER})


def create_account(
    session: Session,
    name: str,
    *,
    now: datetime,
    language: str = "en",
    timezone: str = "UTC",
    caller_id: str | None = None,
) -> Account:
    """Open an account: one tenant. `timezone` is the hosts' own, for their messages."""
    account = Account(
        name=checks.line(name, "name"),
        language=checks.languages([language], "language")[0],
        timezone=checks.zone(timezone),
        caller_id=caller_id,
        created_at=now,
    )
    session.add(account)
    session.flush()
    return account


def find_account(session: Session, viewer: Viewer, public_id: str) -> Account:
    """One of the viewer's accounts; NotFound for anything else."""
    here = Account.public_id == public_id, Account.deleted_at.is_(None)
    account = session.scalars(select(Account).where(*here)).first()
    if account is None or not (viewer.is_admin or account.id in viewer.account_ids):
        raise NotFound("no such account")
    return account


def accounts(session: Session, viewer: Viewer) -> list[Account]:
    """The viewer's accounts by name; all of them for an admin. None that was deleted."""
    if viewer.is_admin:
        return list(session.scalars(_ACCOUNTS))
    return list(session.scalars(_OWN_ACCOUNTS, {"own": list(viewer.account_ids)}))


class _Binding(NamedTuple):
    """What a person may do, and where."""

    role: str
    account_id: int | None
    desk_id: int | None


_ACCOUNTS = select(Account).where(Account.deleted_at.is_(None)).order_by(Account.name, Account.id)
_OWN: BindParameter[Any] = bindparam("own", expanding=True)
_OWN_ACCOUNTS = _ACCOUNTS.where(Account.id.in_(_OWN))
_PEOPLE: BindParameter[Any] = bindparam("people", expanding=True)
# of the tables themselves, past the mapper: asked with each request
_BINDING, _OPERATOR = RoleBinding.__table__.c, Operator.__table__.c
_BINDINGS = select(_BINDING.person_id, _BINDING.role, _BINDING.account_id, _BINDING.desk_id).where(
    _BINDING.person_id.in_(_PEOPLE)
)
_OPERATORS = select(_OPERATOR.person_id, _OPERATOR.id).where(
    _OPERATOR.person_id.in_(_PEOPLE), _OPERATOR.active.is_(True)
)


def add_person(
    session: Session,
    email: str,
    role: Role,
    *,
    now: datetime,
    account: Account | None = None,
    desk: Desk | None = None,
    name: str = "",
    desk_name: str = "",
    languages: Sequence[str] = ("en",),
) -> Person:
    """Give somebody a role; the person is made when the address is new, without a password.

    Operators and supervisors also become operators of the desk: of `desk`, else of the account's
    own desk, which is made when needed. Asking twice changes nothing but languages and names.
    """
    person = _person(session, checks.email(email), name, languages, now)
    if role in DESK_ROLES:
        desk = desk or _own_desk(session, account, languages, now)
        _bind(session, person, role, None, desk.id)
        _become_operator(session, person, desk, name, desk_name, languages, now)
    elif role is Role.ADMIN:
        _bind(session, person, role, None, None)
    elif role in HOST_ROLES:
        if account is None:
            raise InvalidInput("say which account", "account")
        _bind(session, person, role, account.id, None)
    else:
        raise InvalidInput(
            f"{role} is for programs; give a person owner, manager or viewer", "role"
        )
    return person


def set_language(session: Session, person_id: int, code: str) -> None:
    """The language of somebody's pages and sign-in mails."""
    person = session.get_one(Person, person_id)
    person.language = checks.languages([code], "language")[0]
    session.flush()


def viewer_for_person(session: Session, person: Person) -> Viewer:
    """What a signed-in person may see and do; Forbidden when the sign-in was closed."""
    if not person.active:
        raise Forbidden("this sign-in was closed; ask the owner of the account")
    return viewers_for_people(session, [person])[person.id]


def viewers_for_people(session: Session, people: Collection[Person]) -> dict[int, Viewer]:
    """The same for several, by person; those whose sign-in was closed are left out."""
    active = {person.id: person for person in people if person.active}
    asked = {"people": list(active)}
    bindings: dict[int, list[_Binding]] = {}
    for person_id, role, account_id, desk_id in session.execute(_BINDINGS, asked):
        bindings.setdefault(person_id, []).append(_Binding(role, account_id, desk_id))
    operators: dict[int | None, set[int]] = {}
    for whose, operator_id in session.execute(_OPERATORS, asked):
        operators.setdefault(whose, set()).add(operator_id)
    return {
        person.id: _viewer(person, bindings.get(person.id, ()), operators.get(person.id, ()))
        for person in active.values()
    }


def _viewer(person: Person, bindings: Iterable[_Binding], operator_ids: Iterable[int]) -> Viewer:
    account_roles: dict[int, set[Role]] = {}
    desk_roles: dict[int, set[Role]] = {}
    is_admin = False
    for binding in bindings:
        role = Role(binding.role)
        if binding.account_id is not None and role in READERS:
            account_roles.setdefault(binding.account_id, set()).add(role)
        elif binding.desk_id is not None:
            desk_roles.setdefault(binding.desk_id, set()).add(role)
        elif role is Role.ADMIN:
            is_admin = True
    return Viewer(
        name=person.name or person.email,
        person_id=person.id,
        account_roles={place: frozenset(roles) for place, roles in account_roles.items()},
        desk_roles={place: frozenset(roles) for place, roles in desk_roles.items()},
        operator_ids=frozenset(operator_ids),
        is_admin=is_admin,
        language=person.language or "en",
    )


def _person(
    session: Session, address: str, name: str, languages: Sequence[str], now: datetime
) -> Person:
    person = session.scalars(select(Person).where(Person.email == address)).first()
    if person is None:
        person = Person(
            email=address,
            name=checks.line(name, "name", required=False),
            fs_uniquifier=secrets.token_hex(32),
            active=True,
            language=checks.languages(languages)[0],
            created_at=now,
        )
        session.add(person)
        session.flush()
    return person


def _own_desk(
    session: Session, account: Account | None, languages: Sequence[str], now: datetime
) -> Desk:
    if account is None:
        raise InvalidInput("say at which desk, or in which account", "desk")
    return own_desk(session, account, languages=languages, now=now)


def _bind(
    session: Session, person: Person, role: Role, account_id: int | None, desk_id: int | None
) -> None:
    known = select(RoleBinding).where(
        RoleBinding.person_id == person.id,
        RoleBinding.role == role,
        # `IS NOT DISTINCT FROM`: a unique constraint does not compare NULLs
        RoleBinding.account_id.is_not_distinct_from(account_id),
        RoleBinding.desk_id.is_not_distinct_from(desk_id),
    )
    if session.scalars(known).first() is None:
        session.add(
            RoleBinding(person_id=person.id, role=role, account_id=account_id, desk_id=desk_id)
        )
        session.flush()


def _become_operator(
    session: Session,
    person: Person,
    desk: Desk,
    name: str,
    desk_name: str,
    languages: Sequence[str],
    now: datetime,
) -> None:
    known = select(Operator).where(Operator.desk_id == desk.id, Operator.person_id == person.id)
    operator = session.scalars(known).first()
    if operator is None:
        new_operator(
            session,
            desk,
            name=name or person.name or person.email,
            desk_name=desk_name or checks.first_name(name) or person.email.partition("@")[0],
            languages=languages,
            person_id=person.id,
            now=now,
        )
    else:
        operator.languages = checks.languages(languages)
        operator.desk_name = checks.line(desk_name or operator.desk_name, "desk_name", 64)
        operator.active = True
        session.flush()
