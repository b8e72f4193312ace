"""Lodgify as notes on its documentation describe it: v1 and v2 mixed, webhooks one by one."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tests.pms_sync.servers.base import Query, Reply, SentHook, VendorServer
from tests.pms_sync.servers.seed import Kind, Seed, SeedBooking, SeedListing, SeedPart

KEY = "sample-lodgify-key-0001"
TYPED_SECRET = "sample-lodgify-secret"
LARGEST_PAGE = 50
STATUSES = {Kind.CONFIRMED: "Booked", Kind.ENQUIRY: "Tentative", Kind.CANCELLED: "Declined"}
SOURCES = {"airbnb": "AirbnbIntegration", "bookingcom": "BookingCom", "ical": "ICal"}
EVENTS = {
    "rate_change",
    "availability_change",
    "booking_new_any_status",
    "booking_new_status_booked",
    "booking_change",
    "booking_status_change_booked",
    "booking_status_change_tentative",
    "booking_status_change_open",
    "booking_status_change_declined",
    "guest_message_received",
}


class LodgifyServer(VendorServer):
    """Key in a header; bookings are upcoming, not deleted and not external unless asked for."""

    vendor = "lodgify"
    reservations_line = r"GET /v2/reservations/bookings$"
    page_size = LARGEST_PAGE
    signs_hooks = True
    says_language = True
    says_blocks = False  # closed days are no bookings

    def __init__(self, seed: Seed | None = None, *, auth_error: int = 401) -> None:
        self.auth_error = auth_error  # old errors came as 500 with code 999
        self.subscriptions: dict[str, dict[str, str]] = {}
        self.subscribed = 0
        super().__init__(seed)

    def fill(self) -> None:
        self.properties = [_property(one) for one in self.seed.listings]
        self.bookings = [
            self._booking(booking, place, part)
            for booking in self.seed.bookings
            if booking.kind is not Kind.BLOCK
            for place, part in enumerate(booking.parts)
        ]

    def listing_id(self, listing: SeedListing) -> str:
        return str(_property_id(listing.key))

    def reservation_ids(self, booking: SeedBooking) -> tuple[str, ...]:
        return tuple(str(_booking_id(booking, place)) for place in range(len(booking.parts)))

    @property
    def hook_secrets(self) -> tuple[str, ...]:
        issued = tuple(one["secret"] for one in self.subscriptions.values())
        return issued or (TYPED_SECRET,)

    def refusal(self, status: int) -> Reply:
        said = {401: "Authorization has been denied for this request.", 429: "Too many requests."}
        # 999 is what it says when it lets nobody in
        code = 999 if status == 401 else status
        return status, {}, _error(said.get(status, "An error has occurred."), code)

    def handle(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        if self.is_revoked or headers.get("x-apikey") != KEY:
            return self.auth_error, {}, self.refusal(401)[2]
        if path.startswith("/webhooks/v1/"):
            return self._webhooks(method, path, query, body)
        prefix, _, tail = path.rpartition("/")
        if method == "POST" and prefix.startswith("/v1/reservation/booking/"):
            return self._write(prefix.rpartition("/")[2], tail, body)
        if method == "PUT" and prefix == "/v1/reservation/booking":
            return self._change(tail, body)
        if method != "GET":
            return 405, {}, _error("The requested resource does not support this method.", 405)
        if path in ("/v2/properties", "/v1/properties"):
            return self._list(self.properties, query)
        if path == "/v2/reservations/bookings":
            return self._list_bookings(query)
        if prefix in ("/v2/reservations/bookings", "/v1/reservation/booking"):
            return self._one_booking(tail, is_old=prefix.startswith("/v1"))
        return 404, {}, _error("No HTTP resource was found.", 404)

    def hook(self, booking: SeedBooking, *, at: datetime | None = None) -> SentHook:
        """An array, though the documentation shows an object."""
        item = next(one for one in self.bookings if one["id"] == _booking_id(booking, 0))
        guest = item["guest"]
        told = {
            "action": "booking_change",
            "booking": {
                "type": "Booking",
                "id": item["id"],
                "date_arrival": f"{item['arrival']}T00:00:00",
                "date_departure": f"{item['departure']}T00:00:00",
                "property_id": item["property_id"],
                "status": item["status"],
                "language": item["language"],
            },
            "guest": {"uid": guest["id"], "name": guest["name"], "phone_number": guest["phone"]},
        }
        raw = json.dumps([told]).encode()
        made = hmac.new(self._secret_of("booking_change").encode(), raw, hashlib.sha256)
        headers = {
            "content-type": "application/json",
            "ms-signature": f"sha256={made.hexdigest()}",
        }
        return SentHook(body=raw, headers=headers)

    def _secret_of(self, event: str) -> str:
        issued = [one["secret"] for one in self.subscriptions.values() if one["event"] == event]
        return issued[0] if issued else TYPED_SECRET

    def _list_bookings(self, query: Query) -> Reply:
        asked = {name: values[-1] for name, values in query.items()}
        switches = ("includeExternal", "includeTransactions", "includeQuoteDetails")
        for name in switches:
            if asked.get(name, "false").lower() not in ("true", "false"):
                return 400, {}, _error(f"The value for {name} is not valid.", 400)
        trash = asked.get("trash", "False").lower()
        if trash not in ("false", "true", "all"):
            return 400, {}, _error("The value for trash is not valid.", 400)
        found = self.bookings
        if trash != "all":
            found = [one for one in found if one["is_deleted"] is (trash == "true")]
        if asked.get("includeExternal", "false").lower() != "true":
            found = [one for one in found if one["source"] != "ICal"]
        try:
            found = [one for one in found if self._is_in_stay_filter(one, asked)]
            if since := asked.get("updatedSince"):
                wanted = datetime.fromisoformat(since)
                found = [one for one in found if _updated(one, wanted) >= wanted]
        except ValueError:
            return 400, {}, _error("The request is invalid.", 400)
        return self._list(found, query)

    def _is_in_stay_filter(self, item: Mapping[str, Any], asked: Mapping[str, str]) -> bool:
        today = self.seed.today.isoformat()
        named = asked.get("stayFilter", "Upcoming").lower()
        arrival, departure = item["arrival"], item["departure"]
        if named in ("arrivaldate", "departuredate"):
            day = date.fromisoformat(asked.get("stayFilterDate", "")[:10]).isoformat()
            return bool(day == (arrival if named == "arrivaldate" else departure))
        known = {
            "all": True,
            "upcoming": arrival >= today,
            "current": arrival <= today < departure,
            "historic": departure <= today,
        }
        if named not in known:
            raise ValueError(named)
        return bool(known[named])

    def _list(self, items: list[dict[str, Any]], query: Query) -> Reply:
        try:
            page = int(query.get("page", ["1"])[-1])
            size = int(query.get("size", ["50"])[-1])
        except ValueError:
            return 400, {}, _error("The request is invalid.", 400)
        if page < 1 or size < 1:
            return 400, {}, _error("The request is invalid.", 400)
        size = min(size, LARGEST_PAGE)  # nobody knows the limit: a client must follow the count
        counts = query.get("includeCount", ["false"])[-1].lower() == "true"
        part = items[(page - 1) * size : page * size]
        return 200, {}, {"count": len(items) if counts else None, "items": part}

    def _one_booking(self, booking_id: str, *, is_old: bool) -> Reply:
        for one in self.bookings:
            if str(one["id"]) == booking_id:
                written = [text for about, text in self.notes if about == booking_id]
                old = {"note": written[-1] if written else "Late arrival"} if is_old else {}
                guest = one["guest"] | ({"locale": one["language"]} if is_old else {})
                return 200, {}, one | old | {"guest": guest}
        return 404, {}, _error("Booking not found.", 404)

    def _webhooks(self, method: str, path: str, query: Query, body: bytes) -> Reply:
        asked = _object(body)
        if method == "POST" and path == "/webhooks/v1/subscribe":
            url, event = asked.get("target_url"), asked.get("event")
            if not isinstance(url, str) or event not in EVENTS:
                return 400, {}, _error("The request is invalid.", 400)
            if any(one["url"] == url for one in self.subscriptions.values()):
                return 400, {}, _error("The target url is already used.", 400)
            self.subscribed += 1
            number = self.subscribed
            known = {"id": f"webhook_sample_{number:04}", "event": str(event), "url": url}
            self.subscriptions[known["id"]] = known | {"secret": f"lodgify-secret-{number:04}"}
            self.hooks.append(url)
            return 200, {}, {"id": known["id"], "secret": f"lodgify-secret-{number:04}"}
        if method == "GET" and path in ("/webhooks/v1/list", "/webhooks/v1/subscriptions"):
            shown = [
                {"id": one["id"], "event": one["event"], "url": one["url"]}
                for one in self.subscriptions.values()
            ]
            return 200, {}, shown
        if method in ("DELETE", "POST") and path.startswith("/webhooks/v1/unsubscribe"):
            named = asked.get("id") or (query.get("id") or [path.rpartition("/")[2]])[-1]
            gone = self.subscriptions.pop(str(named), None)
            if gone is None:
                return 404, {}, _error("Subscription not found.", 404)
            self.hooks.remove(gone["url"])
            return 200, {}, None
        return 404, {}, _error("No HTTP resource was found.", 404)

    def _write(self, booking_id: str, what: str, body: bytes) -> Reply:
        """Messages of several kinds; no official page in the reference names this address."""
        if what != "messages" or booking_id not in {str(one["id"]) for one in self.bookings}:
            return 404, {}, _error("Booking not found.", 404)
        given = json.loads(body or b"null")
        for one in given if isinstance(given, list) else [given]:
            if not isinstance(one, dict) or not one.get("message"):
                return 400, {}, _error("The request is invalid.", 400)
            kept = self.notes if one.get("type") == "Comment" else self.messages
            kept.append((booking_id, str(one["message"])))
        return 200, {}, None

    def _change(self, booking_id: str, body: bytes) -> Reply:
        """Its note; not in the reference either."""
        note = _object(body).get("note")
        if booking_id not in {str(one["id"]) for one in self.bookings} or not isinstance(note, str):
            return 404, {}, _error("Booking not found.", 404)
        self.notes.append((booking_id, note))
        return 200, {}, None

    def _booking(self, booking: SeedBooking, place: int, part: SeedPart) -> dict[str, Any]:
        guest = self.seed.guest(booking.guest) if booking.guest else None
        numbers = () if guest is None or guest.hidden else guest.numbers
        cancelled = booking.kind is Kind.CANCELLED
        return {
            "id": _booking_id(booking, place),
            "arrival": part.arrival.isoformat(),
            "departure": part.departure.isoformat(),
            "property_id": _property_id(part.listing),
            "rooms": [{"room_type_id": 710000 + part.listing, "people": 2, "key_code": ""}],
            "guest": {
                "id": f"g-{booking.guest}",
                "name": f"{guest.first} {guest.last}" if guest else "",
                "email": None,
                "phone": numbers[0] if numbers else ("" if booking.key % 2 else None),
                "country_code": guest.country if guest else None,
            },
            "language": guest.language if guest else "en",
            "status": STATUSES[booking.kind],
            "is_deleted": cancelled,
            "source": SOURCES.get(booking.channel, "Manual"),
            "source_text": "",
            "created_at": "2026-10-01T10:00:00+00:00",
            "updated_at": booking.updated_at.isoformat(),
            "canceled_at": booking.updated_at.isoformat() if cancelled else None,
            "currency_code": "EUR",
            "total_amount": 512.0,
        }


def _property(listing: SeedListing) -> dict[str, Any]:
    number = _property_id(listing.key)
    rooms = [{"id": 710000 + listing.key, "name": listing.name}]
    return {
        "id": number,
        "name": listing.name,
        "rooms": rooms,
        "currency_code": "EUR",
        "is_active": True,
    }


def _property_id(key: int) -> int:
    return 610000 + key


def _booking_id(booking: SeedBooking, place: int) -> int:
    return 8800000 + booking.key * 10 + place


def _updated(item: Mapping[str, Any], like: datetime) -> datetime:
    read = datetime.fromisoformat(item["updated_at"])
    return read if like.tzinfo else read.replace(tzinfo=None)


def _object(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body or b"{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _error(message: str, code: int) -> dict[str, Any]:
    nobody = "00000000-0000-0000-0000-000000000000"
    return {"message": message, "code": code, "correlation_id": nobody, "event_id": "sample"}
