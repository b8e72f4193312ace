"""Hostaway's Public API v1 as notes on its documentation describe it: 403 for a bad token, a
cursor by the last id, unified webhooks by HTTP Basic."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from tests.pms_sync.servers.base import Query, Reply, SentHook, VendorServer
from tests.pms_sync.servers.hostaway_records import (
    ACCOUNT,
    listing_number,
    listing_record,
    reservation_number,
    reservation_record,
)
from tests.pms_sync.servers.seed import SeedBooking, SeedListing

API_KEY = "sample0hostaway0key0123456789abcdef0123456789"
MOST_ON_A_PAGE = 100
LIFE = 15_897_600
_FORM = "application/x-www-form-urlencoded"
# parameter: field, and whether the record's must not be smaller or not be larger
_DATES = {
    "arrivalStartDate": ("arrivalDate", 1),
    "arrivalEndDate": ("arrivalDate", -1),
    "departureStartDate": ("departureDate", 1),
    "departureEndDate": ("departureDate", -1),
    "latestActivityStart": ("latestActivityOn", 1),
    "latestActivityEnd": ("latestActivityOn", -1),
}


class HostawayServer(VendorServer):
    """Everything in an envelope; the newest change first unless asked otherwise."""

    vendor = "hostaway"
    reservations_line = r"GET /v1/reservations$"
    page_size = MOST_ON_A_PAGE
    says_timezone = True
    says_times = True
    says_language = True

    ripens_after = timedelta(0)  # a new token is not known everywhere for a second

    def fill(self) -> None:
        self.listings = [listing_record(one) for one in self.seed.listings]
        self.reservations = {
            one["id"]: one
            for booking in self.seed.bookings
            for place, part in enumerate(booking.parts)
            for one in (reservation_record(self.seed, booking, part, place),)
        }
        if not hasattr(self, "tokens"):
            self.tokens: dict[str, datetime] = {}  # since when
            self.subscriptions: dict[int, dict[str, Any]] = {}

    def listing_id(self, listing: SeedListing) -> str:
        return str(listing_number(listing.key))

    def reservation_ids(self, booking: SeedBooking) -> tuple[str, ...]:
        return tuple(str(reservation_number(booking, n)) for n in range(len(booking.parts)))

    def refusal(self, status: int) -> Reply:
        return status, {}, {"status": "fail", "message": "refused"}

    def handle(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        if path == "/v1/accessTokens":
            return self._tokens(method, query, headers, body)
        since = self.tokens.get(headers.get("authorization", "").removeprefix("Bearer "))
        if self.is_revoked or since is None or self.now() < since + self.ripens_after:
            return 403, {}, {"status": "fail", "message": "Forbidden resource"}
        steps = path.removeprefix("/v1/").split("/")
        if steps[0] == "webhooks":
            return self._webhooks(method, steps, headers, body)
        if steps[0] == "conversations":
            return self._conversations(method, steps, query, headers, body)
        if method == "PUT" and steps[0] == "reservations" and len(steps) == 2:
            return self._change(steps[1], body)
        if method != "GET":
            return self.refusal(405)
        if steps == ["listings"]:
            return self._listings(query)
        if steps == ["reservations"]:
            return self._list(query)
        if steps[0] in ("listings", "reservations") and len(steps) == 2:
            every = self.listings if steps[0] == "listings" else self.reservations.values()
            found = next((one for one in every if str(one["id"]) == steps[1]), None)
            return self.refusal(404) if found is None else _success(found)
        return self.refusal(404)

    def _tokens(self, method: str, query: Query, headers: Mapping[str, str], body: bytes) -> Reply:
        if method == "DELETE":
            self.tokens.pop(query.get("token", [""])[0], None)
            return _success(None)
        if method != "POST" or not headers.get("content-type", "").startswith(_FORM):
            return self.refusal(400)
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if (form.get("grant_type"), form.get("scope")) != ("client_credentials", "general"):
            return self.refusal(400)
        given = (form.get("client_id"), form.get("client_secret"))
        if self.is_revoked or given != (str(ACCOUNT), API_KEY):
            return 401, {}, {"error": "invalid_client", "message": "Client authentication failed"}
        token = f"sample.hostaway.jwt{len(self.tokens) + 1}"
        self.tokens[token] = self.now()
        return 200, {}, {"token_type": "Bearer", "expires_in": LIFE, "access_token": token}

    def _listings(self, query: Query) -> Reply:
        limit, skip = _number(query, "limit", MOST_ON_A_PAGE), _number(query, "offset", 0)
        if limit is None or skip is None or limit < 1:
            return self.refusal(400)
        limit = min(limit, MOST_ON_A_PAGE)
        return _success(
            self.listings[skip : skip + limit], total=len(self.listings), limit=limit, skip=skip
        )

    def _list(self, query: Query) -> Reply:
        limit, skip = _number(query, "limit", MOST_ON_A_PAGE), _number(query, "offset", 0)
        after = _number(query, "afterId", 0)
        if limit is None or skip is None or after is None or limit < 1:
            return self.refusal(400)
        found = [one for one in self.reservations.values() if _matches(one, query)]
        is_oldest_first = query.get("sortOrder", [""])[0] == "updatedOn"
        found.sort(key=lambda one: (one["updatedOn"], one["id"]), reverse=not is_oldest_first)
        total = len(found)
        if after:
            places = [place for place, one in enumerate(found) if one["id"] == after]
            found = found[places[0] + 1 :] if places else []
        limit = min(limit, MOST_ON_A_PAGE)
        return _success(found[skip : skip + limit], total=total, limit=limit, skip=skip)

    def _conversations(
        self, method: str, steps: list[str], query: Query, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        """One per reservation, with a number of its own."""
        if method == "GET" and len(steps) == 1:
            wanted = query.get("reservationId", [""])[0]
            found = [
                {"id": number + 1_000_000, "reservationId": number, "type": "host-guest-email"}
                for number in self.reservations
                if not wanted or str(number) == wanted
            ]
            return _success(found[:MOST_ON_A_PAGE], total=len(found), limit=100, skip=0)
        if method == "POST" and len(steps) == 3 and steps[2] == "messages":
            said = json.loads(body or b"null")
            is_json = headers.get("content-type", "").startswith("application/json")
            if not is_json or not isinstance(said, dict) or not said.get("body"):
                return self.refusal(400)
            number = int(steps[1]) - 1_000_000
            if number not in self.reservations:
                return self.refusal(404)
            self.messages.append((str(number), said["body"]))
            return _success({"id": len(self.messages), "body": said["body"]})
        return self.refusal(404)

    def _change(self, number: str, body: bytes) -> Reply:
        found = self.reservations.get(int(number)) if number.isdigit() else None
        if found is None:
            return self.refusal(404)
        said = json.loads(body)
        found.update(said)
        if "hostNote" in said:
            self.notes.append((number, said["hostNote"]))
        return _success(found)

    def _webhooks(
        self, method: str, steps: list[str], headers: Mapping[str, str], body: bytes
    ) -> Reply:
        if steps[1:2] != ["unifiedWebhooks"]:
            return self.refusal(404)
        number = int(steps[2]) if len(steps) == 3 and steps[2].isdigit() else 0
        if method == "GET":
            return _success(list(self.subscriptions.values()))
        if method == "DELETE":
            if self.subscriptions.pop(number, None) is None:
                return self.refusal(404)
        elif method in ("POST", "PUT"):
            said = json.loads(body or b"null")
            if not isinstance(said, dict) or not str(said.get("url", "")).startswith("http"):
                return self.refusal(400)
            if not number:
                number = max(self.subscriptions, default=0) + 1
            self.subscriptions[number] = {"isEnabled": 1, **said, "id": number}
        else:
            return self.refusal(405)
        self.hooks = [one["url"] for one in self.subscriptions.values()]
        return _success(self.subscriptions.get(number))

    def hook(self, booking: SeedBooking, *, at: datetime | None = None) -> SentHook:
        number = reservation_number(booking, 0)
        said = {
            "object": "reservation",
            "event": "reservation.updated",
            "accountId": ACCOUNT,
            "data": self.reservations[number],
        }
        headers = {"content-type": "application/json"}
        for one in self.subscriptions.values():
            if one.get("login"):
                pair = f"{one['login']}:{one.get('password') or ''}"
                headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return SentHook(body=json.dumps(said).encode(), headers=headers)


def _success(result: Any, **paging: int) -> Reply:
    said: dict[str, Any] = {"status": "success", "result": result}
    if paging:
        limit, skip, total = paging["limit"], paging["skip"], paging["total"]
        pages = max(1, -(-total // limit))
        said |= {"limit": limit, "offset": skip, "count": total}
        said |= {"page": skip // limit + 1, "totalPages": pages}
    return 200, {}, said


def _matches(one: dict[str, Any], query: Query) -> bool:
    for name, (field, sign) in _DATES.items():
        wanted = query.get(name, [""])[0]
        there = one[field][: len(wanted)]
        if wanted and (there < wanted if sign > 0 else there > wanted):
            return False
    for name, field in (("listingId", "listingMapId"), ("channelId", "channelId")):
        wanted = query.get(name, [""])[0]
        if wanted and str(one[field]) != wanted:
            return False
    return True


def _number(query: Query, name: str, usual: int) -> int | None:
    written = query.get(name, [""])[0]
    if not written:
        return usual
    return int(written) if written.isdigit() else None
