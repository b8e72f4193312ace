"""Hostaway's records, made from a seed: booleans are 0 and 1, hours are numbers, times UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.pms_sync.servers.seed import Kind, Seed, SeedBooking, SeedListing, SeedPart

ACCOUNT = 40404
_CHANNELS = {
    "airbnb": (2018, "airbnbOfficial"),
    "bookingcom": (2005, "bookingcom"),
    "direct": (2000, "direct"),
}
_STATUSES = {
    Kind.CANCELLED: "cancelled",
    Kind.BLOCK: "ownerStay",
    Kind.ENQUIRY: "inquiry",
}


def listing_number(key: int) -> int:
    return 150000 + key


def reservation_number(booking: SeedBooking, place: int) -> int:
    return 7000000 + booking.key * 10 + place


def listing_record(one: SeedListing) -> dict[str, Any]:
    return {
        "id": listing_number(one.key),
        "name": one.name,
        "internalListingName": one.name,
        "externalListingName": f"{one.name}, quiet and bright",
        "timeZoneName": one.timezone,
        "checkInTimeStart": one.check_in.hour,
        "checkInTimeEnd": 22,
        "checkOutTime": one.check_out.hour,
        "countryCode": one.country,
        "country": {"FR": "France"}.get(one.country, one.country),
        "street": one.street,
        "city": one.city,
        "zipcode": one.postcode,
        "address": f"{one.street}, {one.postcode} {one.city}",
        "specialStatus": None,
        "contactPhone1": None,
    }


def reservation_record(
    seed: Seed, booking: SeedBooking, part: SeedPart, place: int
) -> dict[str, Any]:
    """One part in one listing; a guest who moves has two reservations."""
    channel, channel_name = _CHANNELS.get(booking.channel, (2020, "partner"))
    # both mean that somebody stays
    staying = "new" if booking.key % 2 else "modified"
    number, changed = reservation_number(booking, place), _utc(booking.updated_at)
    return {
        "id": number,
        "listingMapId": listing_number(part.listing),
        "channelId": channel,
        "channelName": channel_name,
        "arrivalDate": part.arrival.isoformat(),
        "departureDate": part.departure.isoformat(),
        "checkInTime": None,
        "checkOutTime": None,
        "status": _STATUSES.get(booking.kind, staying),
        **_guest(seed, booking),
        "numberOfGuests": 2,
        "adults": 2,
        "children": None,
        "infants": None,
        "pets": None,
        "confirmationCode": f"HW{number}",
        "cancellationDate": changed if booking.kind is Kind.CANCELLED else None,
        "isDatesUnspecified": 0,
        "latestActivityOn": changed,
        "updatedOn": changed,
        "hostNote": "The key is in the box.",
    }


def _guest(seed: Seed, booking: SeedBooking) -> dict[str, Any]:
    names = ("guestName", "guestFirstName", "guestLastName", "phone", "guestEmail")
    empty: dict[str, Any] = dict.fromkeys((*names, "guestLocale", "guestCountry"))
    if booking.guest is None:
        return empty
    one = seed.guest(booking.guest)
    return {
        **empty,
        "guestName": f"{one.first} {one.last}",
        "guestFirstName": one.first,
        "guestLastName": one.last,
        "phone": one.numbers[0] if one.numbers and not one.hidden else None,
        "guestEmail": f"guest{one.key}@guest.example.com",
        "guestLocale": one.language,
        "guestCountry": one.country,
    }


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
