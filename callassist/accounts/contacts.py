"""Host contacts of a home: whom the operator phones when the guest is not reached, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts import checks
from callassist.accounts.properties import find_property
from callassist.domain.phone import parse_number
from callassist.domain.viewer import Viewer
from callassist.errors import InvalidInput, NotFound
from callassist.models import HostContact, Property
from callassist.storage.vault import Vault

MOST_CONTACTS = 5


@dataclass(frozen=True, kw_only=True)
class ContactInput:
    """A contact as typed; None leaves a value as it is. `position` counts from 1."""

    name: str | None = None
    phone: str | None = None
    languages: Sequence[str] | None = None
    position: int | None = None


def contacts(session: Session, viewer: Viewer, property_public_id: str) -> list[HostContact]:
    """The contacts of one of the viewer's homes, in calling order."""
    return _in_order(session, find_property(session, viewer, property_public_id))


def add_contact(
    session: Session, vault: Vault, viewer: Viewer, property_public_id: str, typed: ContactInput
) -> HostContact:
    """A new contact, last unless a position is given; name and phone are needed."""
    home = find_property(session, viewer, property_public_id)
    viewer.require_write(home.account_id)
    others = _in_order(session, home)
    if len(others) >= MOST_CONTACTS:
        raise InvalidInput(f"at most {MOST_CONTACTS} contacts; remove one first", "contacts")
    contact = HostContact(
        property_id=home.id,
        position=len(others) + 1,
        name=checks.line(typed.name or "", "name"),
        languages=checks.languages(typed.languages or [home.language]),
    )
    if not typed.phone:
        raise InvalidInput("must not be empty", "phone")
    _set_phone(vault, contact, home, typed.phone)
    session.add(contact)
    session.flush()
    _place(session, home, contact, typed.position)
    return contact


def update_contact(
    session: Session, vault: Vault, viewer: Viewer, contact_public_id: str, typed: ContactInput
) -> HostContact:
    """Change a contact; another number takes its flag away."""
    contact, home = _writable(session, viewer, contact_public_id)
    if typed.name is not None:
        contact.name = checks.line(typed.name, "name")
    if typed.languages is not None:
        contact.languages = checks.languages(typed.languages)
    if typed.phone is not None:
        _set_phone(vault, contact, home, typed.phone)
    session.flush()
    _place(session, home, contact, typed.position)
    return contact


def remove_contact(session: Session, viewer: Viewer, contact_public_id: str) -> None:
    """Take a contact away; the others move up."""
    contact, home = _writable(session, viewer, contact_public_id)
    session.delete(contact)
    session.flush()
    _number(_in_order(session, home))
    session.flush()


def _writable(
    session: Session, viewer: Viewer, contact_public_id: str
) -> tuple[HostContact, Property]:
    contact = session.scalars(
        select(HostContact).where(HostContact.public_id == contact_public_id)
    ).first()
    home = None if contact is None else session.get(Property, contact.property_id)
    if contact is None or home is None:
        raise NotFound("no such contact")
    if not (viewer.is_admin or home.account_id in viewer.account_ids):
        raise NotFound("no such contact")
    viewer.require_write(home.account_id)
    return contact, home


def _in_order(session: Session, home: Property) -> list[HostContact]:
    query = select(HostContact).where(HostContact.property_id == home.id)
    return list(session.scalars(query.order_by(HostContact.position, HostContact.id)))


def _set_phone(vault: Vault, contact: HostContact, home: Property, phone: str) -> None:
    number = parse_number(phone, home.country)
    if contact.phone_index in vault.indexes(number.e164):
        return
    contact.phone = vault.seal(number.e164)
    contact.phone_index = vault.index(number.e164)
    contact.phone_mask = number.mask
    contact.phone_country = number.country
    contact.flagged_at = contact.flag_reason = None


def _place(session: Session, home: Property, contact: HostContact, position: int | None) -> None:
    if position is None:
        return
    if position < 1:
        raise InvalidInput("positions count from 1", "position")
    others = [one for one in _in_order(session, home) if one.id != contact.id]
    _number([*others[: position - 1], contact, *others[position - 1 :]])
    session.flush()


def _number(ordered: Sequence[HostContact]) -> None:
    for position, contact in enumerate(ordered, start=1):
        contact.position = position
