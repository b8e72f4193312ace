"""Guesty's records in our words: listings, reservations of both lists, guests."""

from __future__ import annotations

from typing import Any

from callassist.pms_sync.vendors import reading
from callassist.pms_sync.vendors.reading import Unreadable
from callassist.ports.pms import Contact, Listing, Reservation, ReservationState, Visit

STATES = {
    "inquiry": ReservationState.NOT_YET,
    "reserved": ReservationState.NOT_YET,
    "awaiting_payment": ReservationState.NOT_YET,
    "confirmed": ReservationState.STAYS,
    "checked_in": ReservationState.STAYS,
    "checked_out": ReservationState.STAYS,
    "canceled": ReservationState.CANCELLED,
    "cancelled": ReservationState.CANCELLED,
    "declined": ReservationState.CANCELLED,
    "expired": ReservationState.CANCELLED,
    "closed": ReservationState.CANCELLED,
}


def account(record: dict[str, Any]) -> str:
    """The account's own name."""
    return reading.text(record, "name", "_id")


def conversation_id(record: dict[str, Any]) -> str:
    """Where messages to the guest go."""
    return reading.an_id(record, "_id", "id")


def listing(record: dict[str, Any]) -> Listing:
    address = record.get("address")
    place = address if isinstance(address, dict) else {}
    return Listing(
        external_id=reading.an_id(record, "_id"),
        # the nickname is the host's own word, the title is for guests
        name=reading.text(record, "nickname", "title") or reading.an_id(record, "_id"),
        address=reading.text(place, "full"),
        country=reading.country(place.get("country")),
        timezone=reading.zone(record.get("timezone")),
        check_in=reading.clock_time(record.get("defaultCheckInTime")),
        check_out=reading.clock_time(record.get("defaultCheckOutTime")),
        is_active=record.get("active") is not False,
        parent_id=reading.text(record, "parentListingId") or None,
    )


def reservation(record: dict[str, Any]) -> Reservation:
    """A reservation of v3: `reservationId` in the list, `_id` when asked for by id."""
    stays = record.get("stay") or [record]
    if not isinstance(stays, list) or not all(isinstance(one, dict) for one in stays):
        raise Unreadable("stay should be a list of objects")
    return Reservation(
        external_id=reading.an_id(record, "reservationId", "_id"),
        state=_state(record),
        visits=tuple(_visit(one) for one in stays),
        contact_id=reading.text(record, "guestId") or None,
        updated_at=reading.changed_at(record, "lastUpdatedAt"),
        channel=reading.text(record, "source"),
        conversation_id=reading.text(record, "conversationId") or None,
    )


def legacy(record: dict[str, Any]) -> Reservation:
    guest = record.get("guest")
    inside = contact(guest) if isinstance(guest, dict) else Contact()
    contact_id = reading.text(record, "guestId")
    return Reservation(
        external_id=reading.an_id(record, "_id"),
        state=_state(record),
        visits=(_visit(record),),
        # a guest inside may come without the number: then it is asked for by itself
        contact=inside if inside.numbers or not contact_id else None,
        contact_id=contact_id or None,
        updated_at=reading.changed_at(record, "lastUpdatedAt"),
        channel=reading.text(record, "source"),
    )


def _visit(stay: dict[str, Any]) -> Visit:
    return Visit(
        # asked for by id a stay may name only its unit
        listing_id=reading.an_id(stay, "listingId", "unitId", "unitTypeId"),
        arrival=reading.day(stay, "checkInDateLocalized", "checkIn"),
        departure=reading.day(stay, "checkOutDateLocalized", "checkOut"),
        arrives_at=reading.instant(stay, "checkIn"),
        leaves_at=reading.instant(stay, "checkOut"),
    )


def _state(record: dict[str, Any]) -> ReservationState:
    status = reading.text(record, "status")
    try:
        return STATES[status.lower()]
    except KeyError:
        raise Unreadable(f"status is {status[:40]!r}, which is not known") from None


def contact(guest: dict[str, Any]) -> Contact:
    whole = " ".join((reading.text(guest, "firstName"), reading.text(guest, "lastName"))).strip()
    address = guest.get("address")
    return Contact(
        name=reading.text(guest, "fullName") or whole,
        numbers=_numbers(guest),
        language=reading.text(guest, "preferredLanguage") or None,
        country=reading.country(address.get("country")) if isinstance(address, dict) else None,
    )


def _numbers(guest: dict[str, Any]) -> tuple[str, ...]:
    """`phone` and then `phones`, which are texts or objects; each once, as written."""
    more = guest.get("phones")
    objects = [
        one if isinstance(one, dict) else {"phone": one}
        for one in (more if isinstance(more, list) else [more])
    ]
    found = [
        reading.text(one, "phone", "number") for one in ({"phone": guest.get("phone")}, *objects)
    ]
    return tuple(dict.fromkeys(number for number in found if number))
