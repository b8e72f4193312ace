"""Beds24 (API v2): an invite code once, then tokens; a bad token may answer HTTP 200."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, timedelta
from functools import partial
from typing import Any

from callassist.errors import InvalidInput
from callassist.pms_sync.vendors.beds24_facts import FACTS
from callassist.pms_sync.vendors.beds24_records import (
    STATUSES,
    Units,
    contact_of,
    listings_of,
    reservation_of,
    units_of,
)
from callassist.pms_sync.vendors.beds24_requests import Params, ask, field_of, pages_of, refused
from callassist.pms_sync.vendors.reading import as_list, as_object, one, read_each, touches
from callassist.pms_sync.vendors.typed import one_word
from callassist.ports.pms import (
    Contact,
    Hint,
    Listing,
    Reservation,
    SetAside,
    Verified,
    Wanted,
)
from callassist.ports.pms_access import (
    Access,
    BadHook,
    CredentialsRefused,
    HookRequest,
)
from callassist.ports.wording import said

ANY_ZONE = timedelta(hours=12)  # in which modifiedFrom is read, nobody says
_NEEDED = ("read:bookings", "read:properties")


class Beds24:
    """Bookings of rooms; names and numbers only with the permission bookings-personal."""

    facts = FACTS

    def check(self, credentials: Mapping[str, str]) -> None:
        code = one_word(credentials, "invite_code", required=False)
        token = one_word(credentials, "long_life_token", required=False)
        if not code and not token:
            raise InvalidInput("is missing; make one in Beds24, Marketplace, API", "invite_code")
        if code and token:
            raise InvalidInput("leave this empty: an invite code is enough", "long_life_token")

    def verify(self, access: Access) -> Verified:
        body = as_object(ask(access, "/authentication/details").json(), "the answer")
        if body.get("validToken") is not True:
            access.forget_token()
            raise refused(access)
        token = as_object(body.get("token"), "token")
        granted = {str(scope) for scope in as_list(token.get("scopes"), "scopes")}
        if not all(_may(granted, scope) for scope in _NEEDED):
            raise CredentialsRefused(
                "it may not read bookings and properties; make a new one in Beds24 and tick "
                "bookings, bookings-personal and properties",
                field_of(access),
            )
        warnings = () if _may(granted, "read:bookings-personal") else (NO_NAMES,)
        owner = token.get("ownerId")
        return Verified(account="" if owner is None else str(owner)[:80], warnings=warnings)

    def listings(self, access: Access) -> Iterator[Listing | SetAside]:
        for page in pages_of(access, "/properties", [("includeAllRooms", "true")]):
            for made in read_each(page, listings_of, "id"):
                if isinstance(made, SetAside):
                    yield made
                else:
                    yield from made

    def reservations(self, access: Access, wanted: Wanted) -> Iterator[Reservation | SetAside]:
        """Every status and both ends of the days: unasked it lists only what is to come."""
        read = partial(reservation_of, _units(access))
        params: Params = [("status[]", status) for status in STATUSES]
        params += [("includeGuests", "true"), ("departureFrom", wanted.first.isoformat())]
        if wanted.since is None:
            params.append(("arrivalTo", wanted.last.isoformat()))
        else:
            since = wanted.since.astimezone(UTC) - ANY_ZONE
            params.append(("modifiedFrom", since.strftime("%Y-%m-%dT%H:%M:%SZ")))
        for page in pages_of(access, "/bookings", params):
            for made in read_each(page, read, "id"):
                if isinstance(made, SetAside) or touches(made, wanted):
                    yield made

    def reservation(self, access: Access, external_id: str) -> Reservation | None:
        record = _booking(access, external_id)
        if record is None:
            return None
        return one(record, partial(reservation_of, _units(access)), "the booking")

    def contact(self, access: Access, reservation: Reservation) -> Contact:
        """Of the group's first booking, where this one carries no number."""
        record = _booking(access, reservation.contact_id or reservation.external_id)
        return Contact() if record is None else one(record, contact_of, "the booking")

    def register_hook(self, access: Access, url: str) -> str | None:
        raise NotImplementedError("Beds24's webhooks are set by the host, per property")

    def parse_webhook(self, request: HookRequest, secrets: Sequence[str]) -> Hint:
        """Nothing is signed: only the id is believed."""
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            raise BadHook("the hook is no JSON") from None
        if not isinstance(body, dict):
            raise BadHook("the hook is no object")
        booking = body.get("booking")
        named = booking.get("id") if isinstance(booking, dict) else None
        if isinstance(named, bool) or not isinstance(named, int | str) or not str(named).strip():
            return Hint(everything=True)
        return Hint(reservation_ids=(str(named).strip()[:200],))

    def send_message(self, access: Access, reservation: Reservation, text: str) -> None:
        raise NotImplementedError("messages are not written to Beds24")

    def add_note(self, access: Access, reservation: Reservation, text: str) -> None:
        raise NotImplementedError("notes are not written to Beds24")


NO_NAMES = said(
    "This access may not read bookings-personal: stays come in without names and numbers. Make a "
    "new invite code with bookings-personal ticked."
)


def _may(granted: set[str], scope: str) -> bool:
    return scope in granted or scope.replace("read:", "all:") in granted


def _booking(access: Access, external_id: str) -> dict[str, Any] | None:
    params: Params = [("id", external_id), ("includeGuests", "true")]
    for page in pages_of(access, "/bookings", params):
        for record in page:
            if isinstance(record, dict) and str(record.get("id")) == external_id:
                return record
    return None


def _units(access: Access) -> Units:
    units: Units = {}
    for page in pages_of(access, "/properties", [("includeAllRooms", "true")]):
        for home in page:
            rooms = home.get("roomTypes") if isinstance(home, dict) else None
            for room in rooms if isinstance(rooms, list) else []:
                if isinstance(room, dict) and units_of(room) > 1:
                    units[str(room.get("id"))] = units_of(room)
    return units
