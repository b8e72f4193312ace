"""Cloudbeds (PMS API v1.3): an API key; a failure is HTTP 200 with success=false."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from callassist.pms_sync.vendors.cloudbeds_facts import FACTS
from callassist.pms_sync.vendors.cloudbeds_records import reservation_of, room_of
from callassist.pms_sync.vendors.reading import (
    Pages,
    Unreadable,
    an_id,
    as_list,
    as_object,
    ends,
    one,
    read_each,
    touches,
    zone,
)
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
    BadAnswer,
    BadHook,
    CredentialsRefused,
    HookRequest,
    NotThere,
)

PAGE_SIZE = 100
LONGEST_MESSAGE = 200
_EVENTS = (
    ("reservation", "created"),
    ("reservation", "status_changed"),
    ("reservation", "dates_changed"),
    ("reservation", "accommodation_changed"),
    ("reservation", "deleted"),
    ("guest", "details_changed"),
)
# Cloudbeds answers 200 for all of these; only its sentence tells them apart
_IS_REFUSAL = re.compile(r"token|api.?key|authenti|authori[sz]|permission|scope|credential", re.I)
_IS_MISSING = re.compile(r"not found|does not exist|no reservation|invalid reservation", re.I)


class Cloudbeds:
    """What is let is a room; its property says the zone and the times."""

    facts = FACTS

    def check(self, credentials: Mapping[str, str]) -> None:
        one_word(credentials, "api_key")
        one_word(credentials, "property_id", required=False)

    def verify(self, access: Access) -> Verified:
        hotels = list(_hotels(access))
        if not hotels:
            if access.credentials.get("property_id", "").strip():
                raise CredentialsRefused(
                    "this key does not open that property; leave the field empty for all that it "
                    "opens",
                    "property_id",
                )
            raise CredentialsRefused("this key opens no property", "api_key")
        try:
            _ask(access, "getReservations", {**_of(hotels[0]), "pageNumber": 1, "pageSize": 1})
        except CredentialsRefused:
            raise CredentialsRefused(
                "this key may not read reservations; give it the permissions read:reservation "
                "and read:guest in Cloudbeds",
                "api_key",
            ) from None
        return Verified(account=str(hotels[0].get("propertyName") or ""))

    def listings(self, access: Access) -> Iterator[Listing | SetAside]:
        for hotel in _hotels(access):
            answer = _ask(access, "getHotelDetails", _of(hotel)).get("data")
            read = partial(room_of, {**(answer if isinstance(answer, dict) else {}), **hotel})
            # getRooms names the property in the plural, and groups its rooms by property
            for page in _pages(access, "getRooms", {"propertyIDs": _of(hotel)["propertyID"]}):
                for group in page:
                    rooms = as_object(group, "data").get("rooms")
                    yield from read_each(as_list(rooms, "rooms"), read, "roomID")

    def reservations(self, access: Access, wanted: Wanted) -> Iterator[Reservation | SetAside]:
        for hotel in _hotels(access):
            params = {
                **_of(hotel),
                "includeGuestsDetails": "true",
                "includeAllRooms": "true",
                **_when(hotel, wanted),
            }
            read = partial(reservation_of, zone(hotel.get("propertyTimezone")))
            for page in _pages(access, "getReservations", params):
                for made in read_each(page, read, "reservationID"):
                    if isinstance(made, SetAside) or touches(made, wanted):
                        yield made

    def reservation(self, access: Access, external_id: str) -> Reservation | None:
        for hotel in _hotels(access):
            try:
                params = {**_of(hotel), "reservationID": external_id}
                record = _ask(access, "getReservation", params).get("data")
            except NotThere:
                continue  # it may be another property's
            read = partial(reservation_of, zone(hotel.get("propertyTimezone")))
            return one(record, read, "the reservation")
        return None

    def contact(self, access: Access, reservation: Reservation) -> Contact:
        again = self.reservation(access, reservation.external_id)
        return (again.contact if again is not None else None) or Contact()

    def register_hook(self, access: Access, url: str) -> str | None:
        """One subscription per property and event; nothing is signed, the address is the secret."""
        for hotel in _hotels(access):
            listed = _ask(access, "getWebhooks", _of(hotel)).get("data") or []
            there = [set(_texts(hook)) for hook in as_list(listed, "data")]
            for thing, action in _EVENTS:
                if not any({url, thing, action} <= hook for hook in there):
                    form = {**_of(hotel), "object": thing, "action": action, "endpointUrl": url}
                    _ask(access, "postWebhook", form, method="POST")
        return None

    def parse_webhook(self, request: HookRequest, secrets: Sequence[str]) -> Hint:
        """The case of its keys varies: reservationID, reservationId."""
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            raise BadHook("the hook is no JSON") from None
        if not isinstance(body, dict):
            raise BadHook("the hook is no object")
        said_there = {name.lower(): value for name, value in body.items()}
        event = str(said_there.get("event", ""))
        if not event.startswith(("reservation/", "guest/")):
            return Hint()
        if booking := _id(said_there.get("reservationid")):
            return Hint(reservation_ids=(booking,))
        guest = _id(said_there.get("guestid"))
        return Hint(contact_ids=(guest,)) if guest else Hint(everything=True)

    def send_message(self, access: Access, reservation: Reservation, text: str) -> None:
        raise NotImplementedError("Cloudbeds has no messages")

    def add_note(self, access: Access, reservation: Reservation, text: str) -> None:
        raise NotImplementedError("notes are not written to Cloudbeds")


def _ask(
    access: Access, name: str, params: Mapping[str, Any], *, method: str = "GET"
) -> dict[str, Any]:
    headers = {"x-api-key": access.credentials.get("api_key", "").strip()}
    what: dict[str, Any] = {"params": params} if method == "GET" else {"form": params}
    try:
        answer = access.call(method, f"/{name}", headers=headers, **what)
    except CredentialsRefused:
        raise CredentialsRefused(
            "Cloudbeds does not accept this key; copy it again from API Credentials", "api_key"
        ) from None
    body = as_object(answer.json(), "the answer")
    if body.get("success") in (True, "true"):
        return body
    why = str(body.get("message") or "no reason")[:LONGEST_MESSAGE]
    if _IS_MISSING.search(why):
        raise NotThere(f"Cloudbeds says: {why}")
    if _IS_REFUSAL.search(why):
        raise CredentialsRefused(
            "Cloudbeds does not let this key do that; give it the permissions named below the "
            "field, or make a new one",
            "api_key",
        )
    raise BadAnswer(f"Cloudbeds says: {why}")


def _hotels(access: Access) -> Iterator[dict[str, Any]]:
    """The properties of the key, or the one that the host named."""
    named = access.credentials.get("property_id", "").strip()
    for page in _pages(access, "getHotels", {}):
        for hotel in page:
            known = as_object(hotel, "a property")
            if not named or _of(known)["propertyID"] == named:
                yield known


def _of(hotel: Mapping[str, Any]) -> dict[str, str]:
    try:
        return {"propertyID": an_id(hotel, "propertyID")}
    except Unreadable as why:
        raise BadAnswer(f"a property: {why}") from None


def _pages(access: Access, name: str, params: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Up to an empty page or to `total`; a page may be shorter than asked for."""
    guard, read = Pages(), 0
    for number in itertools.count(1):
        paging = {"pageNumber": number, "pageSize": PAGE_SIZE}
        body = _ask(access, name, {**params, **paging})
        page = as_list(body.get("data"), "data")
        rows = _rows(page)
        if not rows:
            return
        guard.turn(ends(rows, "reservationID", "roomID", "propertyID"))
        yield page
        read += len(rows)
        # a total of something else than these rows, properties instead of rooms, says nothing
        if body.get("count", len(rows)) == len(rows) and body.get("total") == read:
            return


def _rows(page: list[Any]) -> list[Any]:
    """What is counted: getRooms groups its rooms by property."""
    if all(isinstance(row, dict) and "rooms" in row and "status" not in row for row in page):
        return [room for row in page for room in as_list(row["rooms"], "rooms")]
    return page


def _texts(value: object) -> Iterator[str]:
    """Every text in a subscription: how its fields are called is not described."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)


def _when(hotel: Mapping[str, Any], wanted: Wanted) -> dict[str, str]:
    if wanted.since is None:
        return {
            "checkOutFrom": wanted.first.isoformat(),
            "checkInTo": wanted.last.isoformat(),
            "datesQueryMode": "booking",
        }
    place = zone(hotel.get("propertyTimezone"))
    read = [wanted.since.astimezone(ZoneInfo(place)) if place else wanted.since]
    read.append(wanted.since.astimezone(UTC))
    return {"modifiedFrom": min(each.strftime("%Y-%m-%d %H:%M:%S") for each in read)}


def _id(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        return None
    return str(value).strip()[:200]
