"""Beds24 API v2, from notes on its official OpenAPI.

Fields relied on from the official OpenAPI: authentication/setup, /token and /details; properties
(id, name, country, checkInStart, checkOutEnd, roomTypes[id, name, qty]); bookings (id, propertyId,
roomId, masterId, status, arrival, departure, firstName, lastName, phone, mobile, country2, lang,
channel, modifiedTime) and their parameters `id`, `status[]`, `propertyId[]`, the dates, `page`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from tests.pms_sync.servers.base import Query, Reply, SentHook, VendorServer
from tests.pms_sync.servers.seed import Kind, SeedBooking, SeedListing, SeedPart

PREFIXES = ("/api/v2/", "/v2/")  # of its two hosts
INVITE_CODE = "invite+code/0123456789abcdef=="
REFRESH_TOKEN = "refresh-0123456789abcdef"
LONG_LIFE_TOKEN = "long-life-0123456789abcdef"
PROPERTY_ID = 250001
ON_A_PAGE = 100
CREDITS = 100
SCOPES = ("read:bookings", "read:bookings-personal", "read:properties")
_PERSONAL = ("firstName", "lastName", "email", "phone", "mobile", "title", "guests")
_STATUS = {
    Kind.CONFIRMED: "confirmed",
    Kind.CANCELLED: "cancelled",
    Kind.BLOCK: "black",
    Kind.ENQUIRY: "inquiry",
}
_STATUSES = {"confirmed", "request", "new", "cancelled", "black", "inquiry"}
_DATES = ("arrivalFrom", "arrivalTo", "departureFrom", "departureTo", "modifiedFrom", "modifiedTo")
_NARROWING = {*_DATES, "arrival", "departure", "filter", "id", "masterId", "bookingTimeFrom"}
_KNOWN = {
    "properties": {"id", "includeAllRooms", "includeUnitDetails", "page"},
    "bookings": {
        *_NARROWING,
        *("propertyId", "roomId", "status", "channel", "page"),
        *("includeGuests", "includeBookingGroup", "includeInfoItems"),
    },
}


class Beds24Server(VendorServer):
    """A property whose rooms are the listings; requests cost credits."""

    vendor = "beds24"
    reservations_line = r"GET (/api)?/v2/bookings$"
    most_numbers = 2
    says_times = True
    says_language = True

    scopes: tuple[str, ...] = SCOPES
    keeps_to_credits = False  # True: a 101st credit within five minutes is refused

    def fill(self) -> None:
        self.bookings = [
            self._booking(booking, place)
            for booking in self.seed.bookings
            for place in range(len(booking.parts))
        ]
        self.tokens: set[str] = getattr(self, "tokens", {LONG_LIFE_TOKEN})
        self.used_credits = getattr(self, "used_credits", 0)
        self.is_code_used = getattr(self, "is_code_used", False)

    def listing_id(self, listing: SeedListing) -> str:
        return str(550000 + listing.key)

    def reservation_ids(self, booking: SeedBooking) -> tuple[str, ...]:
        return tuple(str(_number(booking, place)) for place in range(len(booking.parts)))

    def handle(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        prefix = next((one for one in PREFIXES if path.startswith(one)), None)
        if prefix is None:
            return _failed(404, "Not found")
        name = path.removeprefix(prefix)
        if method != "GET":
            return _failed(405, "Method not allowed")
        if name.startswith("authentication/"):
            return self._authentication(name.removeprefix("authentication/"), headers)
        if name not in _KNOWN:
            return _failed(404, "Not found")
        if self.is_revoked or headers.get("token") not in self.tokens:
            return self.refusal(401)
        if f"read:{name}" not in self.scopes:
            return self.refusal(403)
        self.used_credits += 1
        if self.keeps_to_credits and self.used_credits > CREDITS:
            return self.refusal(429)
        said = {key.removesuffix("[]"): values for key, values in query.items()}
        unknown = set(said) - _KNOWN[name]
        if unknown:
            return _failed(400, f"Unknown parameter {sorted(unknown)[0]}")
        status, _, answer = (self._properties if name == "properties" else self._bookings)(said)
        return status, self._credits(), answer

    def hook(self, booking: SeedBooking, *, at: datetime | None = None) -> SentHook:
        """Version 2, without personal data as in the official example."""
        record = self._booking(booking, 0)
        said = {
            "timeStamp": f"{at or self.now():%Y-%m-%dT%H:%M:%SZ}",
            "booking": {name: value for name, value in record.items() if name not in _PERSONAL},
            "infoItems": [],
            "invoiceItems": [],
            "messages": [],
            "retries": 0,
        }
        return SentHook(
            body=json.dumps(said).encode(), headers={"content-type": "application/json"}
        )

    def refusal(self, status: int) -> Reply:
        words = {401: "Token not valid", 403: "Scope missing", 429: "Credit limit exceeded"}
        code, _, body = _failed(status, words.get(status, "Internal error"))
        return code, self._credits(), body

    def _authentication(self, action: str, headers: Mapping[str, str]) -> Reply:
        """Every token costs credits. A refused one is told with status 200 by `details`."""
        self.used_credits += 1
        if action == "setup":
            if self.is_revoked or self.is_code_used or headers.get("code") != INVITE_CODE:
                return _failed(401, "Code not valid")
            self.is_code_used = True
            return 200, self._credits(), {**self._new_token(), "refreshToken": REFRESH_TOKEN}
        if action == "token":
            if self.is_revoked or headers.get("refreshtoken") != REFRESH_TOKEN:
                return _failed(401, "Refresh token not valid")
            return 200, self._credits(), self._new_token()
        if action != "details":
            return _failed(404, "Not found")
        if self.is_revoked or headers.get("token") not in self.tokens:
            return 200, self._credits(), {"validToken": False}
        token = {
            "ownerId": 100001,
            "expiresIn": 80000,
            "scopes": list(self.scopes),
            "linkedProperties": True,
            "onlyPropertyId": None,
        }
        said = {"validToken": True, "token": token, "diagnostics": {"requestIp": "192.0.2.10"}}
        return 200, self._credits(), said

    def _new_token(self) -> dict[str, Any]:
        token = f"token-{len(self.tokens):04d}-0123456789abcdef"
        self.tokens.add(token)
        return {"token": token, "expiresIn": 86400}

    def _credits(self) -> dict[str, str]:
        return {
            "X-FiveMinCreditLimit": str(CREDITS),
            "X-FiveMinCreditLimit-Remaining": str(max(0, CREDITS - self.used_credits)),
            "X-FiveMinCreditLimit-ResetsIn": "240",
            "X-RequestCost": "1",
        }

    def _properties(self, said: Query) -> Reply:
        home = self.seed.listings[0]
        record: dict[str, Any] = {
            "id": PROPERTY_ID,
            "name": "Maisons Fictives",
            "propertyType": "apartment",
            "currency": "EUR",
            "address": home.street,
            "city": home.city,
            "postcode": home.postcode,
            "country": home.country,
            "checkInStart": f"{home.check_in:%H:%M}",
            "checkInEnd": "22:00",
            "checkOutEnd": f"{home.check_out:%H:%M}",
        }
        if said.get("includeAllRooms") == ["true"]:
            record["roomTypes"] = [
                {"id": int(self.listing_id(one)), "name": one.name, "qty": 1}
                for one in self.seed.listings
            ]
        return _paged([record], said, "property")

    def _bookings(self, said: Query) -> Reply:
        if not set(said.get("status", ())) <= _STATUSES:
            return _failed(400, "status is none of the known ones")
        if not all(_is_date(said[name][-1]) for name in _DATES if name in said):
            return _failed(400, "a date is YYYY-MM-DD, with a time behind T where there is one")
        found = [one for one in self.bookings if self._is_meant(one, said)]
        if "read:bookings-personal" not in self.scopes:
            found = [{k: v for k, v in one.items() if k not in _PERSONAL} for one in found]
        return _paged(found, said, "booking")

    def _is_meant(self, one: dict[str, Any], said: Query) -> bool:
        """Without any narrowing only what is still to come; cancelled ones only when asked for."""
        if "id" in said:
            return str(one["id"]) in said["id"]
        statuses = said.get("status") or sorted(_STATUSES - {"cancelled"})
        if one["status"] not in statuses:
            return False
        for name, field in (("propertyId", "propertyId"), ("roomId", "roomId")):
            if name in said and str(one[field]) not in said[name]:
                return False
        if not _NARROWING & set(said):
            return bool(one["arrival"] >= self.seed.today.isoformat())
        return all(
            _within(one[field], said, name)
            for name, field in (
                ("arrival", "arrival"),
                ("departure", "departure"),
                ("modified", "modifiedTime"),
            )
        )

    def _booking(self, booking: SeedBooking, place: int) -> dict[str, Any]:
        part: SeedPart = booking.parts[place]
        guest = None if booking.guest is None else self.seed.guest(booking.guest)
        # of a group only the first booking carries the numbers
        numbers = guest.numbers if guest and not guest.hidden and place == 0 else ()
        is_group = len(booking.parts) > 1
        return {
            "id": _number(booking, place),
            "propertyId": PROPERTY_ID,
            "apiSource": booking.channel.title(),
            "channel": booking.channel,
            "masterId": _number(booking, 0) if is_group else None,
            "roomId": 550000 + part.listing,
            "unitId": 1,
            "roomQty": 1,
            "status": _STATUS[booking.kind],
            "subStatus": "cancelledByGuest" if booking.kind is Kind.CANCELLED else "none",
            "arrival": part.arrival.isoformat(),
            "departure": part.departure.isoformat(),
            "numAdult": 2,
            "numChild": 0,
            "title": "",
            "firstName": guest.first if guest else "",
            "lastName": guest.last if guest else "",
            "email": "",
            "mobile": numbers[0] if numbers else "",
            "phone": numbers[1] if len(numbers) > 1 else "",
            "country2": guest.country if guest else None,
            "arrivalTime": "after lunch, perhaps",
            "lang": guest.language if guest else "",
            "apiReference": "",
            "referer": booking.channel,
            "bookingTime": "2026-10-01T12:00:00Z",
            "modifiedTime": f"{booking.updated_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "cancelTime": "2026-11-01T08:00:00Z" if booking.kind is Kind.CANCELLED else None,
        }


def _number(booking: SeedBooking, place: int) -> int:
    return 93_000_000 + booking.key * 10 + place


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value[:10])
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _within(value: str, said: Query, name: str) -> bool:
    first, last = (said.get(f"{name}{end}", [""])[-1] for end in ("From", "To"))
    first, last = first.removesuffix("Z").replace(" ", "T"), last.removesuffix("Z")
    return value >= first and (not last or value[: len(last)] <= last)


def _paged(found: list[dict[str, Any]], said: Query, kind: str) -> Reply:
    """Its links are whole addresses on its own host."""
    number = int(said.get("page", ["1"])[-1])
    page = found[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    is_more = number * ON_A_PAGE < len(found)
    link = f"https://beds24.com/api/v2/{kind}s?page={number + 1}" if is_more else None
    answer = {
        "success": True,
        "type": kind,
        "count": len(page),
        "pages": {"nextPageExists": is_more, "nextPageLink": link},
        "data": page,
    }
    return 200, {}, answer


def _failed(status: int, message: str) -> Reply:
    return status, {}, {"success": False, "type": "error", "code": status, "error": message}
