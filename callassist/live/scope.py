"""Who hears what: a host their accounts, an operator their desks, an administrator every desk."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.models import Desk
from callassist.storage.told import Told


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The places of one signed-in person."""

    person_id: int
    account_ids: frozenset[int]
    desk_ids: frozenset[int]
    every_desk: bool

    def hears(self, told: Told) -> bool:
        """Whether the change concerns something that this person may look at."""
        if told.account_id is not None and told.account_id in self.account_ids:
            return True
        return told.desk_id is not None and (self.every_desk or told.desk_id in self.desk_ids)


def scope_of(session: Session, viewer: Viewer) -> Scope | None:
    """The places of `viewer` now, as Viewer.sees_desk has them; None for a program's token."""
    if viewer.person_id is None:
        return None
    own = select(Desk.id).where(Desk.account_id.in_(viewer.account_ids))
    return Scope(
        person_id=viewer.person_id,
        account_ids=viewer.account_ids,
        desk_ids=viewer.desk_ids | frozenset(session.scalars(own)),
        every_desk=viewer.is_admin,
    )
