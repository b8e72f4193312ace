"""Mews Connector API, from notes on the official documentation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.pms_sync.servers.base import Query, Reply, SentHook, VendorServer
from tests.pms_sync.servers.seed import Kind, SeedBooking, SeedGuest, SeedListing, SeedPart

PREFIX = "/api/connector/v1/"
CLIENT_TOKEN = "E0D439EE522F44368DC78E1BFB03710C-D24FB11DBE31D4621C4817E028D9E1D"
ACCESS_TOKEN = "C66EF7B239D24632943D115EDE9CB810-EA00F8FD8294692C940F6B5A8F9453D"
ENTERPRISE = "851d0000-0000-4000-8000-000000000001"
SERVICE = "bd260000-0000-4000-8000-000000000001"
LONGEST_INTERVAL = timedelta(days=93)  # three months
MOST = 1000
_STATE = {Kind.CONFIRMED: "Confirmed", Kind.CANCELLED: "Canceled", Kind.ENQUIRY: "Inquired"}
_STATES = {"Inquired", "Confirmed", "Started", "Processed", "Canceled", "Optional", "Requested"}
_COMMON = {"ClientToken", "AccessToken", "Client", "LanguageCode", "CultureCode"}
_LISTS = {"ReservationIds", "States", "ServiceIds", "AssignedResourceIds", "AccountIds"}
_INTERVALS = {
    "UpdatedUtc": ("UpdatedUtc", "UpdatedUtc"),
    "CreatedUtc": ("CreatedUtc", "CreatedUtc"),
    "ScheduledStartUtc": ("ScheduledStartUtc", "ScheduledStartUtc"),
    "ScheduledEndUtc": ("ScheduledEndUtc", "ScheduledEndUtc"),
    "CollidingUtc": ("ScheduledStartUtc", "ScheduledEndUtc"),
}
_KNOWN = {
    "configuration/get": set(),
    "services/getAll": {"ServiceIds", "Limitation"},
    "resources/getAll": {"Extent", "ResourceIds", "Limitation", "UpdatedUtc", "EnterpriseIds"},
    "reservations/getAll/2023-06-06": {*_INTERVALS, *_LISTS, "Limitation", "EnterpriseIds"},
    "customers/getAll": {"CustomerIds", "Extent", "Limitation", "UpdatedUtc", "CreatedUtc"},
}


class MewsServer(VendorServer):
    """Spaces are the listings; who stays is asked for by the customers' ids."""

    vendor = "mews"
    page_size = 1000
    reservations_line = r"POST /api/connector/v1/reservations/getAll/2023-06-06$"
    says_timezone = True
    says_times = True  # in the scheduled instants
    says_language = True
    says_blocks = False  # resource blocks are another resource

    def fill(self) -> None:
        made = [
            self._reservation(booking, place)
            for booking in self.seed.bookings
            if booking.kind is not Kind.BLOCK
            for place in range(len(booking.parts))
        ]
        self.reservations = sorted(made, key=lambda one: str(one["CreatedUtc"]), reverse=True)
        self.customers = [_customer(one) for one in self.seed.guests]

    def listing_id(self, listing: SeedListing) -> str:
        return _uuid("20e0", listing.key)

    def reservation_ids(self, booking: SeedBooking) -> tuple[str, ...]:
        return tuple(_reservation_id(booking, place) for place in range(len(booking.parts)))

    def handle(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        name = path.removeprefix(PREFIX)
        if not path.startswith(PREFIX) or name not in _KNOWN:
            return self.refusal(404)  # the case counts, and a slash at the end
        if method != "POST":
            return self.refusal(405)
        if not headers.get("content-type", "").startswith("application/json"):
            return self.refusal(415)
        try:
            said = json.loads(body)
        except ValueError:
            return _failed(400, "Invalid JSON")
        if not isinstance(said, dict) or not said.get("Client"):
            return _failed(400, "Client is required")
        if said.get("ClientToken") != CLIENT_TOKEN:
            return _failed(401, "Invalid ClientToken.")
        if self.is_revoked or said.get("AccessToken") != ACCESS_TOKEN:
            return _failed(401, "Invalid AccessToken.")
        unknown = set(said) - _KNOWN[name] - _COMMON
        if unknown:
            return _failed(400, f"Unknown property {sorted(unknown)[0]}")
        return self._answer(name, said)

    def hook(self, booking: SeedBooking, *, at: datetime | None = None) -> SentHook:
        """The general webhook; nothing is signed."""
        events = [
            {"Discriminator": "ServiceOrderUpdated", "Value": {"Id": one}}
            for one in self.reservation_ids(booking)
        ]
        if booking.guest is not None:
            customer = _uuid("fadd", booking.guest)
            events.append({"Discriminator": "CustomerUpdated", "Value": {"Id": customer}})
        said = {
            "EnterpriseId": ENTERPRISE,
            "IntegrationId": _uuid("c8be", 1),
            "Events": events,
        }
        return SentHook(
            body=json.dumps(said).encode(), headers={"content-type": "application/json"}
        )

    def refusal(self, status: int) -> Reply:
        if status == 401:
            return _failed(401, "Invalid AccessToken.")
        return _failed(status, f"Refused with {status}")

    def _answer(self, name: str, said: dict[str, Any]) -> Reply:
        if name == "configuration/get":
            return 200, {}, self._configuration()
        if name == "services/getAll":
            service = {"Id": SERVICE, "Name": "Stay", "IsActive": True, "Type": "Reservable"}
            return 200, {}, {"Services": [service], "Cursor": None}
        if name == "resources/getAll":
            return self._resources(said)
        if name == "customers/getAll":
            return self._customers(said)
        return self._some(said)

    def _configuration(self) -> dict[str, Any]:
        return {
            "NowUtc": _utc(self.now()),
            "Enterprise": {
                "Id": ENTERPRISE,
                "Name": "Maisons Fictives",
                "TimeZoneIdentifier": self.seed.listings[0].timezone,
                "DefaultLanguageCode": "fr-FR",
            },
            "Service": None,
        }

    def _resources(self, said: dict[str, Any]) -> Reply:
        extent = said.get("Extent")
        if not isinstance(extent, dict) or extent.get("Resources") is not True:
            return _failed(400, "Extent is required")
        resources = [
            {
                "Id": self.listing_id(one),
                "EnterpriseId": ENTERPRISE,
                "IsActive": True,
                "ParentResourceId": None,
                "Name": one.name,
                "State": "Clean",
                "Data": {"Discriminator": "Space", "Value": {"FloorNumber": "1"}},
            }
            for one in self.seed.listings
        ]
        return _paged(resources, said, "Resources")

    def _some(self, said: dict[str, Any]) -> Reply:
        if not set(said) & {*_INTERVALS, "ReservationIds"}:
            return _failed(400, "At least one filter is required")
        if not set(said.get("States") or ()) <= _STATES:
            return _failed(400, "Unknown state")
        if any(len(said.get(name) or ()) > MOST for name in _LISTS):
            return _failed(400, f"At most {MOST} identifiers")
        found = self.reservations
        for name, (starts, ends) in _INTERVALS.items():
            if said.get(name) is None:
                continue
            interval = _interval(said[name])
            if interval is None:
                return _failed(400, f"{name}: an interval of at most three months")
            found = [one for one in found if one[starts] < interval[1] and one[ends] >= interval[0]]
        for name, field in (
            ("ReservationIds", "Id"),
            ("States", "State"),
            ("ServiceIds", "ServiceId"),
            ("AssignedResourceIds", "AssignedResourceId"),
            ("AccountIds", "AccountId"),
        ):
            if said.get(name) is not None:
                found = [one for one in found if one[field] in said[name]]
        return _paged(found, said, "Reservations")

    def _customers(self, said: dict[str, Any]) -> Reply:
        extent, ids = said.get("Extent"), said.get("CustomerIds")
        if not isinstance(extent, dict) or "Customers" not in extent or "Addresses" not in extent:
            return _failed(400, "Extent is required")
        if not ids and said.get("UpdatedUtc") is None:
            return _failed(400, "CustomerIds is required")
        if ids and len(ids) > MOST:
            return _failed(400, f"At most {MOST} identifiers")
        found = [one for one in self.customers if not ids or one["Id"] in ids]
        status, headers, answer = _paged(found, said, "Customers")
        return status, headers, {**answer, "Documents": None}

    def _reservation(self, booking: SeedBooking, place: int) -> dict[str, Any]:
        part: SeedPart = booking.parts[place]
        home = self.seed.listing(part.listing)
        starts = _local(part.arrival, home.check_in, home.timezone)
        ends = _local(part.departure, home.check_out, home.timezone)
        is_cancelled = booking.kind is Kind.CANCELLED
        return {
            "Id": _reservation_id(booking, place),
            "ServiceId": SERVICE,
            "AccountId": _uuid("fadd", booking.guest or 0),
            "AccountType": "Customer",
            "BookerId": None,
            "Number": str(booking.key * 10 + place),
            "State": _STATE[booking.kind],
            "Origin": "ChannelManager" if booking.channel != "direct" else "Distributor",
            "CreatedUtc": _utc(datetime(2026, 10, 1, 12, tzinfo=UTC)),
            "UpdatedUtc": _utc(booking.updated_at),
            "CancelledUtc": _utc(booking.updated_at) if is_cancelled else None,
            "GroupId": _uuid("9484", booking.key),
            "AssignedResourceId": self.listing_id(home),
            "ChannelNumber": booking.channel,
            "ScheduledStartUtc": starts,
            "ActualStartUtc": None,
            "ScheduledEndUtc": ends,
            "ActualEndUtc": None,
            "StartUtc": starts,
            "EndUtc": ends,
            "PersonCounts": [{"AgeCategoryId": _uuid("1f67", 1), "Count": 2}],
        }


def _customer(guest: SeedGuest) -> dict[str, Any]:
    number = guest.numbers[0] if guest.numbers and not guest.hidden else None
    return {
        "Id": _uuid("fadd", guest.key),
        "FirstName": guest.first,
        "LastName": guest.last,
        "NationalityCode": guest.country,
        "PreferredLanguageCode": None,
        "LanguageCode": f"{guest.language}-{guest.country}",
        "Email": f"{guest.key}@guest.example",
        "HasOtaEmail": guest.hidden,
        "Phone": number,
        "UpdatedUtc": "2026-11-01T09:30:00Z",
        "MergeTargetId": None,
        "IsActive": True,
    }


def _paged(found: list[dict[str, Any]], said: dict[str, Any], name: str) -> Reply:
    """Up to `Count` behind the cursor, which is the id of the last one; null at the end."""
    limitation = said.get("Limitation")
    count = limitation.get("Count") if isinstance(limitation, dict) else None
    if not isinstance(limitation, dict) or type(count) is not int or not 1 <= count <= MOST:
        return _failed(400, f"Limitation.Count is 1 to {MOST}")
    ids = [one["Id"] for one in found]
    cursor = limitation.get("Cursor")
    if cursor is not None and cursor not in ids:
        return _failed(400, "Unknown cursor")
    start = 0 if cursor is None else ids.index(cursor) + 1
    page = found[start : start + count]
    return 200, {}, {name: page, "Cursor": page[-1]["Id"] if page else None}


def _interval(value: Any) -> tuple[str, str] | None:
    try:
        first, last = (datetime.fromisoformat(value[end]) for end in ("StartUtc", "EndUtc"))
    except (TypeError, KeyError, ValueError):
        return None
    if first.tzinfo is None or last.tzinfo is None or last < first:
        return None
    if last - first > LONGEST_INTERVAL:
        return None
    # {now, now} is a moment: whoever is there then
    return _utc(first), _utc(last if last > first else last + timedelta(seconds=1))


def _local(day: date, at: time, zone: str) -> str:
    return _utc(datetime.combine(day, at, ZoneInfo(zone)))


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _reservation_id(booking: SeedBooking, place: int) -> str:
    return _uuid("0f51", booking.key * 10 + place)


def _uuid(begin: str, number: int) -> str:
    return f"{begin}0000-0000-4000-8000-{number:012d}"


def _failed(status: int, message: str) -> Reply:
    return status, {}, {"Message": message, "RequestId": "sample"}
