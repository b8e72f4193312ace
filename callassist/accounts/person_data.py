"""Everything that is kept about one person, for themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callassist.models import (
    Account,
    Desk,
    DutySpan,
    HostNote,
    Incident,
    NotificationChannel,
    Operator,
    Person,
    RoleBinding,
    SecondFactor,
    Shift,
    SignInSession,
    TeamChange,
)
from callassist.storage.vault import Vault

_Data = dict[str, object]


def person_data(session: Session, vault: Vault, person_id: int) -> _Data:
    """Readable and ready for JSON; passwords, codes and tokens are kept as hashes only."""
    person = session.get_one(Person, person_id)
    factor = session.get(SecondFactor, person_id)
    return {
        "person": _profile(person),
        "second_step_since": None if factor is None else _iso(factor.confirmed_at),
        "roles": _roles(session, person_id),
        "signed_in": _sessions(session, person_id),
        "told_at": _channels(session, vault, person_id),
        "duty": _duty(session, vault, person_id),
        "desks": _desks(session, vault, person_id),
        "notes": _notes(session, person_id),
        "changes": _changes(session, person_id),
    }


def _profile(person: Person) -> _Data:
    return {
        "id": person.public_id,
        "name": person.name,
        "email": person.email,
        "language": person.language,
        "timezone": person.timezone,
        "hours": person.hour_cycle,
        "look": person.theme,
        "quiet_from": person.quiet_from,
        "quiet_until": person.quiet_until,
        "has_password": person.password is not None,
        "known_to_the_firms_sign_in": person.firm_subject is not None,
        "created_at": _iso(person.created_at),
    }


def _roles(session: Session, person_id: int) -> list[_Data]:
    rows = session.execute(
        select(RoleBinding, Account.name, Desk.name)
        .outerjoin(Account, Account.id == RoleBinding.account_id)
        .outerjoin(Desk, Desk.id == RoleBinding.desk_id)
        .where(RoleBinding.person_id == person_id)
        .order_by(RoleBinding.id)
    )
    return [
        {"role": binding.role, "account": account, "desk": desk, "given_by": binding.source}
        for binding, account, desk in rows
    ]


def _sessions(session: Session, person_id: int) -> list[_Data]:
    query = select(SignInSession).where(SignInSession.person_id == person_id)
    return [
        {
            "browser": one.browser,
            "way": one.way,
            "began_at": _iso(one.created_at),
            "seen_at": _iso(one.seen_at),
            "ended_at": _iso(one.ended_at),
        }
        for one in session.scalars(query.order_by(SignInSession.id))
    ]


def _channels(session: Session, vault: Vault, person_id: int) -> list[_Data]:
    query = select(NotificationChannel).where(NotificationChannel.person_id == person_id)
    return [
        {
            "kind": one.kind,
            "address": vault.open(one.address),
            "device": one.label,
            "not_told": one.muted_kinds,
            "told_on_request": one.wanted_kinds,
            "created_at": _iso(one.created_at),
            "switched_off_at": _iso(one.disabled_at),
        }
        for one in session.scalars(query.order_by(NotificationChannel.id))
    ]


def _duty(session: Session, vault: Vault, person_id: int) -> list[_Data]:
    query = select(DutySpan).where(DutySpan.person_id == person_id).order_by(DutySpan.id)
    return [
        {
            "name": one.name,
            "phone": None if one.phone is None else vault.open(one.phone),
            "starts_at": _iso(one.starts_at),
            "ends_at": _iso(one.ends_at),
        }
        for one in session.scalars(query)
    ]


def _desks(session: Session, vault: Vault, person_id: int) -> list[_Data]:
    query = select(Operator).where(Operator.person_id == person_id).order_by(Operator.id)
    return [
        {
            "desk": one.desk.name,
            "name": one.name,
            "desk_name": one.desk_name,
            "languages": one.languages,
            "phone": None if one.phone is None else vault.open(one.phone),
            "shifts": [
                {"starts_at": _iso(shift.starts_at), "ends_at": _iso(shift.ends_at)}
                for shift in session.scalars(
                    select(Shift).where(Shift.operator_id == one.id).order_by(Shift.id)
                )
            ],
        }
        for one in session.scalars(query)
    ]


def _notes(session: Session, person_id: int) -> list[_Data]:
    """What they wrote about incidents of accounts in which they still have a role."""
    mine = select(RoleBinding.account_id).where(RoleBinding.person_id == person_id)
    rows = session.execute(
        select(HostNote, Incident.reference)
        .join(Incident, Incident.id == HostNote.incident_id)
        .where(HostNote.person_id == person_id, HostNote.account_id.in_(mine))
        .order_by(HostNote.id)
    )
    return [
        {"incident": reference, "at": _iso(note.created_at), "text": note.text}
        for note, reference in rows
    ]


def _changes(session: Session, person_id: int) -> list[_Data]:
    """What they changed about people and programs, or others about them."""
    query = select(TeamChange).where(
        or_(TeamChange.by_person_id == person_id, TeamChange.person_id == person_id)
    )
    return [
        {
            "at": _iso(one.at),
            "action": one.action,
            "by_me": one.by_person_id == person_id,
            "about_me": one.person_id == person_id,
        }
        for one in session.scalars(query.order_by(TeamChange.id))
    ]


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
