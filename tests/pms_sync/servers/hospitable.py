"""Hospitable's public API v2 as notes on its documentation describe it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.pms_sync.servers.base import Query, Reply, SentHook, VendorServer
from tests.pms_sync.servers.seed import Kind, SeedBooking, SeedGuest, SeedListing, SeedPart

TOKEN = "sample.hospitable.pat"
EMAIL = "host@example.com"
HOOK_SECRET = base64.b64encode(EMAIL.encode()).decode()  # guessable, and documented like this
LARGEST_PAGE, USUAL_PAGE = 100, 10
CATEGORIES = {
    Kind.CONFIRMED: "accepted",
    Kind.BLOCK: "accepted",  # of a stay of the owner
    Kind.CANCELLED: "cancelled",
    Kind.ENQUIRY: "request",
}
PLATFORMS = {"airbnb": "airbnb", "bookingcom": "booking"}


class HospitableServer(VendorServer):
    """A bearer token; what it does not know it ignores; links are http and lead nowhere."""

    vendor = "hospitable"
    reservations_line = r"GET /v2/reservations$"
    signs_hooks = True
    most_numbers = 5
    says_times = True
    says_language = True

    def fill(self) -> None:
        self.properties = [self._property(one) for one in self.seed.listings]
        self.reservations = [
            self._reservation(booking, place, part)
            for booking in self.seed.bookings
            for place, part in enumerate(booking.parts)
        ]

    def listing_id(self, listing: SeedListing) -> str:
        return _uuid(1, listing.key)

    def reservation_ids(self, booking: SeedBooking) -> tuple[str, ...]:
        return tuple(_reservation_id(booking, place) for place in range(len(booking.parts)))

    @property
    def hook_secrets(self) -> tuple[str, ...]:
        return (HOOK_SECRET,)

    def refusal(self, status: int) -> Reply:
        if status == 403:
            said = {"reason_phrase": "Invalid scope(s) provided.", "status_code": 403}
            return 403, {}, said
        words = {401: "Unauthenticated.", 429: "Too many requests."}
        return status, {}, {"message": words.get(status, "Server Error")}

    def handle(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        if self.is_revoked or headers.get("authorization") != f"Bearer {TOKEN}":
            return self.refusal(401)
        prefix, _, tail = path.rpartition("/")
        if method == "POST" and tail == "messages":
            return self._message(prefix.rpartition("/")[2], headers, body)
        if method != "GET":
            return 405, {}, {"message": f"The {method} method is not supported for this route."}
        if path == "/v2/user":
            user = {"id": _uuid(0, 1), "email": EMAIL, "name": "Sample Host"}
            return 200, {}, {"data": user}
        if path == "/v2/properties":
            shown = [_with(one, query, {"listings"}) for one in self.properties]
            return self._list(shown, path, query)
        if path == "/v2/reservations":
            return self._list_reservations(query)
        if prefix == "/v2/reservations":
            return self._one(tail, query)
        return 404, {}, {"reason_phrase": "Not Found", "status_code": 404}

    def hook(self, booking: SeedBooking, *, at: datetime | None = None) -> SentHook:
        wanted = _reservation_id(booking, 0)
        item = next(one for one in self.reservations if one["id"] == wanted)
        told = {
            "id": "01K0000000SAMPLE0000000001",
            "action": "reservation.changed",
            "data": item,
            "created": (at or self.now()).isoformat(),
            "version": "v2",
        }
        raw = json.dumps(told).encode()
        made = hmac.new(HOOK_SECRET.encode(), raw, hashlib.sha256).hexdigest()
        return SentHook(body=raw, headers={"content-type": "application/json", "signature": made})

    def _list_reservations(self, query: Query) -> Reply:
        wanted = set(query.get("properties[]", []))
        if not wanted:
            said = {"reason_phrase": "The properties field is required.", "status_code": 400}
            return 400, {}, said
        try:
            first, last = self._days(query)
        except ValueError:
            return 400, {}, {"reason_phrase": "The start date is no date.", "status_code": 400}
        # anything but "checkout" is taken for a check-in
        is_out = query.get("date_query", [""])[-1] == "checkout"
        side = "departure_date" if is_out else "arrival_date"
        statuses = set(query.get("status[]", []))
        found = [
            _with(one, query, {"guest", "properties"})
            for one in self.reservations
            if one["properties"][0]["id"] in wanted
            and first.isoformat() <= one[side][:10] <= last.isoformat()
            and (not statuses or one["status"] in statuses)
        ]
        return self._list(found, "/v2/reservations", query)

    def _days(self, query: Query) -> tuple[date, date]:
        """Without days: the check-ins of the next two weeks."""
        first, last = (query.get(name, [""])[-1] for name in ("start_date", "end_date"))
        begins = date.fromisoformat(first) if first else self.seed.today
        if last:
            return begins, date.fromisoformat(last)
        return begins, date.max if first else begins + timedelta(days=14)

    def _one(self, reservation_id: str, query: Query) -> Reply:
        for one in self.reservations:
            if one["id"] == reservation_id:
                return 200, {}, {"data": _with(one, query, {"guest", "properties"})}
        return 404, {}, {"reason_phrase": "Not Found", "status_code": 404}

    def _message(self, reservation_id: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if reservation_id not in {one["id"] for one in self.reservations}:
            return 404, {}, {"reason_phrase": "Not Found", "status_code": 404}
        if "json" not in headers.get("content-type", ""):
            return 422, {}, {"message": "The body field is required."}
        given = json.loads(body)
        if not isinstance(given, dict) or not isinstance(given.get("body"), str):
            return 422, {}, {"message": "The body field is required."}
        self.messages.append((reservation_id, given["body"]))
        return 202, {}, {"data": {"sent_reference_id": _uuid(9, len(self.messages))}}

    def _list(self, items: list[dict[str, Any]], path: str, query: Query) -> Reply:
        page = _whole(query.get("page", ["1"])[-1], 1)
        size = min(_whole(query.get("per_page", [""])[-1], USUAL_PAGE), LARGEST_PAGE)
        part = items[(page - 1) * size : page * size]
        pages = max(1, -(-len(items) // size))
        away = f"http://public.api.hospitable.com{path}"
        links = [
            {"url": f"{away}?page={one}", "label": str(one), "active": one == page}
            for one in range(1, min(pages, 10) + 1)
        ]
        meta = {
            "current_page": page,
            "from": (page - 1) * size + 1 if part else None,
            "last_page": pages,
            "path": away,
            "per_page": size,
            "to": (page - 1) * size + len(part) if part else None,
            "total": len(items),
        }
        return 200, {}, {"data": part, "links": links, "meta": meta}

    def _property(self, listing: SeedListing) -> dict[str, Any]:
        offset = datetime.combine(self.seed.today, time(), ZoneInfo(listing.timezone))
        return {
            "id": _uuid(1, listing.key),
            "name": listing.name,
            "public_name": f"{listing.name} by the water",
            "timezone": offset.strftime("%z"),  # blind to summer time, and no zone
            "checkin": listing.check_in.strftime("%H:%M"),
            "checkout": listing.check_out.strftime("%H:%M"),
            "listed": True,
            "currency": "EUR",
            "property_type": "apartment",
            "address": {
                "street": listing.street,
                "city": listing.city,
                "postcode": listing.postcode,
                "country": listing.country,
                "display": f"{listing.street}, {listing.city}",
            },
            "listings": [{"platform": "airbnb", "platform_id": f"9{listing.key:05}"}],
        }

    def _reservation(self, booking: SeedBooking, place: int, part: SeedPart) -> dict[str, Any]:
        listing = self.seed.listing(part.listing)
        zone = ZoneInfo(listing.timezone)
        category = CATEGORIES[booking.kind]
        guest = self.seed.guest(booking.guest) if booking.guest else None
        arrival, departure = part.arrival, part.departure
        return {
            "id": _reservation_id(booking, place),
            "code": f"RES-{booking.key}-{place}",
            "platform": PLATFORMS.get(booking.channel, "direct"),
            "platform_id": f"RES-{booking.key}-{place}",
            "booking_date": "2026-10-01T12:00:00Z",
            "arrival_date": datetime.combine(arrival, time(), zone).isoformat(),
            "departure_date": datetime.combine(departure, time(), zone).isoformat(),
            "check_in": datetime.combine(arrival, listing.check_in, zone).isoformat(),
            "check_out": datetime.combine(departure, listing.check_out, zone).isoformat(),
            "nights": (departure - arrival).days,
            "stay_type": "owner_stay" if booking.kind is Kind.BLOCK else "guest",
            "conversation_id": _uuid(3, booking.key),
            "last_message_at": "2026-11-18T12:00:00Z",
            "guests": {"total": 2, "adult_count": 2, "child_count": 0},
            "reservation_status": {
                "current": {"category": category, "sub_category": None},
                "history": [],
            },
            "status": category,
            "properties": [{"id": _uuid(1, part.listing)}],
            "guest": _guest(guest) if guest else None,
        }


def _guest(guest: SeedGuest) -> dict[str, Any]:
    """Keys may be missing altogether, as that of the numbers of who has none."""
    known: dict[str, Any] = {
        "id": _uuid(4, guest.key),
        "first_name": guest.first,
        "last_name": guest.last,
        "language": guest.language,
    }
    if guest.numbers or guest.hidden:
        known["phone_numbers"] = [] if guest.hidden else list(guest.numbers)
    return known


def _with(item: dict[str, Any], query: Query, optional: set[str]) -> dict[str, Any]:
    """Without what was not asked for by `include`; names it does not know are ignored."""
    asked = {name for part in query.get("include", []) for name in part.split(",")}
    return {name: value for name, value in item.items() if name not in optional - asked}


def _reservation_id(booking: SeedBooking, place: int) -> str:
    return _uuid(2, booking.key * 10 + place)


def _uuid(kind: int, number: int) -> str:
    return f"{kind}{kind}{kind}{kind}0000-0000-4000-8000-{number:012}"


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isdigit() and int(text) > 0 else otherwise
