"""Smoobu: apartments, bookings with their numbers, by API key alone or with a signature."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from callassist.errors import InvalidInput
from callassist.pms_sync.vendors import reading
from callassist.pms_sync.vendors.reading import Pages, Unreadable
from callassist.pms_sync.vendors.smoobu_facts import FACTS, NO_SECRET
from callassist.pms_sync.vendors.smoobu_records import booking, listing
from callassist.pms_sync.vendors.smoobu_requests import ask, is_key_known
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
from callassist.ports.wording import said

PAGE = 100
DAY = timedelta(days=1)
# "notice" is what the booking's page shows to the host; another field can be named
NOTE_FIELD = "notice"


class Smoobu:
    """One host's Smoobu account."""

    facts = FACTS

    def check(self, credentials: Mapping[str, str]) -> None:
        """Refuse a missing or broken key, and a secret that is the key again."""
        key = one_word(credentials, "api_key")
        if "@" in key:
            raise InvalidInput("is an e-mail address; copy the key itself", "api_key")
        if one_word(credentials, "api_secret", required=False) == key:
            raise InvalidInput("is the API key again; leave it empty if unsure", "api_secret")

    def verify(self, access: Access) -> Verified:
        """Whose account it is; a warning where there is no secret."""
        has_secret = bool(access.credentials.get("api_secret", "").strip())
        try:
            me = ask(access, "GET", "/api/me").json()
        except CredentialsRefused as refused:
            if has_secret and is_key_known(access):
                raise CredentialsRefused(refused.detail, "api_secret") from None
            raise
        account = reading.one(me, _owner, "Smoobu's account")
        return Verified(account=account, warnings=() if has_secret else (NO_SECRET,))

    def listings(self, access: Access) -> Iterator[Listing | SetAside]:
        """Every apartment, each asked for once more: the list has only names."""
        body = reading.as_object(ask(access, "GET", "/api/apartments").json(), "Smoobu's answer")
        apartments = reading.as_list(body.get("apartments"), "apartments in Smoobu's answer")

        def with_details(record: dict[str, Any]) -> Listing:
            return listing(record, _details(access, reading.an_id(record, "id")))

        yield from reading.read_each(apartments, with_details, "id")

    def reservations(self, access: Access, wanted: Wanted) -> Iterator[Reservation | SetAside]:
        """Every booking wanted, with cancelled and blocked ones."""
        pages = Pages()
        page = 1
        while True:
            params = {**_span(wanted), "showCancellation": "true", "page": page, "pageSize": PAGE}
            answer = ask(access, "GET", "/api/reservations", params=params)
            body = reading.as_object(answer.json(), "Smoobu's answer")
            bookings = reading.as_list(body.get("bookings"), "bookings in Smoobu's answer")
            for one in reading.read_each(bookings, booking, "id"):
                if isinstance(one, SetAside) or reading.touches(one, wanted):
                    yield one
            if not bookings or page >= _page_count(body, page, len(bookings)):
                return
            pages.turn(reading.ends(bookings, "id"))
            page += 1

    def reservation(self, access: Access, external_id: str) -> Reservation | None:
        """One by its id, with its number; None when it was deleted."""
        try:
            record = ask(access, "GET", f"/api/reservations/{_number(external_id)}").json()
        except NotThere:
            return None
        return booking(reading.as_object(record, "Smoobu's booking"))

    def contact(self, access: Access, reservation: Reservation) -> Contact:
        """Never needed: the guest stands on the booking."""
        return reservation.contact or Contact()

    def register_hook(self, access: Access, url: str) -> str | None:
        """Nothing: the host pastes the address."""
        return None

    def parse_webhook(self, request: HookRequest, secrets: Sequence[str]) -> Hint:
        """The booking that a hook names; only the address proves where it is from."""
        try:
            payload = json.loads(request.body)
        except (ValueError, RecursionError):
            raise BadHook("the body is no JSON") from None
        if not isinstance(payload, dict) or not isinstance(payload.get("action"), str):
            raise BadHook("the action has no name")
        if "reservation" not in payload["action"].lower():
            return Hint()
        data = payload.get("data")
        try:
            found = reading.an_id(data if isinstance(data, dict) else {}, "id")
        except Unreadable:
            return Hint(everything=True)
        return Hint(reservation_ids=(found,))

    def send_message(self, access: Access, reservation: Reservation, text: str) -> None:
        """Write to the guest through whatever the booking came by."""
        path = f"/api/reservations/{_number(reservation.external_id)}/messages"
        ask(access, "POST", f"{path}/send-message-to-guest", json={"messageBody": text})

    def add_note(self, access: Access, reservation: Reservation, text: str) -> None:
        """Below whatever the host wrote in the note; nothing of it is lost."""
        path = f"/api/reservations/{_number(reservation.external_id)}"
        chosen = access.options.get("note_field")
        name = chosen if isinstance(chosen, str) and chosen else NOTE_FIELD
        record = reading.as_object(ask(access, "GET", path).json(), "Smoobu's booking")
        before = record.get(name)
        if before is not None and not isinstance(before, str):
            raise BadAnswer(f"Smoobu's {name} is no text")
        if text in (before or ""):
            return
        note = f"{before.rstrip()}\n\n{text}" if before and before.strip() else text
        ask(access, "PUT", path, json={name: note})


def _span(wanted: Wanted) -> dict[str, str]:
    if wanted.since is not None:
        # by days of an unnamed zone; days before are read once more
        return {"modifiedFrom": (wanted.since - DAY).date().isoformat()}
    return {"departureFrom": wanted.first.isoformat(), "arrivalTo": wanted.last.isoformat()}


def _page_count(body: Mapping[str, Any], page: int, found: int) -> int:
    """How many pages there are; where it is not said, a full page is not the last one."""
    count = body.get("page_count")
    if isinstance(count, int) and not isinstance(count, bool) and count >= 0:
        return count
    return page + 1 if found >= PAGE else page


def _details(access: Access, apartment_id: str) -> dict[str, Any]:
    try:
        answer = ask(access, "GET", f"/api/apartments/{_number(apartment_id)}")
    except NotThere:
        return {}
    return reading.as_object(answer.json(), "Smoobu's apartment")


def _owner(me: dict[str, Any]) -> str:
    parts = (reading.text(me, "firstName"), reading.text(me, "lastName"))
    return " ".join(part for part in parts if part) or reading.text(me, "email", "id")


def _number(external_id: str) -> str:
    if not external_id.isdigit():
        raise NotThere(said("Smoobu knows no such id."))
    return external_id
