"""Mews (Connector API): tokens in the body, pages by cursor, guests asked for by the thousand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any

from callassist.errors import TransientError
from callassist.pms_sync.vendors.mews_customers import Customers
from callassist.pms_sync.vendors.mews_facts import FACTS
from callassist.pms_sync.vendors.mews_records import STATES, listing_of, reservation_of
from callassist.pms_sync.vendors.mews_requests import TooMuch, ask, pages_of
from callassist.pms_sync.vendors.reading import as_list, as_object, one, read_each, touches, zone
from callassist.pms_sync.vendors.typed import one_word
from callassist.ports.pms import (
    Contact,
    Hint,
    Listing,
    Reservation,
    ReservationState,
    SetAside,
    Verified,
    Wanted,
)
from callassist.ports.pms_access import Access, BadHook, HookRequest

RESERVATIONS = "reservations/getAll/2023-06-06"
LONGEST_SPAN = timedelta(days=85)  # three months at most; the shortest three have 89 days
SHORTEST_SPAN = timedelta(hours=6)
A_DAY = timedelta(days=1)


class Mews:
    """What is let is a space; a reservation names the customer, who is asked for apart."""

    facts = FACTS

    def check(self, credentials: Mapping[str, str]) -> None:
        one_word(credentials, "client_token")
        one_word(credentials, "access_token")

    def verify(self, access: Access) -> Verified:
        name = _enterprise(access).get("Name")
        return Verified(account=str(name or "")[:200])

    def listings(self, access: Access) -> Iterator[Listing | SetAside]:
        enterprise = _enterprise(access)
        place = zone(enterprise.get("TimeZoneIdentifier"))
        zones = {str(enterprise.get("Id")): place} if place else {}
        house = str(enterprise.get("Name") or "")
        extent = {"Extent": {"Resources": True, "Inactive": False}}
        for page in pages_of(access, "resources/getAll", extent, "Resources"):
            yield from read_each(page, partial(listing_of, zones, house), "Id")

    def reservations(self, access: Access, wanted: Wanted) -> Iterator[Reservation | SetAside]:
        """In pieces of less than three months; one that lies in two of them comes once."""
        read = partial(reservation_of, zone(_enterprise(access).get("TimeZoneIdentifier")))
        customers, seen = Customers(access), set[str]()
        for page in _in_pieces(access, *_filter(wanted, access.now())):
            fresh = [made for made in read_each(page, read, "Id") if _is_new(made, seen)]
            customers.fetch(
                made.contact_id
                for made in fresh
                if isinstance(made, Reservation) and made.contact_id and _is_phoned(made)
            )
            for made in fresh:
                if isinstance(made, SetAside):
                    yield made
                elif touches(made, wanted):
                    # whoever does not stay is not asked for: what is known of them stays
                    is_known = _is_phoned(made) or made.contact_id is None
                    contact = customers.of(made.contact_id) if is_known else None
                    yield replace(made, contact=contact)

    def reservation(self, access: Access, external_id: str) -> Reservation | None:
        read = partial(reservation_of, zone(_enterprise(access).get("TimeZoneIdentifier")))
        body = {"ReservationIds": [external_id], "Limitation": {"Count": 1}}
        answer = as_object(ask(access, RESERVATIONS, body).json(), "the answer")
        for record in as_list(answer.get("Reservations"), "Reservations"):
            made = one(record, read, "the reservation")
            # nobody to phone: nothing is left to ask
            return made if made.contact_id else replace(made, contact=Contact())
        return None

    def contact(self, access: Access, reservation: Reservation) -> Contact:
        customers = Customers(access)
        customers.fetch([reservation.contact_id] if reservation.contact_id else [])
        return customers.of(reservation.contact_id)

    def register_hook(self, access: Access, url: str) -> str | None:
        raise NotImplementedError("Mews's webhooks are set up by Mews")

    def parse_webhook(self, request: HookRequest, secrets: Sequence[str]) -> Hint:
        """One hook carries several events; nothing is signed."""
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            raise BadHook("the hook is no JSON") from None
        events = body.get("Events") if isinstance(body, dict) else None
        if not isinstance(events, list):
            raise BadHook("the hook has no Events")
        named = [(_kind(event), _id(event)) for event in events]
        return Hint(
            reservation_ids=_ids(named, "ServiceOrderUpdated"),
            contact_ids=_ids(named, "CustomerUpdated", "CustomerAdded"),
            listings=any(kind == "ResourceUpdated" for kind, _ in named),
        )

    def send_message(self, access: Access, reservation: Reservation, text: str) -> None:
        raise NotImplementedError("messages are not written to Mews")

    def add_note(self, access: Access, reservation: Reservation, text: str) -> None:
        raise NotImplementedError("notes are not written to Mews")


def _enterprise(access: Access) -> dict[str, Any]:
    body = as_object(ask(access, "configuration/get", {}).json(), "the answer")
    return as_object(body.get("Enterprise"), "Enterprise")


def _filter(wanted: Wanted, now: datetime) -> tuple[str, datetime, datetime]:
    """The name of the filter and the span it covers; a day more, for any zone."""
    if wanted.since is not None:
        return "UpdatedUtc", wanted.since.astimezone(UTC), now + timedelta(minutes=5)
    first = datetime.combine(wanted.first, time(), UTC) - A_DAY
    return "CollidingUtc", first, datetime.combine(wanted.last, time(), UTC) + 2 * A_DAY


def _in_pieces(access: Access, name: str, begin: datetime, end: datetime) -> Iterator[list[Any]]:
    """Page after page of every piece; a piece that Mews finds too heavy is read in halves."""
    span = LONGEST_SPAN
    while begin < end:
        until = min(begin + span, end)
        body = {
            name: {"StartUtc": _utc(begin), "EndUtc": _utc(until)},
            "States": list(STATES),
        }
        try:
            yield from pages_of(access, RESERVATIONS, body, "Reservations")
        except TooMuch:
            span = (until - begin) / 2
            if span < SHORTEST_SPAN:
                raise TransientError("Mews takes too long even for a few hours") from None
            continue
        begin = until


def _utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_new(made: Reservation | SetAside, seen: set[str]) -> bool:
    if made.external_id in seen:
        return False
    seen.add(made.external_id)
    return True


def _is_phoned(made: Reservation) -> bool:
    return made.state in (ReservationState.STAYS, ReservationState.NOT_YET)


def _kind(event: object) -> str:
    return str(event.get("Discriminator")) if isinstance(event, dict) else ""


def _id(event: object) -> str:
    value = event.get("Value") if isinstance(event, dict) else None
    named = value.get("Id") if isinstance(value, dict) else None
    return named[:200] if isinstance(named, str) else ""


def _ids(named: list[tuple[str, str]], *kinds: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one_id for kind, one_id in named if kind in kinds and one_id))
