"""Guesty's Open API as notes on its documentation describe it: few tokens, v3 search with guests
apart, the legacy list, webhooks by Svix."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from tests.pms_sync.servers.base import Query, Reply, SentHook, VendorServer
from tests.pms_sync.servers.guesty_filters import legacy_filter, search_filter
from tests.pms_sync.servers.guesty_records import (
    by_id_record,
    conversation_of,
    guest_record,
    legacy_record,
    listing_record,
    object_id,
    search_record,
    secret_of,
    texts_of,
)
from tests.pms_sync.servers.seed import Kind, SeedBooking, SeedListing

CLIENT_ID, CLIENT_SECRET = "0oasampleguestyclient01", "sample-guesty-secret-0123456789abcdef"
MOST_TOKENS = 5
MOST_ON_A_PAGE = 100
LEGACY_ON_A_PAGE = 25
_FORM = "application/x-www-form-urlencoded"
_EVENTS = {
    "reservation.created.v2",
    "reservation.updated.v2",
    "listing.new",
    "listing.updated",
    "listing.removed",
}
_SEARCHED = {"sort", "limit", "skip"}


class GuestyServer(VendorServer):
    """Five tokens a day; reservations without guests; hooks signed anew for each subscription."""

    vendor = "guesty"
    reservations_line = r"GET /v1/reservations-v3/search$"
    several_visits = True
    most_numbers = 5
    says_timezone = True
    says_times = True
    says_language = True
    says_blocks = False  # blocks are another thing there
    signs_hooks = True
    guards_replay = True

    def fill(self) -> None:
        bookings = [one for one in self.seed.bookings if one.kind is not Kind.BLOCK]
        self.listings = [listing_record(one) for one in self.seed.listings]
        self.guests = {one["_id"]: one for one in map(guest_record, self.seed.guests)}
        self.searched = [search_record(self.seed, one) for one in bookings]
        self.by_id = {one["_id"]: one for one in (by_id_record(self.seed, b) for b in bookings)}
        self.legacy = [legacy_record(self.seed, one) for one in bookings]
        if not hasattr(self, "tokens"):
            self.tokens: dict[str, datetime] = {}
            self.subscriptions: dict[str, dict[str, Any]] = {}
            self.made = 0

    def listing_id(self, listing: SeedListing) -> str:
        return object_id("list", listing.key)

    def reservation_ids(self, booking: SeedBooking) -> tuple[str, ...]:
        return (object_id("resv", booking.key),)

    def refusal(self, status: int) -> Reply:
        return status, {}, {"error": {"code": str(status), "message": "refused"}}

    def handle(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        if path == "/oauth2/token":
            return self._token(method, headers, body)
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if self.is_revoked or self.tokens.get(token, self.now()) <= self.now():
            return self.refusal(401)
        status, more, said = self._answer(method, path, query, headers, body)
        return status, {**_LIMITS, **more}, said

    def _token(self, method: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if method != "POST" or not headers.get("content-type", "").startswith(_FORM):
            return 400, {}, {"error": "invalid_request"}
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if (form.get("grant_type"), form.get("scope")) != ("client_credentials", "open-api"):
            return 400, {}, {"error": "unsupported_grant_type"}
        given = (form.get("client_id"), form.get("client_secret"))
        if self.is_revoked or given != (CLIENT_ID, CLIENT_SECRET):
            return 401, {}, {"error": "invalid_client", "error_description": "not a client"}
        if len(self.tokens) >= MOST_TOKENS:
            return 429, {}, {"error": "too many access tokens"}
        token = f"sample.guesty.token{len(self.tokens) + 1}"
        self.tokens[token] = self.now() + timedelta(days=1)
        said = {"token_type": "Bearer", "expires_in": 86400, "access_token": token}
        return 200, {}, {**said, "scope": "open-api"}

    def _answer(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        name = path.removeprefix("/v1/")
        if name.startswith("webhooks"):
            return self._webhooks(method, name, query, headers, body)
        if name.startswith("communication/"):
            return self._communication(method, name, query, body)
        # comments: https://open-api-docs.guesty.com/changelog/2026-05-26
        if method == "PUT" or (method == "POST" and name.endswith("/comments")):
            return self._note(name, body)
        if method != "GET":
            return self.refusal(405)
        if name == "accounts/me":
            return 200, {}, {"_id": object_id("acco", 1), "name": "Sample Stays"}
        if name == "listings":
            return self._page(self.listings, query, "listings")
        if name == "reservations-v3/search":
            return self._search(query)
        if name == "reservations-v3":
            wanted = query.get("reservationIds[]", [])
            return 200, {}, [self.by_id[one] for one in wanted if one in self.by_id]
        if name == "reservations":
            return self._legacy(query)
        guest = self.guests.get(name.removeprefix("guests-crud/"))
        return (200, {}, guest) if guest is not None else self.refusal(404)

    def _search(self, query: Query) -> Reply:
        """Brackets only; what is not a field is refused."""
        try:
            keeps = search_filter({k: v for k, v in query.items() if k not in _SEARCHED})
            limit, skip = _paging(query, MOST_ON_A_PAGE)
        except ValueError as why:
            return 400, {}, {"error": {"message": str(why)}}
        found = [one for one in self.searched if keeps(one)]
        order = query.get("sort", ["_id"])[0]
        found.sort(
            key=lambda one: (one.get(order.lstrip("-"), ""), one["reservationId"]),
            reverse=order.startswith("-"),
        )
        page = found[skip : skip + limit]
        has_more = skip + limit < len(found)
        return (
            200,
            {},
            {
                "results": page,
                "pagination": {"skip": skip, "limit": limit, "hasMore": has_more},
            },
        )

    def _legacy(self, query: Query) -> Reply:
        try:
            keeps = legacy_filter(query.get("filters", ["[]"])[0])
        except ValueError as why:
            return 400, {}, {"error": {"message": str(why)}}
        found = [one for one in self.legacy if keeps(one)]
        order = query.get("sort", ["_id"])[0]
        found.sort(
            key=lambda one: (one.get(order.lstrip("-"), ""), one["_id"]),
            reverse=order.startswith("-"),
        )
        return self._page(found, query, "reservations")

    def _page(self, found: list[dict[str, Any]], query: Query, what: str) -> Reply:
        try:
            limit, skip = _paging(query, LEGACY_ON_A_PAGE)
        except ValueError as why:
            return 400, {}, {"error": {"message": str(why)}}
        fields = query.get("fields", [""])[0].split()
        page = [
            {name: one[name] for name in one if not fields or name in ("_id", *_roots(fields))}
            for one in found[skip : skip + limit]
        ]
        return 200, {}, {"results": page, "count": len(found), "limit": limit, "skip": skip}

    def _webhooks(
        self, method: str, name: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        if name == "webhooks-v2/secret" and method == "GET":
            for hook in self.subscriptions.values():
                if hook["url"] == query.get("url", [""])[0]:
                    return 200, {}, {"key": hook["key"]}
            return self.refusal(404)
        hook_id = name.removeprefix("webhooks").strip("/")
        if method == "GET" and not hook_id:
            public = ("_id", "url", "events")
            return 200, {}, [{k: one[k] for k in public} for one in self.subscriptions.values()]
        if method == "DELETE" and hook_id in self.subscriptions:
            del self.subscriptions[hook_id]
            return self._note_hooks(204, None)
        wanted = json.loads(body or b"null")
        if method not in ("POST", "PUT") or not isinstance(wanted, dict):
            return self.refusal(405)
        if not set(wanted.get("events", ())) <= _EVENTS or not wanted.get("url"):
            return 400, {}, {"error": {"message": "events are not supported"}}
        if method == "PUT":
            if hook_id not in self.subscriptions:
                return self.refusal(404)
            self.subscriptions[hook_id].update(wanted)
            return self._note_hooks(200, {"_id": hook_id, **wanted})
        self.made += 1
        made = {"_id": object_id("hook", self.made), **wanted}
        self.subscriptions[made["_id"]] = {**made, "key": secret_of(self.made)}
        return self._note_hooks(200, made)

    def _note_hooks(self, status: int, said: Any) -> Reply:
        self.hooks = [one["url"] for one in self.subscriptions.values()]
        return status, {}, said

    def _communication(self, method: str, name: str, query: Query, body: bytes) -> Reply:
        """Not in the reference; the shape of Guesty's public pages as far as known."""
        steps = name.split("/")[1:]
        if method == "GET" and steps == ["conversations"]:
            sought = " ".join(value for values in query.values() for value in values)
            found = [
                {"_id": conversation_of(one), "meta": {"reservations": [{"_id": one}]}}
                for one in self.by_id
                if one in sought
            ]
            return 200, {}, {"status": 200, "data": {"conversations": found}}
        if method == "POST" and len(steps) == 3 and steps[2] in ("send-message", "posts"):
            said = json.loads(body)
            if not isinstance(said.get("body"), str) or not isinstance(said.get("module"), dict):
                return 400, {}, {"error": {"message": "body and module are required"}}
            reservation = next((one for one in self.by_id if conversation_of(one) == steps[1]), "")
            if not reservation:
                return self.refusal(404)
            self.messages.append((reservation, said["body"]))
            return 200, {}, {"status": 200, "data": {}}
        return self.refusal(404)

    def _note(self, name: str, body: bytes) -> Reply:
        """Not in the reference, either: whatever is written below a reservation is a note."""
        steps = name.split("/")
        if not name.startswith("reservations") or len(steps) < 2 or steps[1] not in self.by_id:
            return self.refusal(404)
        texts = list(texts_of(json.loads(body)))
        if not texts:
            return 400, {}, {"error": {"message": "nothing to change"}}
        self.notes.append((steps[1], texts[-1]))
        return 200, {}, {"_id": steps[1]}

    def hook(self, booking: SeedBooking, *, at: datetime | None = None) -> SentHook:
        at = at or self.now()
        said = {
            "event": "reservation.updated.v2",
            "publishedAt": at.isoformat(),
            "meta": {"eventId": f"evt-{booking.key}", "publishedAt": at.isoformat()},
            "data": {"reservationId": object_id("resv", booking.key), "status": "confirmed"},
        }
        body = json.dumps(said).encode()
        number, stamp = f"msg_{booking.key}", str(int(at.timestamp()))
        signed = f"{number}.{stamp}.".encode() + body
        secret = base64.b64decode(self.hook_secrets[-1].removeprefix("whsec_"))
        signature = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
        return SentHook(
            body=body,
            headers={
                "content-type": "application/json",
                "svix-id": number,
                "svix-timestamp": stamp,
                "svix-signature": f"v1,{signature}",
            },
        )

    @property
    def hook_secrets(self) -> tuple[str, ...]:
        return tuple(one["key"] for one in self.subscriptions.values()) or (secret_of(1),)


_LIMITS = {
    f"X-RateLimit-{what}-{span}": str(number)
    for what in ("Limit", "Remaining")
    for span, number in (("Second", 15), ("Minute", 120), ("Hour", 5000))
}


def _paging(query: Query, usual: int) -> tuple[int, int]:
    limit, skip = int(query.get("limit", [str(usual)])[0]), int(query.get("skip", ["0"])[0])
    if not 1 <= limit <= MOST_ON_A_PAGE or skip < 0:
        raise ValueError("limit must be 1 to 100, skip 0 or more")
    return limit, skip


def _roots(fields: list[str]) -> set[str]:
    return {field.partition(".")[0] for field in fields}
