"""Who is asking: every query takes the viewer first and never reaches past their scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from callassist.errors import Forbidden


class Role(StrEnum):
    """What a person may do; bound to an account (first four) or a desk; admin to neither."""

    OWNER = "owner"
    MANAGER = "manager"
    VIEWER = "viewer"
    HOST = "host"  # scope of a program's token: what a manager may do
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


WRITERS = frozenset({Role.OWNER, Role.MANAGER, Role.HOST})
READERS = WRITERS | {Role.VIEWER}


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """A signed-in person or a program's token, with all its places at once."""

    name: str
    person_id: int | None = None
    token_id: int | None = None
    account_roles: dict[int, frozenset[Role]] = field(default_factory=dict)
    desk_roles: dict[int, frozenset[Role]] = field(default_factory=dict)
    operator_ids: frozenset[int] = frozenset()
    is_admin: bool = False
    language: str = "en"

    @cached_property
    def account_ids(self) -> frozenset[int]:
        """Accounts that the viewer may read."""
        return frozenset(a for a, roles in self.account_roles.items() if roles & READERS)

    @cached_property
    def desk_ids(self) -> frozenset[int]:
        """Desks at which the viewer works or supervises."""
        return frozenset(self.desk_roles)

    def can_write(self, account_id: int) -> bool:
        """Whether the viewer may change things of this account."""
        return self.is_admin or bool(self.account_roles.get(account_id, frozenset()) & WRITERS)

    def require_write(self, account_id: int) -> None:
        """Forbidden unless the viewer may change things of this account."""
        if not self.can_write(account_id):
            raise Forbidden("your role here may look, not change; ask the owner of the account")

    def supervises(self, desk_id: int) -> bool:
        """Whether the viewer is a supervisor of this desk."""
        return self.is_admin or Role.SUPERVISOR in self.desk_roles.get(desk_id, frozenset())

    def sees_desk(self, desk_id: int, owner_account_id: int | None) -> bool:
        """Whether the viewer works at the desk, or their account owns it."""
        return self.is_admin or desk_id in self.desk_ids or owner_account_id in self.account_ids

    def runs_desk(self, desk_id: int, owner_account_id: int | None) -> bool:
        """Whether the viewer supervises the desk, or runs the account that owns it."""
        owns = owner_account_id is not None and self.can_write(owner_account_id)
        return owns or self.supervises(desk_id)

    def require_run_desk(self, desk_id: int, owner_account_id: int | None) -> None:
        """Forbidden unless the viewer runs the desk."""
        if not self.runs_desk(desk_id, owner_account_id):
            raise Forbidden("only a supervisor of this desk may change it; ask one")
