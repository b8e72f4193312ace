"""The first administrator: no default password, a link that works once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.people import add_person
from callassist.accounts.sign_in_links import make_sign_in_link
from callassist.domain.viewer import Role
from callassist.errors import NotFound
from callassist.models import Person

ADDRESS = "admin@callassist.invalid"


def first_administrator(session: Session, *, now: datetime) -> str | None:
    """A sign-in token for a new administrator; None once anybody has ever signed in."""
    people = session.scalars(select(Person).limit(2)).all()
    if any(person.email != ADDRESS or person.password is not None for person in people):
        return None
    person = add_person(session, ADDRESS, Role.ADMIN, now=now, name="Administrator")
    return make_sign_in_link(session, person, now)


def link_for(session: Session, email: str, *, now: datetime) -> str:
    """A new one-time sign-in token for somebody; NotFound for an unknown address."""
    person = session.scalars(select(Person).where(Person.email == email.strip().lower())).first()
    if person is None:
        raise NotFound(f"nobody has the address {email}; add them with `callassist user add`")
    return make_sign_in_link(session, person, now)
