"""What Cloudbeds says of a reservation, in a list and by itself."""

from __future__ import annotations

from typing import Any

from tests.pms_sync.servers.seed import SeedBooking, SeedGuest


def guest_list(guest: SeedGuest, booking: SeedBooking, rooms: list[dict[str, Any]]) -> Any:
    """An object with the guest's id as its key."""
    numbers = () if guest.hidden else guest.numbers
    number = str(440000 + guest.key)
    return {
        number: {
            "guestID": number,
            "guestName": f"{guest.first} {guest.last}",
            "guestFirstName": guest.first,
            "guestLastName": guest.last,
            "guestEmail": f"{number}@guest.example",
            "guestCellPhone": numbers[0] if numbers else "",
            "guestPhone": numbers[1] if len(numbers) > 1 else "",
            "guestCountry": guest.country,
            "isMainGuest": True,
            "assignedRoom": True,
            "roomID": rooms[0]["roomID"],
            "roomName": rooms[0]["roomName"],
            "startDate": booking.parts[0].arrival.isoformat(),
            "endDate": booking.parts[-1].departure.isoformat(),
            "rooms": [{k: one[k] for k in ("roomID", "roomName", "roomStatus")} for one in rooms],
            "unassignedRooms": [],
        }
    }


def in_full(listed: dict[str, Any]) -> dict[str, Any]:
    """As getReservation words it: assigned rooms instead of rooms, a guest list without dates."""
    guests = listed["guestList"]
    if isinstance(guests, dict):
        dates = {"startDate", "endDate"}
        guests = {
            number: {name: value for name, value in guest.items() if name not in dates}
            for number, guest in guests.items()
        }
    assigned = [
        {
            "roomTypeID": room["roomTypeID"],
            "subReservationID": room["subReservationID"],
            "roomID": room["roomID"],
            "roomName": room["roomName"],
            "startDate": room["roomCheckIn"],
            "endDate": room["roomCheckOut"],
            "adults": room["adults"],
        }
        for room in listed["rooms"]
    ]
    kept = {name: value for name, value in listed.items() if name not in ("rooms", "sourceName")}
    more = {"source": listed["sourceName"], "assigned": assigned, "unassigned": []}
    return {**kept, **more, "guestList": guests}


def matches(one: dict[str, Any], said: dict[str, str], statuses: set[str]) -> bool:
    """Whether a reservation is one of those asked for."""
    if statuses and one["status"] not in statuses:
        return False
    if "roomID" in said and said["roomID"] not in {room["roomID"] for room in one["rooms"]}:
        return False
    if not _within(one["dateModified"], said, "modified") or not _within(
        one["dateCreated"], said, "results"
    ):
        return False
    spans = [(one["startDate"], one["endDate"])]
    if said.get("datesQueryMode") == "rooms":
        spans = [(room["roomCheckIn"], room["roomCheckOut"]) for room in one["rooms"]]
    return any(
        _within(first, said, "checkIn") and _within(last, said, "checkOut") for first, last in spans
    )


def _within(value: str, said: dict[str, str], name: str) -> bool:
    """Dates and times are compared as texts; a plain date at the end means all of that day."""
    last = said.get(f"{name}To", "9999-12-31")
    return said.get(f"{name}From", "") <= value and value[: len(last)] <= last
