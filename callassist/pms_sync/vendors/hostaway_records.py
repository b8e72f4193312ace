"""Hostaway's records in our words: listings, and reservations with their guests."""

from __future__ import annotations

from typing import Any

from callassist.pms_sync.vendors import reading
from callassist.pms_sync.vendors.hostaway_facts import CALENDARS, NO_NAMES, STATES
from callassist.pms_sync.vendors.reading import Unreadable
from callassist.ports.pms import Contact, Listing, Reservation, ReservationState, Visit


def listing(record: dict[str, Any]) -> Listing:
    """A listing; its times are whole hours."""
    external_id = reading.an_id(record, "id")
    parts = [reading.text(record, name) for name in ("address", "city")]
    return Listing(
        external_id=external_id,
        name=reading.text(record, "internalListingName", "name", "externalListingName")
        or external_id,
        address=", ".join(part for part in dict.fromkeys(parts) if part),
        country=reading.country(record.get("countryCode")),
        timezone=reading.zone(record.get("timeZoneName")),
        check_in=reading.clock_time(record.get("checkInTimeStart")),
        check_out=reading.clock_time(record.get("checkOutTime")),
        is_active=record.get("specialStatus") != "archived",
    )


def reservation(record: dict[str, Any]) -> Reservation:
    """A reservation; one of a guest who stays on days that nobody chose yet is refused."""
    state = _state(record)
    if state is ReservationState.STAYS and record.get("isDatesUnspecified") in (1, True, "1"):
        # then the dates say "yesterday", whatever is meant
        raise Unreadable("isDatesUnspecified: its dates are not chosen yet in Hostaway")
    return Reservation(
        external_id=reading.an_id(record, "id"),
        state=state,
        visits=(
            Visit(
                listing_id=reading.an_id(record, "listingMapId"),
                arrival=reading.day(record, "arrivalDate"),
                departure=reading.day(record, "departureDate"),
                check_in=reading.clock_time(record.get("checkInTime")),
                check_out=reading.clock_time(record.get("checkOutTime")),
            ),
        ),
        contact=_contact(record),
        updated_at=reading.changed_at(record, "updatedOn", "latestActivityOn"),
        channel=reading.text(record, "channelName"),
        conversation_id=reading.text(record, "conversationId") or None,
    )


def is_calendar(channel: str) -> bool:
    """Whether bookings of this channel come from a calendar, without numbers."""
    return channel.lower().endswith("ical")


def _state(record: dict[str, Any]) -> ReservationState:
    status = reading.text(record, "status")
    try:
        return STATES[status.lower()]
    except KeyError:
        raise Unreadable(f"status is {status[:40]!r}, which is not known") from None


def _contact(record: dict[str, Any]) -> Contact:
    parts = (reading.text(record, "guestFirstName"), reading.text(record, "guestLastName"))
    name = " ".join(part for part in parts if part) or reading.text(record, "guestName")
    if record.get("channelId") in CALENDARS and name.lower() in NO_NAMES:
        name = ""
    number = reading.text(record, "phone")
    return Contact(
        name=name,
        numbers=(number,) if number else (),
        language=reading.text(record, "guestLocale") or None,
        country=reading.country(record.get("guestCountry")),
    )
