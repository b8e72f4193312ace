"""Where somebody has which role."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.viewer import Role, Viewer
from callassist.models import Account, Desk


@dataclass(frozen=True, kw_only=True)
class Place:
    """One role in one place; an administrator's place has no name."""

    role: Role
    name: str
    is_desk: bool


def places(session: Session, viewer: Viewer) -> list[Place]:
    """Everywhere the viewer has a role, accounts first."""
    accounts = select(Account.id, Account.name).where(Account.id.in_(viewer.account_roles))
    account_names = {row.id: row.name for row in session.execute(accounts)}
    desks = select(Desk.id, Desk.name).where(Desk.id.in_(viewer.desk_roles))
    desk_names = {row.id: row.name for row in session.execute(desks)}
    found = [Place(role=Role.ADMIN, name="", is_desk=False)] if viewer.is_admin else []
    for bound, names, is_desk in (
        (viewer.account_roles, account_names, False),
        (viewer.desk_roles, desk_names, True),
    ):
        for place, roles in bound.items():
            found += [
                Place(role=role, name=names.get(place, ""), is_desk=is_desk)
                for role in sorted(roles)
            ]
    return found
