"""Accounts and people whom an older backup brought back are sent away again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.account_deletion import in_force
from callassist.accounts.erasure_journal import Departed, Departure
from callassist.accounts.person_erasing import erase_person
from callassist.models import Account, AccountDeletion, Person
from callassist.storage.vault import Vault


def reapply_departures(
    session: Session, vault: Vault, departures: Iterable[Departure], *, now: datetime
) -> int:
    """Erase people again at once and have housekeeping delete accounts; how many those are."""
    wanted = list(departures)
    people = {one.public_id for one in wanted if one.kind is Departed.PERSON}
    accounts = {one.public_id for one in wanted if one.kind is Departed.ACCOUNT}
    back = select(Person).where(Person.public_id.in_(people), Person.erased_at.is_(None))
    returned = list(session.scalars(back))
    for person in returned:
        erase_person(session, vault, person, now=now)
    there = select(Account).where(Account.public_id.in_(accounts), Account.deleted_at.is_(None))
    restored = list(session.scalars(there))
    for account in restored:
        _due_now(session, account, now)
    session.flush()
    return len(returned) + len(restored)


def _due_now(session: Session, account: Account, now: datetime) -> None:
    asked = in_force(session, account.id)
    if asked is None:
        session.add(AccountDeletion(account_id=account.id, asked_at=now, due_at=now))
    else:
        asked.due_at = now
