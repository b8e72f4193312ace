"""Guesty's Open API: reservations v3 (or the old list until 1 March 2027), guests, webhooks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from callassist.errors import InvalidInput, PermanentError
from callassist.pms_sync.vendors import guesty_hooks, guesty_records, reading
from callassist.pms_sync.vendors import guesty_requests as asking
from callassist.pms_sync.vendors.guesty_facts import FACTS, HIDDEN_BOOKINGS
from callassist.pms_sync.vendors.reading import Pages
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
    HookRequest,
    NotThere,
)
from callassist.ports.wording import said

LONGEST_NOTE = 4095
LISTING_FIELDS = (
    "_id title nickname timezone defaultCheckInTime defaultCheckOutTime active isListed address"
)
SURE_TO_COME = ("confirmed", "checked_in")


class Guesty:
    """One host's Guesty account, by the host's own API key (not as a marketplace partner)."""

    facts = FACTS

    def check(self, credentials: Mapping[str, str]) -> None:
        """Refuse a missing or broken id or secret, and an unknown list of reservations."""
        client_id = one_word(credentials, "client_id")
        secret = one_word(credentials, "client_secret")
        if "@" in client_id:
            raise InvalidInput(
                "is an e-mail address; copy the Client ID of the API key", "client_id"
            )
        if secret == client_id:
            raise InvalidInput("is the Client ID again; copy the Client secret", "client_secret")
        if credentials.get("reservations", "") not in {"", "v3", "legacy"}:
            raise InvalidInput("is neither the new nor the old list", "reservations")

    def verify(self, access: Access) -> Verified:
        """Whose account it is; a warning when the new list lacks bookings that the old one has."""
        answer = asking.get(access, "/v1/accounts/me").json()
        account = reading.one(answer, guesty_records.account, "Guesty's account")
        warnings = (HIDDEN_BOOKINGS,) if self._hides_bookings(access) else ()
        return Verified(account=account, warnings=warnings)

    def listings(self, access: Access) -> Iterator[Listing | SetAside]:
        """Every listing, a hundred at a time."""
        pages = Pages()
        skip = 0
        while True:
            params = {"limit": asking.PAGE, "skip": skip, "fields": LISTING_FIELDS}
            results, _ = asking.page(asking.get(access, "/v1/listings", params))
            yield from reading.read_each(results, guesty_records.listing, "_id")
            if len(results) < asking.PAGE:
                return
            pages.turn(reading.ends(results, "_id"))
            skip += asking.PAGE

    def reservations(self, access: Access, wanted: Wanted) -> Iterator[Reservation | SetAside]:
        """Every reservation of the days wanted; Guesty's new list cannot tell what changed."""
        wanted = replace(wanted, since=None)
        ask = asking.legacy_page if asking.is_legacy(access) else asking.search_page
        read = guesty_records.legacy if asking.is_legacy(access) else guesty_records.reservation
        pages = Pages()
        skip = 0
        while True:
            results, has_more, step = ask(access, wanted, skip)
            for one in reading.read_each(results, read, "reservationId", "_id"):
                if isinstance(one, SetAside) or reading.touches(one, wanted):
                    yield one
            if not has_more:
                return
            pages.turn(reading.ends(results, "reservationId", "_id"))
            skip += step

    def reservation(self, access: Access, external_id: str) -> Reservation | None:
        """One by its id; ids that are not there are simply absent from the answer."""
        answer = asking.get(access, "/v1/reservations-v3", [("reservationIds[]", external_id)])
        found = reading.as_list(answer.json(), "Guesty's answer")
        for record in found:
            one = guesty_records.reservation(reading.as_object(record, "Guesty's reservation"))
            if one.external_id == external_id:
                return one
        return None

    def contact(self, access: Access, reservation: Reservation) -> Contact:
        """The guest, by a request of its own; nobody where the guest was deleted there."""
        if not reservation.contact_id:
            return Contact()
        try:
            answer = asking.get(
                access, f"/v1/guests-crud/{asking.path_part(reservation.contact_id)}"
            )
        except NotThere:
            return Contact()
        return reading.one(answer.json(), guesty_records.contact, "Guesty's guest")

    def register_hook(self, access: Access, url: str) -> str | None:
        """Subscribe once to reservations and listings; the secret that Svix signs with."""
        return guesty_hooks.register(access, url, asking.ask)

    def parse_webhook(self, request: HookRequest, secrets: Sequence[str]) -> Hint:
        """What a hook signed by Svix names."""
        return guesty_hooks.parse(request, secrets)

    def send_message(self, access: Access, reservation: Reservation, text: str) -> None:
        """Write to the guest through whatever the booking came by."""
        conversation = reservation.conversation_id or _conversation(access, reservation)
        asking.ask(
            access,
            "POST",
            f"/v1/communication/conversations/{asking.path_part(conversation)}/send-message",
            json={"module": {"type": "platform"}, "body": text},
        )

    def add_note(self, access: Access, reservation: Reservation, text: str) -> None:
        """An internal comment on the reservation; it overwrites nothing."""
        path = f"/v1/reservations-v3/{asking.path_part(reservation.external_id)}/comments"
        answer = asking.ask(access, "POST", path, json={"body": text[:LONGEST_NOTE]}, see=(403,))
        if answer.status == 403:
            raise PermanentError(
                said("Guesty takes no comments from this API key: it belongs to no user there.")
            )

    def _hides_bookings(self, access: Access) -> bool:
        """Whether the new list lacks bookings of the next weeks that the old one has."""
        if asking.is_legacy(access) or access.now() >= asking.LEGACY_ENDS:
            return False
        today = access.now().date()
        near = Wanted(first=today, last=today + timedelta(days=30))
        try:
            old, _, _ = asking.legacy_page(access, near, 0)
        except (BadAnswer, NotThere):  # removed before its day
            return False
        new, new_more, _ = asking.search_page(access, near, 0)
        known = {_id(one) for one in new}
        # both are sorted by id: beyond the end of a page that goes on nothing can be said
        end = max(known, default="") if new_more else None
        sure = (one for one in old if isinstance(one, dict) and one.get("status") in SURE_TO_COME)
        missing = {_id(one) for one in sure} - known
        return any(end is None or one <= end for one in missing)


def _conversation(access: Access, reservation: Reservation) -> str:
    wanted = {"field": "reservation._id", "operator": "$eq", "value": reservation.external_id}
    params = {"filters": json.dumps([wanted]), "limit": 1}
    body = reading.as_object(
        asking.get(access, "/v1/communication/conversations", params).json(), "Guesty's answer"
    )
    inner = body.get("data")
    place = inner if isinstance(inner, dict) else body
    found = place.get("conversations", place.get("results"))
    for one in reading.as_list(found, "Guesty's list of conversations"):
        return reading.one(one, guesty_records.conversation_id, "Guesty's conversation")
    raise PermanentError(said("Guesty has no conversation with this guest."))


def _id(record: object) -> str:
    found = record.get("reservationId") or record.get("_id") if isinstance(record, dict) else None
    return found if isinstance(found, str) else ""
