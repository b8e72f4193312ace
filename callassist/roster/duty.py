"""The duty rota: who of an account is rung at night, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callassist.domain.phone import parse_number
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput, NotFound
from callassist.models import Desk, DutySpan, Operator, Person, RoleBinding
from callassist.storage.vault import Vault

_BETWEEN = (
    select(DutySpan)
    .where(
        DutySpan.account_id == bindparam("account"),
        DutySpan.starts_at < bindparam("ends_at"),
        DutySpan.ends_at > bindparam("starts_at"),
    )
    .order_by(DutySpan.starts_at, DutySpan.position, DutySpan.id)
)


@dataclass(frozen=True, kw_only=True)
class DutyInput:
    """One entry of the rota as typed; `phone` with country code; lowest position is rung first."""

    name: str
    starts_at: datetime
    ends_at: datetime
    phone: str | None = None
    person_public_id: str | None = None
    languages: list[str] = field(default_factory=lambda: ["en"])
    position: int = 1


def duty_now(session: Session, account_id: int, now: datetime) -> list[DutySpan]:
    """Everybody of the account who is on duty now, in the order in which they are rung."""
    spans = (
        select(DutySpan)
        .where(DutySpan.account_id == account_id, DutySpan.starts_at <= now, DutySpan.ends_at > now)
        .order_by(DutySpan.position, DutySpan.id)
    )
    return list(session.scalars(spans))


def duty_between(
    session: Session, account_id: int, starts_at: datetime, ends_at: datetime
) -> list[DutySpan]:
    """Entries of the account's rota that touch [starts_at, ends_at), earliest first."""
    wanted = {"account": account_id, "starts_at": starts_at, "ends_at": ends_at}
    return list(session.scalars(_BETWEEN, wanted))


def without_phone(session: Session, account_id: int, spans: Iterable[DutySpan]) -> set[int]:
    """Ids of those entries whose phone cannot be rung: none is written there, nor known of the
    person as an operator of the account's own desk."""
    known = (
        select(Operator.person_id)
        .join(Desk, Desk.id == Operator.desk_id)
        .where(Desk.account_id == account_id, Operator.phone.is_not(None))
    )
    reachable = {one for one in session.scalars(known) if one is not None}
    return {span.id for span in spans if span.phone is None and span.person_id not in reachable}


def duty_spans(
    session: Session, viewer: Viewer, account_id: int, starts_at: datetime, ends_at: datetime
) -> list[DutySpan]:
    """The rota of one of the viewer's accounts in [starts_at, ends_at), earliest first."""
    if not (viewer.is_admin or account_id in viewer.account_ids):
        raise NotFound("no such account")
    return duty_between(session, account_id, starts_at, ends_at)


def add_duty(
    session: Session, vault: Vault, viewer: Viewer, account_id: int, typed: DutyInput
) -> DutySpan:
    """Put somebody on the rota; they need a phone of their own or an account to be told on."""
    if not (viewer.is_admin or account_id in viewer.account_ids):
        raise NotFound("no such account")
    viewer.require_write(account_id)
    _check(typed)
    phone = None if typed.phone is None else vault.seal(parse_number(typed.phone).e164)
    person = _person(session, account_id, typed.person_public_id)
    if phone is None and person is None:
        raise InvalidInput("give a phone number, or a person of this account", "phone")
    span = DutySpan(
        account_id=account_id,
        person_id=None if person is None else person.id,
        name=typed.name.strip(),
        phone=phone,
        languages=typed.languages,
        position=typed.position,
        starts_at=typed.starts_at,
        ends_at=typed.ends_at,
    )
    session.add(span)
    session.flush()
    return span


def remove_duty(session: Session, viewer: Viewer, span_public_id: str) -> None:
    """Take an entry off the rota."""
    span = session.scalars(select(DutySpan).where(DutySpan.public_id == span_public_id)).first()
    if span is None or not (viewer.is_admin or span.account_id in viewer.account_ids):
        raise NotFound("no such entry on the duty rota")
    viewer.require_write(span.account_id)
    session.delete(span)
    session.flush()


def _person(session: Session, account_id: int, public_id: str | None) -> Person | None:
    if public_id is None:
        return None
    people = (
        select(Person)
        .join(RoleBinding, RoleBinding.person_id == Person.id)
        .where(Person.public_id == public_id, RoleBinding.account_id == account_id)
    )
    person = session.scalars(people).first()
    if person is None:
        raise InvalidInput("nobody of this account has this id", "person")
    return person


def _check(typed: DutyInput) -> None:
    if not typed.name.strip():
        raise InvalidInput("say who is on duty", "name")
    for name, instant in (("starts_at", typed.starts_at), ("ends_at", typed.ends_at)):
        if instant.tzinfo is None:
            raise InvalidInput("say the zone, like 2026-08-01T22:00:00Z", name)
    if typed.ends_at <= typed.starts_at:
        raise InvalidInput("duty must end after it starts", "ends_at")
    if typed.position < 1:
        raise InvalidInput("positions count from 1", "position")
