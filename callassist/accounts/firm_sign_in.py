"""Who comes from a firm's own sign-in (OpenID Connect), and which roles its groups give.

The provider says who somebody is and in which groups; what a group may do here is the
administrator's table. What groups gave goes when the group goes; what people gave stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from callassist.accounts.people import DESK_ROLES, HOST_ROLES, add_person
from callassist.accounts.team_changes import TeamAction, note_change
from callassist.domain.viewer import Role, Viewer
from callassist.errors import Forbidden, SettingsError
from callassist.models import Account, Desk, Operator, Person, RoleBinding

SOURCE = "firm"
_VARIABLE = "CALLASSIST_OIDC_ROLES"
_FIRM = Viewer(name="OIDC")
_log = structlog.get_logger()
_Place = TypeVar("_Place", Account, Desk)


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What the provider has signed; `subject` is unique together with the issuer."""

    issuer: str
    subject: str
    email: str
    is_email_verified: bool
    name: str
    groups: tuple[str, ...]

    @property
    def key(self) -> str:
        """Who this is, over all issuers."""
        return f"{self.issuer} {self.subject}"


@dataclass(frozen=True, kw_only=True)
class GroupRole:
    """One group of the firm and the role that it gives; the place may be left out if only one."""

    group: str
    role: Role
    place: str  # name or id of the account or desk


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    role: Role
    account: Account | None = None
    desk: Desk | None = None

    def fits(self, binding: RoleBinding) -> bool:
        return (binding.role, binding.account_id, binding.desk_id) == (
            str(self.role),
            None if self.account is None else self.account.id,
            None if self.desk is None else self.desk.id,
        )


def parse_group_roles(text: str) -> tuple[GroupRole, ...]:
    """`hosts = owner @ Seaside Homes; night = operator`; SettingsError names what is wrong."""
    found = []
    for part in text.replace("\n", ";").split(";"):
        if not part.strip():
            continue
        group, equals, rest = part.partition("=")
        name, _, place = rest.partition("@")
        role = name.strip().lower()
        if not equals or not group.strip() or role not in {*HOST_ROLES, *DESK_ROLES, Role.ADMIN}:
            raise SettingsError(
                f"{_VARIABLE}: write `group = role @ account or desk`, with owner, manager, "
                f"viewer, operator, supervisor or admin as role; this is not: {part.strip()!r}"
            )
        found.append(GroupRole(group=group.strip(), role=Role(role), place=place.strip()))
    return tuple(found)


def person_of(
    session: Session,
    claims: Claims,
    rules: Sequence[GroupRole],
    *,
    break_glass: str,
    now: datetime,
) -> Person:
    """The person behind the claims, with the roles of their groups; Forbidden says why not."""
    wanted = _wanted(session, claims.groups, rules)
    person = _known(session, claims) or _new(session, claims, wanted, now)
    if break_glass and person.email == break_glass.lower():
        raise Forbidden("this address signs in with its password only")
    if not person.active:
        raise Forbidden("this sign-in was closed; ask the owner of the account")
    person.firm_subject = claims.key
    if person.confirmed_at is None:
        person.confirmed_at = now
    session.flush()
    _give(session, person, wanted, now)
    _take(session, person, wanted, now)
    has_role = select(RoleBinding.id).where(RoleBinding.person_id == person.id)
    if session.scalar(has_role.limit(1)) is None:
        raise Forbidden("nobody gave you a role here yet; ask the administrator")
    return person


def _known(session: Session, claims: Claims) -> Person | None:
    by_subject = select(Person).where(Person.firm_subject == claims.key)
    person = session.scalars(by_subject).first()
    if person is not None:
        return person
    if not claims.is_email_verified:
        raise Forbidden("your firm's sign-in does not vouch for your e-mail address")
    person = session.scalars(select(Person).where(Person.email == claims.email)).first()
    if person is not None and person.firm_subject is not None:
        raise Forbidden("this address belongs to somebody else of your firm's sign-in")
    return person


