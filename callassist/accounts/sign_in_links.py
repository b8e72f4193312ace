"""One-time sign-in links: there is no default password; the first way in is a link."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callassist.errors import Forbidden
from callassist.models import Person, SignInLink

VALID_FOR = timedelta(minutes=30)


def make_sign_in_link(session: Session, person: Person, now: datetime) -> str:
    """A token, shown once, that signs this person in once within 30 minutes; `now` is real time.

    The page that takes it is `/sign-in/link/<token>`.
    """
    if not person.active:
        raise Forbidden("this sign-in was closed; ask the owner of the account")
    token = secrets.token_urlsafe(32)
    session.add(
        SignInLink(
            person_id=person.id,
            token_hash=_hash(token),
            created_at=now,
            expires_at=now + VALID_FOR,
        )
    )
    session.flush()
    return token


def use_sign_in_link(session: Session, token: str, now: datetime) -> Person | None:
    """The person whom the link signs in; None when it is unknown, used or older than 30 minutes.

    Of two that come at once one gets in: the link is used up by a conditional update.
    """
    used = session.execute(
        update(SignInLink)
        .where(
            SignInLink.token_hash == _hash(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(SignInLink.person_id)
        .execution_options(synchronize_session=False)
    ).first()
    if used is None:
        return None
    active = select(Person).where(Person.id == used.person_id, Person.active.is_(True))
    person = session.scalars(active).first()
    if person is not None and person.confirmed_at is None:
        person.confirmed_at = now
        session.flush()
    return person


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
