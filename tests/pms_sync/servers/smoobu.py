"""Smoobu's API as notes on its documentation describe it: signed requests, mixed names, blocks
that look like bookings, cancellations only when asked for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from tests.pms_sync.servers.base import Query, Reply, SentHook, VendorServer
from tests.pms_sync.servers.seed import Kind, SeedBooking, SeedListing, SeedPart

API_KEY, API_SECRET = "sampleSmoobuKey0123456789", "sampleSmoobuSecret0123456789abcdef"
USER = 77001
MOST_ON_A_PAGE, ON_A_PAGE = 100, 25
TOLERANCE = timedelta(minutes=5)
_CHANNELS = {"airbnb": (63, "Airbnb"), "bookingcom": (14, "Booking.com")}
_KNOWN = {
    "from",
    "to",
    "arrivalFrom",
    "arrivalTo",
    "departureFrom",
    "departureTo",
    "created_from",
    "created_to",
    "modifiedFrom",
    "modifiedTo",
    "apartmentId",
    "showCancellation",
    "excludeBlocked",
    "includeRelated",
    "includePriceElements",
    "page",
    "pageSize",
}


class SmoobuServer(VendorServer):
    """Since November 2026 requests are signed; `takes_plain_keys` is how it was before."""

    vendor = "smoobu"
    reservations_line = r"GET /api/reservations$"
    page_size = MOST_ON_A_PAGE
    says_timezone = True  # in the details of an apartment only
    says_times = True
    says_language = True
    says_enquiries = False

    takes_plain_keys = False

    def fill(self) -> None:
        self.apartments = {_apartment_id(one.key): _apartment(one) for one in self.seed.listings}
        self.bookings = {
            one["id"]: one
            for booking in self.seed.bookings
            if booking.kind is not Kind.ENQUIRY
            for place, part in enumerate(booking.parts)
            for one in (self._booking(booking, part, place),)
        }
        if not hasattr(self, "nonces"):
            self.nonces: set[str] = set()

    def listing_id(self, listing: SeedListing) -> str:
        return str(_apartment_id(listing.key))

    def reservation_ids(self, booking: SeedBooking) -> tuple[str, ...]:
        return tuple(str(_booking_id(booking, place)) for place in range(len(booking.parts)))

    def refusal(self, status: int) -> Reply:
        return status, {}, {"status": status, "title": "refused", "detail": "refused"}

    def handle(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        if self.is_revoked or not self._is_let_in(method, path, query, headers, body):
            return self.refusal(401)
        status, more, said = self._answer(method, path.removeprefix("/api/"), query, body)
        limits = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "990"}
        return status, {**limits, **more}, said

    def _is_let_in(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> bool:
        if "x-api-key" not in headers:
            return self.takes_plain_keys and headers.get("api-key") == API_KEY
        stamp, nonce = headers.get("x-timestamp", ""), headers.get("x-nonce", "")
        try:
            at = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            return False
        if abs(self.now() - at) > TOLERANCE or not nonce or nonce in self.nonces:
            return False
        self.nonces.add(nonce)
        pairs = sorted((name, value) for name, values in query.items() for value in values)
        asked = "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in pairs)
        rest = (asked, stamp, nonce, hashlib.sha256(body).hexdigest(), API_KEY)
        # the real host has no prefix; ours has that of the mount
        prefix = urlsplit(self.base_url).path
        return headers["x-api-key"] == API_KEY and any(
            hmac.compare_digest(
                headers.get("x-signature", "").encode(), _signature((method, one, *rest))
            )
            for one in (path, f"{prefix}{path}")
        )

    def _answer(self, method: str, name: str, query: Query, body: bytes) -> Reply:
        if name.startswith("reservations/"):
            return self._one(method, name.removeprefix("reservations/").split("/"), body)
        if method != "GET":
            return self.refusal(405)
        if name == "me":
            said = {"id": USER, "firstName": "Sam", "lastName": "Sample"}
            return 200, {}, {**said, "email": "sam@host.example.com"}
        if name == "apartments":
            listed = [{"id": n, "name": one["name"]} for n, one in self.apartments.items()]
            return 200, {}, {"apartments": listed}
        if name == "reservations":
            return self._list(query)
        number = name.removeprefix("apartments/")
        found = self.apartments.get(int(number)) if number.isdigit() else None
        return self.refusal(404) if found is None else (200, {}, found)

    def _list(self, query: Query) -> Reply:
        if not set(query) <= _KNOWN:
            return 400, {}, {"title": "Bad Request", "detail": "unknown parameter"}
        page = int(query.get("page", ["1"])[0])
        size = min(int(query.get("pageSize", [str(ON_A_PAGE)])[0]), MOST_ON_A_PAGE)
        if page < 1 or size < 1:
            return self.refusal(422)
        found = [one for one in self.bookings.values() if _matches(one, query)]
        return (
            200,
            {},
            {
                "page_count": -(-len(found) // size),
                "page_size": size,
                "total_items": len(found),
                "page": page,
                "bookings": found[(page - 1) * size : page * size],
            },
        )

    def _one(self, method: str, steps: list[str], body: bytes) -> Reply:
        found = self.bookings.get(int(steps[0])) if steps[0].isdigit() else None
        if found is None:
            return self.refusal(404)
        if steps[1:] == ["messages", "send-message-to-guest"] and method == "POST":
            said = json.loads(body)
            if not isinstance(said.get("messageBody"), str):
                return self.refusal(422)
            self.messages.append((steps[0], said["messageBody"]))
            return 200, {}, {"success": True}
        if steps[1:] == ["messages", "send-message-to-host"] and method == "POST":
            said = json.loads(body)
            if said.get("internal") is not True:
                return self.refusal(422)
            self.notes.append((steps[0], said["messageBody"]))
            return 200, {}, {"success": True}
        if len(steps) == 1 and method == "PUT":
            said = json.loads(body)
            for name, field in (("notice", "notice"), ("assistantNotice", "assistant-notice")):
                if name in said:
                    found[field] = said[name]
                    self.notes.append((steps[0], said[name]))
            return 200, {}, {"id": found["id"]}
        if len(steps) == 1 and method == "GET":
            return 200, {}, found
        return self.refusal(405)

    def _booking(self, booking: SeedBooking, part: SeedPart, place: int) -> dict[str, Any]:
        home = self.seed.listing(part.listing)
        number, name = _CHANNELS.get(booking.channel, (13, "Direct booking"))
        changed = booking.updated_at.astimezone(UTC)
        return {
            "id": _booking_id(booking, place),
            "reference-id": None if booking.channel == "direct" else f"REF{booking.key:05}",
            "type": "cancellation" if booking.kind is Kind.CANCELLED else "reservation",
            "arrival": part.arrival.isoformat(),
            "departure": part.departure.isoformat(),
            "created-at": "2026-10-01 12:00",
            "modifiedAt": f"{changed:%Y-%m-%d %H:%M:%S}",
            "apartment": {"id": _apartment_id(home.key), "name": home.name},
            "channel": {"id": number, "channel_id": number, "name": name},
            **self._guest(booking),
            "adults": 2,
            "children": 0,
            "check-in": f"{home.check_in:%H:%M}",
            "check-out": f"{home.check_out:%H:%M}",
            "notice": "The key is in the box.",
            "assistant-notice": "",
            "price": 300,
            "price-paid": "No",
            "guest-app-url": "https://guest.example.com/app",
            "is-blocked-booking": booking.kind is Kind.BLOCK,
            "related": [],
        }

    def _guest(self, booking: SeedBooking) -> dict[str, Any]:
        names = ("guest-name", "firstname", "lastname", "email", "phone", "language", "guestId")
        if booking.guest is None:
            return dict.fromkeys(names)
        one = self.seed.guest(booking.guest)
        return {
            "guest-name": f"{one.first} {one.last}",
            "firstname": one.first,
            "lastname": one.last,
            "email": f"guest{one.key}@guest.example.com",
            "phone": one.numbers[0] if one.numbers and not one.hidden else None,
            "language": one.language,
            "guestId": 9000 + one.key,
        }

    def hook(self, booking: SeedBooking, *, at: datetime | None = None) -> SentHook:
        data = self.bookings[_booking_id(booking, 0)]
        said = {"action": "updateReservation", "user": USER, "data": data}
        return SentHook(
            body=json.dumps(said).encode(), headers={"content-type": "application/json"}
        )


def _apartment_id(key: int) -> int:
    return 880000 + key


def _booking_id(booking: SeedBooking, place: int) -> int:
    return 5500000 + booking.key * 10 + place


def _apartment(one: SeedListing) -> dict[str, Any]:
    return {
        "id": _apartment_id(one.key),
        "name": one.name,
        "location": {
            "street": one.street,
            "zip": one.postcode,
            "city": one.city,
            "country": {"FR": "France"}.get(one.country, one.country),
        },
        "timeZone": one.timezone,
        "rooms": {"maxOccupancy": 4, "bedrooms": 2},
    }


def _matches(one: dict[str, Any], query: Query) -> bool:
    def said(name: str) -> str:
        return query.get(name, [""])[0]

    def is_on(name: str) -> bool:
        return said(name).lower() in ("1", "true")

    if one["type"] == "cancellation" and not is_on("showCancellation"):
        return False
    if one["is-blocked-booking"] and is_on("excludeBlocked"):
        return False
    if said("apartmentId") and str(one["apartment"]["id"]) not in query["apartmentId"]:
        return False
    modified = one["modifiedAt"].replace(" ", "T")
    bounds = (
        (one["departure"], said("from"), ""),
        (one["arrival"], "", said("to")),
        (one["arrival"], said("arrivalFrom"), said("arrivalTo")),
        (one["departure"], said("departureFrom"), said("departureTo")),
        (modified, said("modifiedFrom").replace(" ", "T"), said("modifiedTo").replace(" ", "T")),
    )
    return all(
        (not first or there[: len(first)] >= first) and (not last or there[: len(last)] <= last)
        for there, first, last in bounds
    )


def _encoded(value: str) -> str:
    return quote(value, safe="-_.~")


def _signature(parts: tuple[str, ...]) -> bytes:
    signed = "\n".join(parts).encode()
    return base64.b64encode(hmac.digest(API_SECRET.encode(), signed, hashlib.sha256))
