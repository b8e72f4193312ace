"""Cloudbeds's records in our words; ids and numbers are often texts, guests keyed by their id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from callassist.pms_sync.vendors.reading import (
    Unreadable,
    an_id,
    clock_time,
    country,
    day,
    text,
    zone,
)
from callassist.ports.pms import Contact, Listing, Reservation, ReservationState, Visit

UNASSIGNED = "unassigned"  # no listing has this id: the reservation waits until a room is named

_STATES = {
    "not_confirmed": ReservationState.NOT_YET,
    "confirmed": ReservationState.STAYS,
    "checked_in": ReservationState.STAYS,
    "checked_out": ReservationState.STAYS,
    "canceled": ReservationState.CANCELLED,
    "cancelled": ReservationState.CANCELLED,
    "no_show": ReservationState.CANCELLED,
}
_CANCELLED_ROOM = ("cancelled", "canceled")


def room_of(details: dict[str, Any], room: dict[str, Any]) -> Listing:
    """A room is what is let; the property says where it is and when it is entered and left."""
    policy = _object(details.get("propertyPolicy"))
    where = _object(details.get("propertyAddress"))
    house, name = text(details, "propertyName"), text(room, "roomName")
    return Listing(
        external_id=an_id(room, "roomID"),
        name=" · ".join(part for part in (house, name) if part) or an_id(room, "roomID"),
        address=", ".join(
            part
            for part in (
                text(where, "propertyAddress1"),
                text(where, "propertyZip"),
                text(where, "propertyCity"),
            )
            if part
        ),
        country=country(where.get("propertyCountry")),
        timezone=zone(details.get("propertyTimezone")),
        check_in=clock_time(policy.get("propertyCheckInTime")),
        check_out=clock_time(policy.get("propertyCheckOutTime")),
    )


def reservation_of(timezone: str | None, record: dict[str, Any]) -> Reservation:
    """One reservation of getReservations or getReservation."""
    status = text(record, "status").lower()
    if status not in _STATES:
        raise Unreadable("status is none that Cloudbeds describes")
    guests = _guests(record.get("guestList"))
    return Reservation(
        external_id=an_id(record, "reservationID"),
        state=_STATES[status],
        visits=_visits(record),
        contact=_contact(record, guests),
        contact_id=text(record, "guestID") or None,
        updated_at=_local(record, timezone),
        channel=text(record, "sourceName", "source", "origin"),
    )


def _visits(record: dict[str, Any]) -> tuple[Visit, ...]:
    """One per room; getReservations calls them `rooms`, getReservation `assigned`."""
    first, last = day(record, "startDate"), day(record, "endDate")
    rooms = record.get("rooms")
    if rooms is None:
        rooms = record.get("assigned")
    found = {
        visit
        for room in _rooms(rooms)
        if text(room, "roomStatus").lower() not in _CANCELLED_ROOM
        for visit in (_visit(room, first, last),)
    }
    ordered = sorted(found, key=lambda visit: (visit.arrival, visit.listing_id))
    return tuple(ordered) or (Visit(listing_id=UNASSIGNED, arrival=first, departure=last),)


def _visit(room: dict[str, Any], first: date, last: date) -> Visit:
    begins = text(room, "roomCheckIn", "startDate")
    ends = text(room, "roomCheckOut", "endDate")
    return Visit(
        listing_id=text(room, "roomID") or UNASSIGNED,
        arrival=day(room, "roomCheckIn", "startDate") if begins else first,
        departure=day(room, "roomCheckOut", "endDate") if ends else last,
    )


def _rooms(value: object) -> list[dict[str, Any]]:
    """Rooms of a reservation; nothing where there are none yet."""
    if not value:
        return []
    if not isinstance(value, list) or not all(isinstance(room, dict) for room in value):
        raise Unreadable("rooms is not a list of rooms")
    return value


def _guests(value: object) -> list[dict[str, Any]]:
    """guestList: an object keyed by guest id, and [] when empty."""
    if not value:
        return []
    each = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(each, list) or not all(isinstance(guest, dict) for guest in each):
        raise Unreadable("guestList is no object of guests")
    return each


def _contact(record: dict[str, Any], guests: list[dict[str, Any]]) -> Contact:
    """Who booked first, then who else is in the home."""
    main_id = text(record, "guestID")
    guests = sorted(guests, key=lambda guest: text(guest, "guestID") != main_id)
    main = guests[0] if guests else {}
    name = " ".join(
        part for part in (text(main, "guestFirstName"), text(main, "guestLastName")) if part
    )
    return Contact(
        name=name or text(main, "guestName") or text(record, "guestName"),
        numbers=tuple(dict.fromkeys(_numbers(guests))),
        country=country(main.get("guestCountry")),
    )


def _numbers(guests: list[dict[str, Any]]) -> Iterator[str]:
    for guest in guests:
        for field in ("guestCellPhone", "guestPhone"):
            if number := text(guest, field):
                yield number


def _local(record: dict[str, Any], timezone: str | None) -> datetime | None:
    """dateModified has no zone: the property's is the likeliest."""
    try:
        read = datetime.fromisoformat(text(record, "dateModified"))
    except (ValueError, Unreadable):
        return None
    if read.tzinfo is None:
        read = read.replace(tzinfo=ZoneInfo(timezone) if timezone else UTC)
    try:
        return read.astimezone(UTC)
    except OverflowError:
        return None


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
