"""Desks, their operators, and which desk serves which account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.domain.phone import parse_number
from callassist.domain.presence import PresenceState
from callassist.domain.viewer import Viewer
from callassist.errors import Forbidden, NotFound
from callassist.models import Account, Desk, Operator, Presence
from callassist.storage.vault import Vault

DEFAULT_LANGUAGES = ("en", "fr")


@dataclass(frozen=True, kw_only=True)
class OperatorInput:
    """An operator as typed; None leaves a value as it is. `desk_name` is what outsiders see."""

    name: str | None = None
    desk_name: str | None = None
    languages: Sequence[str] | None = None
    phone: str | None = None
    active: bool | None = None


def create_desk(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    name: str,
    *,
    now: datetime,
    languages: Sequence[str] = DEFAULT_LANGUAGES,
    account: Account | None = None,
    duty_phone: str | None = None,
) -> Desk:
    """Open a desk: an admin any, an account's owner or manager one of the account's own."""
    if account is None and not viewer.is_admin:
        raise Forbidden("only an administrator opens a desk that serves several accounts")
    if account is not None:
        viewer.require_write(account.id)
    desk = Desk(
        name=checks.line(name, "name"),
        account_id=None if account is None else account.id,
        languages=checks.languages(languages),
        duty_phone=_sealed(vault, duty_phone, "duty_phone"),
        created_at=now,
    )
    session.add(desk)
    session.flush()
    return desk


def update_desk(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    desk: Desk,
    *,
    name: str | None = None,
    languages: Sequence[str] | None = None,
    duty_phone: str | None = None,
) -> Desk:
    """Change a desk; None leaves a value, an empty duty phone removes it."""
    viewer.require_run_desk(desk.id, desk.account_id)
    if name is not None:
        desk.name = checks.line(name, "name")
    if languages is not None:
        desk.languages = checks.languages(languages)
    if duty_phone is not None:
        desk.duty_phone = _sealed(vault, duty_phone, "duty_phone")
    session.flush()
    return desk


def own_desk(
    session: Session,
    account: Account,
    *,
    now: datetime,
    languages: Sequence[str] = DEFAULT_LANGUAGES,
) -> Desk:
    """The account's own desk, made when it has none."""
    own = select(Desk).where(Desk.account_id == account.id).order_by(Desk.id).limit(1)
    desk = session.scalars(own).first()
    if desk is None:
        desk = Desk(
            name=account.name,
            account_id=account.id,
            languages=checks.languages(languages),
            created_at=now,
        )
        session.add(desk)
        session.flush()
    return desk


def find_desk(session: Session, viewer: Viewer, public_id: str) -> Desk:
    """A desk at which the viewer works, or that their account owns; NotFound otherwise."""
    desk = session.scalars(select(Desk).where(Desk.public_id == public_id)).first()
    if desk is None or not viewer.sees_desk(desk.id, desk.account_id):
        raise NotFound("no such desk")
    return desk


def desks(session: Session, viewer: Viewer) -> list[Desk]:
    """Every desk in the viewer's scope, by name; none of an account that was deleted."""
    gone = select(Account.id).where(Account.deleted_at.is_not(None))
    kept = or_(Desk.account_id.is_(None), Desk.account_id.not_in(gone))
    query = select(Desk).where(kept).order_by(Desk.name, Desk.id)
    if not viewer.is_admin:
        query = query.where(
            or_(Desk.id.in_(viewer.desk_ids), Desk.account_id.in_(viewer.account_ids))
        )
    return list(session.scalars(query))


def add_operator(
    session: Session,
    vault: Vault,
    viewer: Viewer,
    desk: Desk,
    typed: OperatorInput,
    *,
    now: datetime,
) -> Operator:
    """A new operator of a desk, for instance a robot of the demo or a program with a token."""
    viewer.require_run_desk(desk.id, desk.account_id)
    operator = new_operator(
        session,
        desk,
        name=typed.name or "",
        desk_name=typed.desk_name or checks.first_name(typed.name or ""),
        languages=typed.languages or desk.languages,
        person_id=None,
        now=now,
    )
    operator.phone = _sealed(vault, typed.phone, "phone")
    session.flush()
    return operator


def update_operator(
    session: Session, vault: Vault, viewer: Viewer, public_id: str, typed: OperatorInput
) -> Operator:
    """Change an operator; one who is no longer active gets no offers and is on no shift."""
    operator = find_operator(session, viewer, public_id)
    viewer.require_run_desk(operator.desk.id, operator.desk.account_id)
    if typed.name is not None:
        operator.name = checks.line(typed.name, "name")
    if typed.desk_name is not None:
        operator.desk_name = checks.line(typed.desk_name, "desk_name", 64)
    if typed.languages is not None:
        operator.languages = checks.languages(typed.languages)
    if typed.phone is not None:
        operator.phone = _sealed(vault, typed.phone, "phone")
    if typed.active is not None:
        operator.active = typed.active
    session.flush()
    return operator


def find_operator(session: Session, viewer: Viewer, public_id: str) -> Operator:
    """An operator of a desk in the viewer's scope; NotFound otherwise."""
    operator = session.scalars(select(Operator).where(Operator.public_id == public_id)).first()
    if operator is None or not viewer.sees_desk(operator.desk.id, operator.desk.account_id):
        raise NotFound("no such operator")
    return operator


def operators(session: Session, viewer: Viewer, desk: Desk) -> list[Operator]:
    """The operators of a desk in the viewer's scope, by desk name."""
    if not viewer.sees_desk(desk.id, desk.account_id):
        raise NotFound("no such desk")
    query = select(Operator).where(Operator.desk_id == desk.id)
    return list(session.scalars(query.order_by(Operator.desk_name, Operator.id)))


def new_operator(
    session: Session,
    desk: Desk,
    *,
    name: str,
    desk_name: str,
    languages: Sequence[str],
    person_id: int | None,
    now: datetime,
) -> Operator:
    """The rows of an operator, offline to begin with; callers have checked who may."""
    operator = Operator(
        desk_id=desk.id,
        person_id=person_id,
        name=checks.line(name, "name"),
        desk_name=checks.line(desk_name, "desk_name", 64),
        languages=checks.languages(languages),
        active=True,
        created_at=now,
    )
    operator.desk = desk
    session.add(operator)
    session.flush()
    session.add(Presence(operator_id=operator.id, state=PresenceState.OFFLINE, since=now))
    session.flush()
    return operator


def _sealed(vault: Vault, phone: str | None, field: str) -> bytes | None:
    if phone is None or not phone.strip():
        return None
    return vault.seal(parse_number(phone, field=field).e164)
