"""OwnerRez v2 as notes on its documentation describe it: phones only on the guest itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from tests.pms_sync.servers.base import Query, Reply, SentHook, VendorServer
from tests.pms_sync.servers.seed import (
    Kind,
    Seed,
    SeedBooking,
    SeedGuest,
    SeedListing,
    SeedPart,
)

EMAIL, PAT = "owner@example.com", "pt_sample0000000000000000"
CLIENT_ID, CLIENT_SECRET, CODE = "c_sample", "s_sample", "tc_sample_code"
OAUTH_TOKEN = "at_sample"
HOOK_USER, HOOK_PASSWORD = "call-assist", "sample-hook-password"
USUAL_PAGE, LARGEST_PAGE = 20, 100
STATUSES = {Kind.ENQUIRY: "pending", Kind.CANCELLED: "canceled"}
SITES = {"airbnb": "Airbnb", "bookingcom": "Booking.com"}
COUNTRIES = {
    "FR": "FRANCE",
    "GB": "UNITED KINGDOM",
    "US": "UNITED STATES",
    "DE": "GERMANY",
}


class OwnerRezServer(VendorServer):
    """Basic e-mail and personal token, or a bearer token of an app; blocks are bookings."""

    vendor = "ownerrez"
    reservations_line = r"GET /v2/bookings$"
    most_numbers = 5
    says_times = True

    def __init__(self, seed: Seed | None = None, *, most_requests: int | None = None) -> None:
        self.most_requests = most_requests  # 300 in five minutes by our address, when set
        self.subscriptions: list[dict[str, Any]] = []
        super().__init__(seed)

    def fill(self) -> None:
        self.properties = [_property(one) for one in self.seed.listings]
        self.guests = {_guest_id(one.key): _guest(one) for one in self.seed.guests}
        self.bookings = [
            self._booking(booking, place, part)
            for booking in self.seed.bookings
            for place, part in enumerate(booking.parts)
        ]

    def listing_id(self, listing: SeedListing) -> str:
        return str(320000 + listing.key)

    def reservation_ids(self, booking: SeedBooking) -> tuple[str, ...]:
        return tuple(str(_booking_id(booking, place)) for place in range(len(booking.parts)))

    @property
    def hook_secrets(self) -> tuple[str, ...]:
        return (f"{HOOK_USER}:{HOOK_PASSWORD}",)

    def refusal(self, status: int) -> Reply:
        words = {
            401: "The credentials are not valid.",
            403: "Access is denied.",
            429: "Too many requests. Wait until you are below the limit.",
        }
        return status, {}, {"status": status, "messages": [words.get(status, "Server error.")]}

    def handle(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        agent = headers.get("user-agent", "")
        if not agent or agent.startswith("python-requests"):
            return self.refusal(403)  # a descriptive User-Agent is expected
        if self.most_requests is not None and len(self.requests) > self.most_requests:
            return self.refusal(429)
        if method == "POST" and path == "/oauth/access_token":
            return _token(headers, body)
        given = headers.get("authorization", "")
        if self.is_revoked or given not in (_basic(EMAIL, PAT), f"Bearer {OAUTH_TOKEN}"):
            return self.refusal(401)
        if path == "/v2/webhooksubscriptions":
            return self._webhooks(method, given, body)
        if method != "GET":
            return 405, {}, {"status": 405, "messages": ["This method is not allowed."]}
        return self._get(path, query)

    def _get(self, path: str, query: Query) -> Reply:
        prefix, _, tail = path.rpartition("/")
        if path == "/v2/users/me":
            me = {"id": 56001, "email_address": EMAIL, "first_name": "Sample", "last_name": "Owner"}
            return 200, {}, me
        if path == "/v2/properties":
            return self._list(self.properties, path, query)
        if path == "/v2/bookings":
            return self._list_bookings(query)
        if path == "/v2/guests":
            if not {"q", "created_since_utc"} & set(query):
                return _bad("Either q or created_since_utc is required.")
            return self._list(list(self.guests.values()), path, query)
        if prefix == "/v2/guests" and tail.isdigit() and int(tail) in self.guests:
            return 200, {}, self.guests[int(tail)]
        if prefix in ("/v2/bookings", "/v2/properties"):
            known = self.bookings if prefix == "/v2/bookings" else self.properties
            for one in known:
                if str(one["id"]) == tail:
                    return 200, {}, one
        return 404, {}, {"status": 404, "messages": ["Not found."]}

    def hook(self, booking: SeedBooking, *, at: datetime | None = None) -> SentHook:
        wanted = _booking_id(booking, 0)
        item = next(one for one in self.bookings if one["id"] == wanted)
        told = {
            "id": 12345001,
            "user_id": 56001,
            "action": "entity_update",
            "entity_type": "booking",
            "entity_id": wanted,
            "categories": ["dates"],
            "entity": {name: value for name, value in item.items() if name != "guest"},
        }
        headers = {
            "content-type": "application/json",
            "authorization": _basic(HOOK_USER, HOOK_PASSWORD),
        }
        return SentHook(body=json.dumps(told).encode(), headers=headers)

    def _list_bookings(self, query: Query) -> Reply:
        asked = {name: values[-1] for name, values in query.items()}
        if not asked.get("property_ids") and not asked.get("since_utc"):
            return _bad("Either property_ids or since_utc is required.")
        found = self.bookings
        try:
            if ids := asked.get("property_ids"):
                wanted = {int(one) for one in ids.split(",")}
                found = [one for one in found if one["property_id"] in wanted]
            if since := asked.get("since_utc"):
                begins = _instant(since)
                found = [one for one in found if _instant(one["updated_utc"]) >= begins]
            if first := asked.get("from"):
                day = date.fromisoformat(first).isoformat()
                found = [one for one in found if one["departure"] >= day]
            if last := asked.get("to"):
                day = date.fromisoformat(last).isoformat()
                found = [one for one in found if one["arrival"] <= day]
        except ValueError:
            return _bad("A value of the query is not valid.")
        if status := asked.get("status"):
            found = [one for one in found if one["status"] == status]
        if asked.get("include_guest", "").lower() != "true":
            hidden = {"guest"}
            found = [{k: v for k, v in one.items() if k not in hidden} for one in found]
        return self._list(found, "/v2/bookings", query)

    def _list(self, items: list[dict[str, Any]], path: str, query: Query) -> Reply:
        try:
            limit = min(int(query.get("limit", [str(USUAL_PAGE)])[-1]), LARGEST_PAGE)
            offset = int(query.get("offset", ["0"])[-1])
        except ValueError:
            return _bad("A value of the query is not valid.")
        if limit < 1 or offset < 0:
            return _bad("A value of the query is not valid.")
        part = items[offset : offset + limit]
        after = offset + limit
        same = {name: values[-1] for name, values in query.items()}
        following = f"{path}?{urlencode(same | {'limit': limit, 'offset': after})}"
        # at the end it is sometimes empty and sometimes null
        ended = "" if path == "/v2/properties" else None
        page = {"count": len(part), "items": part, "limit": limit, "offset": offset}
        return 200, {}, page | {"next_page_url": following if after < len(items) else ended}

    def _webhooks(self, method: str, given: str, body: bytes) -> Reply:
        if not given.startswith("Bearer "):
            return self.refusal(403)  # only for apps
        if method == "GET":
            return self._list(self.subscriptions, "/v2/webhooksubscriptions", {})
        asked = json.loads(body or b"{}")
        if method != "POST" or not asked.get("webhook_url"):
            return _bad("webhook_url is required.")
        self.hooks.append(asked["webhook_url"])
        self.subscriptions.append(asked | {"id": len(self.hooks)})
        return 200, {}, self.subscriptions[-1]

    def _booking(self, booking: SeedBooking, place: int, part: SeedPart) -> dict[str, Any]:
        is_block = booking.kind is Kind.BLOCK
        listing = self.seed.listing(part.listing)
        changed = _utc(booking.updated_at)
        item: dict[str, Any] = {
            "id": _booking_id(booking, place),
            "property_id": 320000 + part.listing,
            "guest_id": _guest_id(booking.guest) if booking.guest else None,
            "type": "block" if is_block else "booking",
            "is_block": is_block,
            "status": STATUSES.get(booking.kind, "active"),
            "arrival": part.arrival.isoformat(),
            "departure": part.departure.isoformat(),
            "check_in": listing.check_in.strftime("%H:%M"),
            "check_out": listing.check_out.strftime("%H:%M"),
            "adults": 2,
            "children": 0,
            "listing_site": SITES.get(booking.channel),
            "platform_reservation_number": None,
            "booked_utc": "2026-10-01T12:00:00Z",
            "updated_utc": changed,
            "canceled_utc": changed if booking.kind is Kind.CANCELLED else None,
            "thread_ids": [770000 + booking.key],
        }
        if booking.guest:
            guest = self.seed.guest(booking.guest)
            # names only, whatever is asked for
            item["guest"] = {
                "id": _guest_id(booking.guest),
                "first_name": guest.first,
                "last_name": guest.last,
            }
        return item


def _property(listing: SeedListing) -> dict[str, Any]:
    return {
        "id": 320000 + listing.key,
        "key": f"orp5f{listing.key:05}",
        "name": listing.name,
        "active": True,
        "external_name": listing.name,
        "internal_code": f"H{listing.key}",
        "check_in": listing.check_in.strftime("%H:%M"),
        "check_out": listing.check_out.strftime("%H:%M"),
        "max_guests": 4,
        "currency_code": "EUR",
        "address": {
            "street1": listing.street,
            "city": listing.city,
            "postal_code": listing.postcode,
            "country": COUNTRIES[listing.country],
        },
    }


def _guest(guest: SeedGuest) -> dict[str, Any]:
    """The number to call first is the default one, and it stands last."""
    shown = () if guest.hidden else guest.numbers
    phones = [
        {
            "id": 297000 + guest.key * 10 + place,
            "is_default": place == 0,
            "number": number,
            "type": "mobile" if place == 0 else "home",
        }
        for place, number in enumerate(shown)
    ]
    home = {"id": 1, "is_default": True, "country": COUNTRIES[guest.country], "type": "home"}
    return {
        "id": _guest_id(guest.key),
        "first_name": guest.first,
        "last_name": guest.last,
        "addresses": [home],
        "email_addresses": [],
        "phones": phones[::-1],
    }


def _token(headers: Mapping[str, str], body: bytes) -> Reply:
    if headers.get("authorization") != _basic(CLIENT_ID, CLIENT_SECRET):
        return 401, {}, {"error": "invalid_client"}
    form = parse_qs(body.decode())
    if form.get("grant_type") != ["authorization_code"] or form.get("code") != [CODE]:
        return 400, {}, {"error": "invalid_grant"}
    said = {"access_token": OAUTH_TOKEN, "token_type": "bearer", "scope": "all", "user_id": 56001}
    return 200, {}, said


def _bad(message: str) -> Reply:
    return 400, {}, {"status": 400, "messages": [message]}


def _booking_id(booking: SeedBooking, place: int) -> int:
    return 6700000 + booking.key * 10 + place


def _guest_id(key: int) -> int:
    return 613000 + key


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _instant(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
