"""`/properties/{id}/contacts`: whom the operator phones when the guest is not reached."""

from __future__ import annotations

from pydantic import Field

from callassist.accounts.contacts import (
    ContactInput,
    add_contact,
    contacts,
    remove_contact,
    update_contact,
)
from callassist.errors import NotFound
from callassist.models import HostContact
from callassist.web.api.fields import Input, Instant, Languages, Line, Output, Page, Phone
from callassist.web.api.routing import HOSTS, Ask, Route

_Position = Field(default=None, ge=1, le=100)


class ContactChange(Input):
    """What to change; another number takes its flag away. `position` counts from 1."""

    name: Line | None = None
    phone: Phone | None = None
    languages: Languages | None = None
    position: int | None = _Position


class NewContact(Input):
    """A contact, last unless a position is given; at most 5."""

    name: Line
    phone: Phone
    languages: Languages | None = None
    position: int | None = _Position


class ContactOut(Output):
    """One contact; the number is shown masked."""

    id: str
    position: int
    name: str
    phone_mask: str
    languages: list[str]
    flagged_at: Instant | None
    flag_reason: str | None


def index(ask: Ask, property_id: str) -> Page[ContactOut]:
    """In calling order; there are at most 5, so there is one page."""
    return Page(items=[_out(row) for row in contacts(ask.session, ask.viewer, property_id)])


def create(ask: Ask, property_id: str, body: NewContact) -> ContactOut:
    typed = ContactInput(**body.model_dump())
    contact = add_contact(ask.session, ask.service.vault, ask.viewer, property_id, typed)
    return _out(contact)


def change(ask: Ask, property_id: str, contact_id: str, body: ContactChange) -> ContactOut:
    _require_place(ask, property_id, contact_id)
    typed = ContactInput(**body.model_dump())
    return _out(update_contact(ask.session, ask.service.vault, ask.viewer, contact_id, typed))


def remove(ask: Ask, property_id: str, contact_id: str) -> None:
    _require_place(ask, property_id, contact_id)
    remove_contact(ask.session, ask.viewer, contact_id)


def _require_place(ask: Ask, property_id: str, contact_id: str) -> None:
    known = contacts(ask.session, ask.viewer, property_id)
    if contact_id not in {contact.public_id for contact in known}:
        raise NotFound("no such contact of this home")


def _out(contact: HostContact) -> ContactOut:
    return ContactOut(
        id=contact.public_id,
        position=contact.position,
        name=contact.name,
        phone_mask=contact.phone_mask,
        languages=list(contact.languages),
        flagged_at=contact.flagged_at,
        flag_reason=contact.flag_reason,
    )


ROUTES = (
    Route(
        method="GET",
        path="/properties/{property_id}/contacts",
        summary="Contacts of a home in calling order",
        scopes=HOSTS,
        run=index,
        answer=Page[ContactOut],
    ),
    Route(
        method="POST",
        path="/properties/{property_id}/contacts",
        summary="Add a contact",
        scopes=HOSTS,
        run=create,
        body=NewContact,
        answer=ContactOut,
        status=201,
    ),
    Route(
        method="PATCH",
        path="/properties/{property_id}/contacts/{contact_id}",
        summary="Change a contact",
        scopes=HOSTS,
        run=change,
        body=ContactChange,
        answer=ContactOut,
    ),
    Route(
        method="DELETE",
        path="/properties/{property_id}/contacts/{contact_id}",
        summary="Take a contact away; the others move up",
        scopes=HOSTS,
        run=remove,
    ),
)
