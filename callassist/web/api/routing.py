"""What a route of the API is: one value that dispatching, OpenAPI and tests all read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus

from sqlalchemy.orm import Session

from callassist.bootstrap import Service
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Forbidden
from callassist.web.api.fields import Input, Output

PREFIX = "/api/v1"


class Scope(StrEnum):
    """What a token may do."""

    HOST = "host"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


HOSTS = frozenset({Scope.HOST, Scope.ADMIN})
OPERATORS = frozenset({Scope.OPERATOR})
DESK = frozenset({Scope.OPERATOR, Scope.SUPERVISOR})
SUPERVISORS = frozenset({Scope.SUPERVISOR, Scope.ADMIN})
CHIEFS = SUPERVISORS | HOSTS  # a host runs the account's own desk
ADMINS = frozenset({Scope.ADMIN})
ACCOUNTS = frozenset({Scope.HOST})  # not for admins: what is between an account and its guests
EVERYBODY = frozenset(Scope)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request that was let in: who asks, and what its one transaction works with."""

    service: Service
    session: Session
    viewer: Viewer
    now: datetime  # the service's clock
    real_now: datetime  # for tokens
    afterwards: list[Callable[[], object]] = field(default_factory=list)  # once it is stored

    @property
    def operator_id(self) -> int:
        """The operator that the token speaks for; Forbidden when it speaks for none."""
        if len(self.viewer.operator_ids) != 1:
            raise Forbidden("this token speaks for no operator; use one of scope operator")
        return next(iter(self.viewer.operator_ids))


@dataclass(frozen=True)
class File:
    """An answer that is not JSON; made after the transaction when it takes a while."""

    content: bytes | Callable[[], bytes | Iterator[bytes]]
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method of one path under /api/v1. `run` gets (ask, *path values, query?, body?, before?).

    `before` is for what takes a while and must be known first, such as another system's answer: it
    is called outside the transaction with (service, viewer, *path values, query?, body?).
    """

    method: str
    path: str
    summary: str
    scopes: frozenset[Scope]
    run: Callable[..., Output | File | None]
    query: type[Input] | None = None
    body: type[Input] | None = None
    answer: type[Output] | str | None = None  # str: media type of a file; None: 204
    status: int = HTTPStatus.OK
    before: Callable[..., object] | None = None
    conflicts: bool = False  # whether 409 is possible

    @property
    def name(self) -> str:
        """A name for OpenAPI and for Flask: `get_properties_property_id`."""
        return self.method.lower() + self.path.translate(_AS_NAME).replace("__", "_").rstrip("_")

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET"

    @property
    def takes_key(self) -> bool:
        """Whether it can be sent again under its Idempotency-Key; files are not remembered."""
        return self.method == "POST" and not isinstance(self.answer, str)

    @property
    def parameters(self) -> list[str]:
        """The names in its path, in order."""
        return [part[1:-1].partition("}")[0] for part in self.path.split("/") if part[:1] == "{"]


_AS_NAME = str.maketrans({"/": "_", "{": "_", "}": "_", "-": "_", ".": "_"})


def scope_of(viewer: Viewer) -> Scope:
    """The scope of a token's viewer; a token has exactly one."""
    if viewer.is_admin:
        return Scope.ADMIN
    if viewer.account_roles:
        return Scope.HOST
    if any(Role.SUPERVISOR in roles for roles in viewer.desk_roles.values()):
        return Scope.SUPERVISOR
    return Scope.OPERATOR