def _new(session: Session, claims: Claims, wanted: Sequence[_Wanted], now: datetime) -> Person:
    if not wanted:
        raise Forbidden("nobody gave you a role here yet; ask the administrator")
    first = wanted[0]
    person = add_person(
        session,
        claims.email,
        first.role,
        now=now,
        account=first.account,
        desk=first.desk,
        name=claims.name,
    )
    _mark(session, person, first)
    _note(session, TeamAction.FIRM_GAVE, person, first, now)
    return person


def _wanted(session: Session, groups: Iterable[str], rules: Sequence[GroupRole]) -> list[_Wanted]:
    mine = set(groups)
    found = (_resolved(session, rule) for rule in rules if rule.group in mine)
    return [one for one in found if one is not None]


def _resolved(session: Session, rule: GroupRole) -> _Wanted | None:
    if rule.role is Role.ADMIN:
        return _Wanted(role=rule.role)
    if rule.role in HOST_ROLES:
        account = _only(session, Account, rule)
        return None if account is None else _Wanted(role=rule.role, account=account)
    desk = _only(session, Desk, rule)
    return None if desk is None else _Wanted(role=rule.role, desk=desk)


def _only(session: Session, kind: type[_Place], rule: GroupRole) -> _Place | None:
    """The one place that the rule means; two of one name are none."""
    query = select(kind)
    if rule.place:
        query = query.where(or_(kind.public_id == rule.place, kind.name == rule.place))
    rows = session.scalars(query.limit(2)).all()
    if len(rows) == 1:
        return rows[0]
    _log.error(
        "a group's role leads nowhere", action="oidc_role", group=rule.group, found=len(rows)
    )
    return None


def _give(session: Session, person: Person, wanted: Sequence[_Wanted], now: datetime) -> None:
    bindings = _bindings(session, person)
    for one in wanted:
        if any(one.fits(binding) for binding in bindings):
            continue
        add_person(session, person.email, one.role, now=now, account=one.account, desk=one.desk)
        _mark(session, person, one)
        _note(session, TeamAction.FIRM_GAVE, person, one, now)


def _mark(session: Session, person: Person, wanted: _Wanted) -> None:
    for binding in _bindings(session, person):
        if wanted.fits(binding):
            binding.source = SOURCE
    session.flush()


def _take(session: Session, person: Person, wanted: Sequence[_Wanted], now: datetime) -> None:
    for binding in _bindings(session, person):
        if binding.source != SOURCE or any(one.fits(binding) for one in wanted):
            continue
        if binding.role == Role.OWNER and _is_last_owner(session, binding):
            _log.warning("the last owner stays", action="oidc_role", account=binding.account_id)
            continue
        desk = None if binding.desk_id is None else session.get(Desk, binding.desk_id)
        account = None if binding.account_id is None else session.get(Account, binding.account_id)
        session.delete(binding)
        session.flush()
        gone = _Wanted(role=Role(binding.role), account=account, desk=desk)
        _note(session, TeamAction.FIRM_TOOK, person, gone, now)
        if desk is not None:
            _leave_desk(session, person, desk)


def _leave_desk(session: Session, person: Person, desk: Desk) -> None:
    """Without any role at the desk nobody works there."""
    if not any(binding.desk_id == desk.id for binding in _bindings(session, person)):
        session.execute(
            update(Operator)
            .where(Operator.desk_id == desk.id, Operator.person_id == person.id)
            .values(active=False)
        )


def _is_last_owner(session: Session, binding: RoleBinding) -> bool:
    owners = select(func.count()).where(
        RoleBinding.account_id == binding.account_id, RoleBinding.role == str(Role.OWNER)
    )
    return (session.scalar(owners) or 0) < 2


def _bindings(session: Session, person: Person) -> list[RoleBinding]:
    query = select(RoleBinding).where(RoleBinding.person_id == person.id)
    return list(session.scalars(query.order_by(RoleBinding.id)))


def _note(
    session: Session, action: TeamAction, person: Person, what: _Wanted, now: datetime
) -> None:
    note_change(
        session,
        _FIRM,
        action,
        now=now,
        account_id=None if what.account is None else what.account.id,
        desk_id=None if what.desk is None else what.desk.id,
        person_id=person.id,
        role=str(what.role),
    )
