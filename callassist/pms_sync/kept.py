"""What a system said of a reservation, as text that is kept sealed, and back."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time
from typing import Any

from callassist.ports.pms import Contact, Reservation, ReservationState, Visit

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
        name=" ".join(contact.name.replace("\x00", "").split())[:LONGEST_NAME],
        numbers=tuple(one[:LONGEST_NUMBER] for one in contact.numbers[:MOST_NUMBERS]),
    )


def listed_text(reservation: Reservation) -> str:
    """A trimmed reservation as text: the same one gives the same text."""
    return json.dumps(asdict(reservation), default=_plain, sort_keys=True, separators=(",", ":"))


def to_text(kept: Kept) -> str:
    """What is sealed."""
    value = {"listed": asdict(kept.reservation), "contact": kept.contact and asdict(kept.contact)}
    return json.dumps(value, default=_plain, separators=(",", ":"))


def from_text(text: str) -> Kept:
    """What was kept."""
    value = json.loads(text)
    return Kept(
        reservation=_reservation(value["listed"]),
        contact=None if value["contact"] is None else _contact(value["contact"]),
    )


def _plain(value: object) -> str:
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not kept")


def _reservation(value: dict[str, Any]) -> Reservation:
    contact = value["contact"]
    return Reservation(
        **{
            **value,
            "state": ReservationState(value["state"]),
            "visits": tuple(_visit(one) for one in value["visits"]),
            "contact": None if contact is None else _contact(contact),
            "updated_at": _instant(value["updated_at"]),
        }
    )


def _contact(value: dict[str, Any]) -> Contact:
    return Contact(**{**value, "numbers": tuple(value["numbers"])})


def _visit(value: dict[str, Any]) -> Visit:
    return Visit(
        listing_id=value["listing_id"],
        arrival=date.fromisoformat(value["arrival"]),
        departure=date.fromisoformat(value["departure"]),
        check_in=_time(value["check_in"]),
        check_out=_time(value["check_out"]),
        arrives_at=_instant(value["arrives_at"]),
        leaves_at=_instant(value["leaves_at"]),
    )


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
