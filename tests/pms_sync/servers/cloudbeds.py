"""Cloudbeds PMS API v1.3, from notes on the official OpenAPI.

Fields relied on from the official OpenAPI (cloudbeds/openapi-specs, pms-v1.3-openapi.yaml), which
the description does not name: getReservation (`assigned[]` with roomID, roomName, startDate,
endDate, subReservationID; `unassigned[]`; `guestList` without dates), getRooms (`data[]` with
propertyID and `rooms[]`), getUserinfo (user_id, first_name, last_name, email).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from tests.pms_sync.servers.base import Query, Reply, SentHook, VendorServer
from tests.pms_sync.servers.cloudbeds_records import guest_list, in_full, matches
from tests.pms_sync.servers.seed import Kind, SeedBooking, SeedListing

PREFIX = "/api/v1.3/"
API_KEY = "cbat_0123456789abcdefghijklmnopqrstuv"
PROPERTY_ID = "190001"
FORM = "application/x-www-form-urlencoded"
MOST_ON_A_PAGE = 100
_STATUS = {Kind.CONFIRMED: "confirmed", Kind.CANCELLED: "canceled", Kind.ENQUIRY: "not_confirmed"}
_STATUSES = {"not_confirmed", "confirmed", "canceled", "checked_in", "checked_out", "no_show"}
_PAGING = {"pageNumber", "pageSize"}
_KNOWN = {
    "userinfo": set(),
    "getHotels": {"propertyIDs", "propertyName", *_PAGING},
    "getHotelDetails": {"propertyID"},
    "getRooms": {"propertyIDs", "roomTypeID", "roomID", "roomName", *_PAGING},
    "getReservation": {"propertyID", "reservationID", "includeGuestRequirements"},
    "getReservations": {
        *("propertyID", "status", "modifiedFrom", "modifiedTo", "resultsFrom", "resultsTo"),
        *("checkInFrom", "checkInTo", "checkOutFrom", "checkOutTo", "datesQueryMode", "roomID"),
        *("includeGuestsDetails", "includeAllRooms", "sortByRecent", *_PAGING),
    },
    "getWebhooks": {"propertyID"},
    "deleteWebhook": {"propertyID", "subscriptionID"},
}


class CloudbedsServer(VendorServer):
    """A hotel whose rooms are the listings; failures come with status 200."""

    vendor = "cloudbeds"
    reservations_line = r"GET /api/v1\.3/getReservations$"
    several_visits = True
    most_numbers = 2
    says_timezone = True
    says_times = True
    says_blocks = False  # room blocks are another method

    def fill(self) -> None:
        self.reservations = [
            self._reservation(one) for one in self.seed.bookings if one.kind is not Kind.BLOCK
        ]
        self.subscriptions: dict[str, dict[str, Any]] = getattr(self, "subscriptions", {})

    def listing_id(self, listing: SeedListing) -> str:
        return f"{30 + listing.key}-0"

    def reservation_ids(self, booking: SeedBooking) -> tuple[str, ...]:
        return (f"81{booking.key:08d}",)

    def handle(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        if not path.startswith(PREFIX):
            return 404, {}, {"success": False, "message": "Not found"}
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        if self.is_revoked or API_KEY not in (headers.get("x-api-key"), bearer):
            return self.refusal(401)
        name = path.removeprefix(PREFIX)
        if name == "postWebhook":
            return self._post_webhook(method, headers, body)
        if name not in _KNOWN:
            return 404, {}, {"success": False, "message": "Method not found"}
        if method != ("DELETE" if name == "deleteWebhook" else "GET"):
            return _failed(f"Method {method} is not allowed for this call")
        unknown = set(query) - _KNOWN[name]
        if unknown:
            return _failed(f"Unknown parameter {sorted(unknown)[0]}")
        said = {key: values[-1] for key, values in query.items()}
        if "propertyID" not in said and "x-property-id" in headers:
            said["propertyID"] = headers["x-property-id"]
        reply: Reply = self._answers()[name](said)
        return reply

    def hook(self, booking: SeedBooking, *, at: datetime | None = None) -> SentHook:
        """The case of the keys varies: of every second booking they end in Id."""
        end = "ID" if booking.key % 2 else "Id"
        said = {
            "version": "1.0",
            "timestamp": (at or self.now()).timestamp(),
            "event": "reservation/status_changed",
            f"property{end}": int(PROPERTY_ID),
            f"property{end}_str": PROPERTY_ID,
            f"reservation{end}": self.reservation_ids(booking)[0],
            "status": _STATUS.get(booking.kind, "confirmed"),
        }
        return SentHook(
            body=json.dumps(said).encode(), headers={"content-type": "application/json"}
        )

    def refusal(self, status: int) -> Reply:
        return status, {}, {"success": False, "message": f"Refused with {status}"}

    def _answers(self) -> dict[str, Any]:
        return {
            "userinfo": self._userinfo,
            "getHotels": self._hotels,
            "getHotelDetails": self._hotel_details,
            "getRooms": self._rooms,
            "getReservation": self._one,
            "getReservations": self._some,
            "getWebhooks": lambda said: _done(list(self.subscriptions.values())),
            "deleteWebhook": self._delete_webhook,
        }

    def _userinfo(self, said: dict[str, str]) -> Reply:
        user = {"user_id": "9", "first_name": "Sample", "last_name": "Host"}
        return 200, {}, {**user, "email": "host@example.com"}

    def _hotels(self, said: dict[str, str]) -> Reply:
        hotel = {
            "propertyID": PROPERTY_ID,
            "organizationID": "501",
            "propertyName": "Maisons Fictives",
            "propertyTimezone": self.seed.listings[0].timezone,
        }
        return _paged([hotel], said, usual=20)

    def _hotel_details(self, said: dict[str, str]) -> Reply:
        if said.get("propertyID") != PROPERTY_ID:
            return _failed('Please specify "propertyID" parameter for this call')
        home = self.seed.listings[0]
        return _done(
            {
                "propertyID": PROPERTY_ID,
                "propertyName": "Maisons Fictives",
                "propertyPrimaryLanguage": "fr",
                "propertyAddress": {
                    "propertyAddress1": home.street,
                    "propertyCity": home.city,
                    "propertyZip": home.postcode,
                    "propertyCountry": home.country,
                },
                "propertyPolicy": {
                    "propertyCheckInTime": f"{home.check_in:%H:%M}",
                    "propertyCheckOutTime": f"{home.check_out:%H:%M}",
                },
            }
        )

    def _rooms(self, said: dict[str, str]) -> Reply:
        if PROPERTY_ID not in said.get("propertyIDs", PROPERTY_ID).split(","):
            return _failed("The property is not yours")
        rooms = [
            {
                "roomID": self.listing_id(one),
                "roomName": one.name,
                "roomTypeID": str(30 + one.key),
                "roomTypeName": one.name,
                "roomBlocked": False,
            }
            for one in self.seed.listings
        ]
        status, headers, page = _paged(rooms, said, usual=20)
        page["data"] = [{"propertyID": PROPERTY_ID, "rooms": page["data"]}]
        return status, headers, page

    def _one(self, said: dict[str, str]) -> Reply:
        for one in self.reservations:
            if one["reservationID"] == said.get("reservationID"):
                return _done(in_full(one))
        return _failed("Reservation not found")

    def _some(self, said: dict[str, str]) -> Reply:
        if said.get("propertyID") != PROPERTY_ID:
            return _failed('Please specify "propertyID" parameter for this call')
        statuses = set(filter(None, said.get("status", "").split(",")))
        if not statuses <= _STATUSES or said.get("datesQueryMode", "booking") not in _MODES:
            return _failed("Invalid status or datesQueryMode")
        found = [one for one in self.reservations if matches(one, said, statuses)]
        if said.get("includeGuestsDetails") != "true":
            found = [{k: v for k, v in one.items() if k != "guestList"} for one in found]
        return _paged(found, said, usual=MOST_ON_A_PAGE)

    def _post_webhook(self, method: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if method != "POST" or not headers.get("content-type", "").startswith(FORM):
            return _failed("Send a form by POST")
        form = {name: values[-1] for name, values in parse_qs(body.decode()).items()}
        if not {"object", "action", "endpointUrl"} <= set(form):
            return _failed("object, action and endpointUrl are required")
        number = str(len(self.subscriptions) + 1)
        self.subscriptions[number] = {
            "id": number,
            "event": {"entity": form["object"], "action": form["action"]},
            "subscriptionType": "webhook",
            "subscriptionData": {"endpointUrl": form["endpointUrl"]},
        }
        self.hooks.append(form["endpointUrl"])
        return _done({"subscriptionID": number})

    def _delete_webhook(self, said: dict[str, str]) -> Reply:
        gone = self.subscriptions.pop(said.get("subscriptionID", ""), None)
        if gone is None:
            return _failed("Subscription not found")
        self.hooks.remove(gone["subscriptionData"]["endpointUrl"])
        return _done(None)

    def _reservation(self, booking: SeedBooking) -> dict[str, Any]:
        guest = None if booking.guest is None else self.seed.guest(booking.guest)
        changed = booking.updated_at.astimezone(ZoneInfo(self.seed.listings[0].timezone))
        rooms = [
            {
                "roomTypeID": str(30 + part.listing),
                "subReservationID": f"{self.reservation_ids(booking)[0]}-{place}",
                "guestID": str(440000 + (booking.guest or 0)),
                "adults": "2",
                "roomID": f"{30 + part.listing}-0",
                "roomName": self.seed.listing(part.listing).name,
                "roomCheckIn": part.arrival.isoformat(),
                "roomCheckOut": part.departure.isoformat(),
                "roomStatus": "not_checked_in",
            }
            for place, part in enumerate(booking.parts, start=1)
        ]
        return {
            "propertyID": PROPERTY_ID,
            "reservationID": self.reservation_ids(booking)[0],
            "dateCreated": "2026-10-01 12:00:00",
            "dateModified": f"{changed:%Y-%m-%d %H:%M:%S}",
            "status": _STATUS[booking.kind],
            "guestID": str(440000 + (booking.guest or 0)),
            "guestName": "" if guest is None else f"{guest.first} {guest.last}",
            "startDate": min(part.arrival for part in booking.parts).isoformat(),
            "endDate": max(part.departure for part in booking.parts).isoformat(),
            "adults": "2",
            "children": "0",
            "balance": 0,
            "sourceName": booking.channel,
            "thirdPartyIdentifier": "",
            "rooms": rooms,
            "guestList": [] if guest is None else guest_list(guest, booking, rooms),
            "origin": booking.channel,
        }


_MODES = ("booking", "rooms")


def _paged(found: list[Any], said: dict[str, str], *, usual: int) -> Reply:
    try:
        number, size = int(said.get("pageNumber", 1)), int(said.get("pageSize", usual))
    except ValueError:
        return _failed("pageNumber and pageSize are numbers")
    if number < 1 or not 1 <= size <= MOST_ON_A_PAGE:
        return _failed(f"pageSize is at most {MOST_ON_A_PAGE}")
    page = found[(number - 1) * size : number * size]
    return 200, {}, {"success": True, "data": page, "count": len(page), "total": len(found)}


def _done(data: Any) -> Reply:
    return 200, {}, {"success": True, "data": data}


def _failed(message: str) -> Reply:
    return 200, {}, {"success": False, "message": message}
