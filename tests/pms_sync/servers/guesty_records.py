"""Guesty's records, made from a seed: v3 search, v3 by id, the legacy list, guests, listings."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from tests.pms_sync.servers.seed import Kind, Seed, SeedBooking, SeedGuest, SeedListing

STATUSES = {Kind.CONFIRMED: "confirmed", Kind.CANCELLED: "canceled", Kind.ENQUIRY: "inquiry"}
SOURCES = {"airbnb": "airbnb2", "bookingcom": "bookingCom", "direct": "manual"}


def object_id(kind: str, key: int) -> str:
    """24 hexadecimal digits, as its database makes them."""
    return f"{kind.encode().hex()[:8]:0<8}{key:016x}"


def listing_record(one: SeedListing) -> dict[str, Any]:
    where = f"{one.street}, {one.postcode} {one.city}"
    return {
        "_id": object_id("list", one.key),
        "title": f"{one.name} with a view",
        "nickname": one.name,
        "timezone": one.timezone,
        "defaultCheckInTime": f"{one.check_in:%H:%M}",
        "defaultCheckOutTime": f"{one.check_out:%H:%M}",
        "active": True,
        "isListed": True,
        "address": {
            "full": where,
            "street": one.street,
            "city": one.city,
            "zipcode": one.postcode,
            "country": {"FR": "France", "GB": "United Kingdom"}.get(one.country, one.country),
        },
        "accommodates": 4,
        "tags": [],
        "pms": {"active": True},
    }


def guest_record(one: SeedGuest) -> dict[str, Any]:
    """A platform that keeps the number leaves the key out altogether."""
    record: dict[str, Any] = {
        "_id": object_id("gues", one.key),
        "firstName": one.first,
        "lastName": one.last,
        "fullName": f"{one.first} {one.last}",
        "email": f"guest{one.key}@guest.example.com",
        "preferredLanguage": one.language,
        "nationality": one.country,
        "address": {},
    }
    if not one.hidden:
        record["phone"] = one.numbers[0] if one.numbers else None
        record["phones"] = list(one.numbers)
    return record


def search_record(seed: Seed, booking: SeedBooking) -> dict[str, Any]:
    """An item of /reservations-v3/search; nothing of the guest but an id."""
    first, last = booking.parts[0], booking.parts[-1]
    head, tail = seed.listing(first.listing), seed.listing(last.listing)
    return {
        "reservationId": object_id("resv", booking.key),
        "status": STATUSES[booking.kind],
        "source": SOURCES.get(booking.channel, booking.channel),
        "guestId": None if booking.guest is None else object_id("gues", booking.guest),
        "confirmationCode": f"GY-{booking.key:06}",
        "createdAt": "2026-10-01T12:00:00.000Z",
        **_span(head, first.arrival, tail, last.departure),
        "stay": [
            {
                "listingId": object_id("list", part.listing),
                "parentListingId": None,
                "unitId": None,
                "unitTypeId": object_id("list", part.listing),
                **_span(home, part.arrival, home, part.departure),
            }
            for part in booking.parts
            for home in (seed.listing(part.listing),)
        ],
    }


def by_id_record(seed: Seed, booking: SeedBooking) -> dict[str, Any]:
    """The same by its id: there the key is `_id`."""
    found = search_record(seed, booking)
    found["_id"] = found.pop("reservationId")
    return found


def legacy_record(seed: Seed, booking: SeedBooking) -> dict[str, Any]:
    """An item of the list that ends in March 2027: one listing, the guest inside."""
    first, last = booking.parts[0], booking.parts[-1]
    home = seed.listing(first.listing)
    record = {
        "_id": object_id("resv", booking.key),
        "listingId": object_id("list", first.listing),
        "status": STATUSES[booking.kind],
        "confirmationCode": f"GY-{booking.key:06}",
        **_span(home, first.arrival, seed.listing(last.listing), last.departure),
        "plannedArrival": f"{home.check_in:%H:%M}",
        "plannedDeparture": f"{home.check_out:%H:%M}",
        "guestId": None,
        "guestsCount": 2,
        "nightsCount": (last.departure - first.arrival).days,
        "source": SOURCES.get(booking.channel, booking.channel),
        "integration": {"platform": SOURCES.get(booking.channel, booking.channel)},
        "createdAt": "2026-10-01T12:00:00.000Z",
        "lastUpdatedAt": _utc(booking.updated_at),
        "money": {"currency": "EUR"},
    }
    if booking.guest is not None:
        guest = guest_record(seed.guest(booking.guest))
        record["guestId"] = guest["_id"]
        names = ("_id", "fullName", "firstName", "lastName", "phone", "email")
        record["guest"] = {name: guest[name] for name in names if name in guest}
    return record


def _span(first: SeedListing, begins: date, last: SeedListing, ends: date) -> dict[str, str]:
    return {
        "checkIn": _at(first, begins, first.check_in),
        "checkOut": _at(last, ends, last.check_out),
        "checkInDateLocalized": begins.isoformat(),
        "checkOutDateLocalized": ends.isoformat(),
    }


def _at(home: SeedListing, day: date, clock: time) -> str:
    return _utc(datetime.combine(day, clock, ZoneInfo(home.timezone)))


def _utc(at: datetime) -> str:
    return at.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def secret_of(number: int) -> str:
    key = hashlib.sha256(f"sample-{number}".encode()).digest()[:24]
    return f"whsec_{base64.b64encode(key).decode()}"


def conversation_of(reservation_id: str) -> str:
    return f"c0{reservation_id[2:]}"


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_of(inner)
