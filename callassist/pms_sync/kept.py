"""What a system said of a reservation, as text that is kept sealed, and back."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from callassist.errors import InvalidInput
from callassist.ports.pms import Contact, Reservation, ReservationState

LONGEST_NAME = 200
LONGEST_NUMBER = 100
MOST_NUMBERS = 10


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A reservation, and the contact that was asked for separately."""

    reservation: Reservation
    contact: Contact | None = None

    @property
    def guest(self) -> Contact | None:
        """Who the guest is, as far as it is known."""
        return self.reservation.contact or self.contact


def trimmed(reservation: Reservation) -> Reservation:
    """The reservation with as much of its guest as is needed; nothing of who does not stay."""
    if reservation.state is not ReservationState.STAYS:
        return replace(reservation, contact=None, last_four=None)
    contact = reservation.contact
    return (
        reservation if contact is None else replace(reservation, contact=trimmed_contact(contact))
    )


def trimmed_contact(contact: Contact) -> Contact:
    """Names and numbers cut to a length that somebody can have."""
    return replace(
        contact,
        name=" ".join(sound(contact.name).split())[:LONGEST_NAME],
        numbers=tuple(sound(one)[:LONGEST_NUMBER] for one in contact.numbers[:MOST_NUMBERS]),
        language=None if contact.language is None else sound(contact.language)[:LONGEST_NAME],
        country=None if contact.country is None else sound(contact.country)[:LONGEST_NAME],
    )


def sound(text: str) -> str:
    """The text without what no database keeps: zeros, and halves of characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def listed_text(reservation: Reservation) -> str:
    """A trimmed reservation as text: the same one gives the same text."""
    try:
        return msgspec.json.encode(reservation).decode()
    except UnicodeEncodeError:
        raise InvalidInput("an id has characters that are no text", "id") from None


def to_text(kept: Kept) -> str:
    """What is sealed: JSON."""
    return msgspec.json.encode(kept).decode()


def from_text(text: str) -> Kept:
    """What was kept."""
    return msgspec.json.decode(text, type=Kept)
