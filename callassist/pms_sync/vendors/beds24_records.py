"""Beds24's records in our words: a listing is a room, or a unit where a room has several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callassist.pms_sync.vendors.reading import (
    Unreadable,
    an_id,
    changed_at,
    clock_time,
    country,
    day,
    text,
)
from callassist.ports.pms import Contact, Listing, Reservation, ReservationState, Visit

MOST_UNITS = 500
_STATES = {
    "confirmed": ReservationState.STAYS,
    "new": ReservationState.STAYS,
    "request": ReservationState.NOT_YET,
    "inquiry": ReservationState.NOT_YET,
    "cancelled": ReservationState.CANCELLED,
    "black": ReservationState.BLOCK,
}
STATUSES = tuple(_STATES)

Units = dict[str, int]  # how many units each room has; one where it is not named


def listings_of(home: dict[str, Any]) -> list[Listing]:
    """Every room of a property, every unit of a room that has several."""
    rooms = home.get("roomTypes") or []
    if not isinstance(rooms, list) or not all(isinstance(room, dict) for room in rooms):
        raise Unreadable("roomTypes is not a list of rooms")
    return [
        _listing(home, room, unit, units)
        for room in rooms
        for units in (units_of(room),)
        for unit in range(1, units + 1)
    ]


def units_of(room: dict[str, Any]) -> int:
    """How many of the same room there are."""
    quantity = room.get("qty")
    return min(quantity, MOST_UNITS) if type(quantity) is int and quantity > 1 else 1


def _listing(home: dict[str, Any], room: dict[str, Any], unit: int, units: int) -> Listing:
    room_id, house, name = an_id(room, "id"), text(home, "name"), text(room, "name")
    names = [part for part in (house, name if name != house else "") if part]
    title = " · ".join(names) or room_id
    places = (text(home, "address"), text(home, "postcode"), text(home, "city"))
    return Listing(
        external_id=room_id if units == 1 else f"{room_id}-{unit}",
        name=title if units == 1 else f"{title} ({unit})",
        address=", ".join(place for place in places if place),
        country=country(home.get("country")),
        check_in=clock_time(home.get("checkInStart")),
        check_out=clock_time(home.get("checkOutEnd")),
        parent_id=None if units == 1 else room_id,
    )


def reservation_of(units: Units, record: dict[str, Any]) -> Reservation:
    """One booking; its contact is left to be asked for where only the group's first has it."""
    status = text(record, "status").lower()
    if status not in _STATES:
        raise Unreadable("status is none that Beds24 describes")
    state = _STATES[status]
    if text(record, "subStatus").lower() == "noshow":
        state = ReservationState.CANCELLED
    booking, master = an_id(record, "id"), text(record, "masterId")
    contact = contact_of(record)
    asks_master = not contact.numbers and master not in ("", "0", booking)
    return Reservation(
        external_id=booking,
        state=state,
        visits=(_visit(units, record),),
        contact=None if asks_master else contact,
        contact_id=master if asks_master else None,
        updated_at=changed_at(record, "modifiedTime"),
        channel=text(record, "channel", "apiSource"),
    )


def _visit(units: Units, record: dict[str, Any]) -> Visit:
    room, unit = an_id(record, "roomId"), text(record, "unitId")
    has_units = units.get(room, 1) > 1
    return Visit(
        # a booking that no unit was given yet waits below an id that no listing has
        listing_id=f"{room}-{unit or '0'}" if has_units else room,
        arrival=day(record, "arrival"),
        departure=day(record, "departure"),
    )


def contact_of(record: dict[str, Any]) -> Contact:
    """Who booked, then the guests named; the mobile first."""
    name = " ".join(part for part in (text(record, "firstName"), text(record, "lastName")) if part)
    return Contact(
        name=name,
        numbers=tuple(dict.fromkeys(_numbers(record))),
        language=text(record, "lang") or None,
        country=country(record.get("country2")) or country(record.get("country")),
    )


def _numbers(record: dict[str, Any]) -> Iterator[str]:
    guests = record.get("guests")
    for person in [record, *(guests if isinstance(guests, list) else [])]:
        if isinstance(person, dict):
            for field in ("mobile", "phone"):
                if number := text(person, field):
                    yield number
