"""Smoobu's records in our words; their names are half kebab-case and half camelCase."""

from __future__ import annotations

from typing import Any

from callassist.pms_sync.vendors import reading
from callassist.pms_sync.vendors.reading import Unreadable
from callassist.ports.pms import Contact, Listing, Reservation, ReservationState, Visit

# with a calendar's word in the place of a name there is no guest to greet
NO_NAMES = frozenset({"blocked", "reserved", "not available", "closed - not available"})


def listing(record: dict[str, Any], details: dict[str, Any]) -> Listing:
    """An apartment of the list, with what its own address says."""
    location = details.get("location")
    place = location if isinstance(location, dict) else {}
    town = " ".join(
        part for part in (reading.text(place, "zip"), reading.text(place, "city")) if part
    )
    external_id = reading.an_id(record, "id")
    return Listing(
        external_id=external_id,
        name=reading.text(record, "name") or external_id,
        address=", ".join(part for part in (reading.text(place, "street"), town) if part),
        country=reading.country(place.get("country")),
        timezone=reading.zone(details.get("timeZone")),
    )


def booking(record: dict[str, Any]) -> Reservation:
    """A booking, with its guest."""
    apartment = record.get("apartment")
    channel = record.get("channel")
    return Reservation(
        external_id=reading.an_id(record, "id"),
        state=_state(record),
        visits=(
            Visit(
                listing_id=_apartment_id(apartment),
                arrival=reading.day(record, "arrival"),
                departure=reading.day(record, "departure"),
                check_in=reading.clock_time(record.get("check-in")),
                check_out=reading.clock_time(record.get("check-out")),
            ),
        ),
        contact=_contact(record),
        updated_at=reading.changed_at(record, "modifiedAt", "modified-at"),
        channel=reading.text(channel, "name") if isinstance(channel, dict) else "",
    )


def _apartment_id(apartment: object) -> str:
    if not isinstance(apartment, dict):
        raise Unreadable("apartment is missing")
    return reading.an_id(apartment, "id")


def _state(record: dict[str, Any]) -> ReservationState:
    """Smoobu has no states: a kind, and a mark for days that are only closed."""
    kind = reading.text(record, "type").lower()
    if kind.startswith("cancel"):
        return ReservationState.CANCELLED
    is_blocked = record.get("is-blocked-booking")
    if is_blocked is True:
        return ReservationState.BLOCK
    if is_blocked not in (False, None):
        raise Unreadable("is-blocked-booking is neither true nor false")
    if kind not in {"reservation", "modification of booking"}:
        raise Unreadable(f"type is {kind[:40]!r}, which is not known")
    return ReservationState.STAYS


def _contact(record: dict[str, Any]) -> Contact:
    parts = (reading.text(record, "firstname"), reading.text(record, "lastname"))
    name = " ".join(part for part in parts if part) or reading.text(record, "guest-name")
    number = reading.text(record, "phone")
    return Contact(
        name="" if name.lower() in NO_NAMES else name,
        numbers=(number,) if number else (),
        language=reading.text(record, "language") or None,
    )
