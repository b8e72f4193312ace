"""The people of an account: who they are, and what each may do. The last owner stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist.accounts.team_changes import TeamAction, note_change
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Forbidden, InvalidInput, NotFound
from callassist.models import Account, Desk, Person, RoleBinding, SecondFactor, SignInSession

TEAM_ROLES = (Role.OWNER, Role.MANAGER, Role.VIEWER)


@dataclass(frozen=True, kw_only=True)
class Member:
    """One person of an account with one role there."""

    person: Person
    role: Role
    last_seen_at: datetime | None
    has_second_factor: bool
    from_firm: bool  # the firm's own sign-in gave the role
    is_last_owner: bool


def team(session: Session, viewer: Viewer, account: Account) -> list[Member]:
    """The people of one of the viewer's accounts with their roles, by address."""
    if not (viewer.is_admin or account.id in viewer.account_ids):
        raise NotFound("no such account")
    seen_at = (
        select(func.max(SignInSession.seen_at))
        .where(SignInSession.person_id == Person.id)
        .scalar_subquery()
    )
    query = (
        select(Person, RoleBinding, seen_at, SecondFactor.confirmed_at)
        .join(RoleBinding, RoleBinding.person_id == Person.id)
        .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
        .where(RoleBinding.account_id == account.id, RoleBinding.role.in_(TEAM_ROLES))
        .order_by(Person.email, RoleBinding.id)
    )
    rows = session.execute(query).all()
    owners = {person.id for person, binding, _at, _on in rows if binding.role == Role.OWNER}
    return [
        Member(
            person=person,
            role=Role(binding.role),
            last_seen_at=last_seen_at,
            has_second_factor=confirmed_at is not None,
            from_firm=binding.source != "local",
            is_last_owner=binding.role == Role.OWNER and len(owners) == 1,
        )
        for person, binding, last_seen_at, confirmed_at in rows
    ]


def owners_of(session: Session, account: Account) -> list[Person]:
    """Who owns an account, by address."""
    own = RoleBinding.account_id == account.id, RoleBinding.role == str(Role.OWNER)
    query = select(Person).join(RoleBinding, RoleBinding.person_id == Person.id).where(*own)
    return list(session.scalars(query.order_by(Person.email)))


def may_give(viewer: Viewer, account_id: int, role: Role) -> bool:
    """Nobody gives away more than they have: owners are made and unmade by owners."""
    if viewer.is_admin:
        return True
    mine = viewer.account_roles.get(account_id, frozenset())
    return viewer.can_write(account_id) and (role is not Role.OWNER or Role.OWNER in mine)


def require_may_give(viewer: Viewer, account_id: int, role: Role) -> None:
    """Forbidden unless the viewer may give and take this role."""
    viewer.require_write(account_id)
    if not may_give(viewer, account_id, role):
        raise Forbidden("only an owner of the account names or removes owners; ask one")


def person_at(
    session: Session, public_id: str, *, account: Account | None = None, desk: Desk | None = None
) -> Person:
    """Somebody with a role in this account or at this desk; NotFound for anybody else."""
    place = (
        RoleBinding.account_id == account.id
        if account is not None
        else (RoleBinding.desk_id == (None if desk is None else desk.id))
    )
    query = (
        select(Person)
        .join(RoleBinding, RoleBinding.person_id == Person.id)
        .where(place, Person.public_id == public_id, Person.active.is_(True))
    )
    person = session.scalars(query.limit(1)).first()
    if person is None:
        raise NotFound("no such person")
    return person


def require_runs_all(session: Session, viewer: Viewer, person: Person) -> None:
    """Forbidden for what concerns a person everywhere, unless the viewer runs all their places."""
    bindings = session.execute(
        select(RoleBinding.account_id, Desk.id, Desk.account_id)
        .outerjoin(Desk, Desk.id == RoleBinding.desk_id)
        .where(RoleBinding.person_id == person.id)
    )
    for account_id, desk_id, owner_id in bindings:
        runs = viewer.is_admin
        if account_id is not None:
            runs = viewer.can_write(account_id)
        elif desk_id is not None:
            runs = viewer.runs_desk(desk_id, owner_id)
        if not runs:
            raise Forbidden("this person also works elsewhere; only they can change this")


def change_role(
    session: Session,
    viewer: Viewer,
    account: Account,
    person_public_id: str,
    role: Role,
    new: Role,
    now: datetime,
) -> None:
    """Give somebody of the team another role; the last owner stays one."""
    if new not in TEAM_ROLES:
        raise InvalidInput("use owner, manager or viewer", "role")
    require_may_give(viewer, account.id, new)
    binding = _binding(session, viewer, account, person_public_id, role)
    if new is role:
        return
    _keep_an_owner(session, account, binding)
    same = select(RoleBinding.id).where(
        RoleBinding.person_id == binding.person_id,
        RoleBinding.account_id == account.id,
        RoleBinding.role == str(new),
    )
    if session.scalar(same) is not None:
        session.delete(binding)
    else:
        binding.role, binding.source = str(new), "local"
    session.flush()
    note_change(
        session,
        viewer,
        TeamAction.ROLE_CHANGED,
        now=now,
        account_id=account.id,
        person_id=binding.person_id,
        before=str(role),
        role=str(new),
    )


def remove_role(
    session: Session,
    viewer: Viewer,
    person_public_id: str,
    role: Role,
    account: Account,
    now: datetime,
) -> None:
    """Take a role in one of the viewer's accounts away; the last owner stays."""
    binding = _binding(session, viewer, account, person_public_id, role)
    _keep_an_owner(session, account, binding)
    session.delete(binding)
    session.flush()
    note_change(
        session,
        viewer,
        TeamAction.REMOVED,
        now=now,
        account_id=account.id,
        person_id=binding.person_id,
        role=str(role),
    )


def _binding(
    session: Session, viewer: Viewer, account: Account, person_public_id: str, role: Role
) -> RoleBinding:
    require_may_give(viewer, account.id, role)
    query = (
        select(RoleBinding)
        .join(Person, Person.id == RoleBinding.person_id)
        .where(
            RoleBinding.account_id == account.id,
            RoleBinding.role == str(role),
            Person.public_id == person_public_id,
        )
    )
    found = session.scalars(query).first()
    if found is None:
        raise NotFound("nobody of this account has this role")
    return found


def _keep_an_owner(session: Session, account: Account, binding: RoleBinding) -> None:
    """Of two owners who remove each other at once, one stays: the account's row is locked."""
    if binding.role != Role.OWNER:
        return
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update())
    owners = select(func.count()).where(
        RoleBinding.account_id == account.id, RoleBinding.role == str(Role.OWNER)
    )
    if (session.scalar(owners) or 0) < 2:
        raise InvalidInput("an account keeps at least one owner; name another first")
