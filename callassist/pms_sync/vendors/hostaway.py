"""Hostaway's public API v1: listings, reservations with their numbers, unified webhooks."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from callassist.errors import InvalidInput, PermanentError
from callassist.pms_sync.vendors import hostaway_hooks, reading
from callassist.pms_sync.vendors.hostaway_facts import FACTS, KEY_REFUSED, NO_NUMBERS, PLATFORMS
from callassist.pms_sync.vendors.hostaway_records import is_calendar, listing, reservation
from callassist.pms_sync.vendors.reading import Pages
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
from callassist.ports.pms_access import (
    Access,
    BadAnswer,
    CredentialsRefused,
    HookRequest,
    NotThere,
    Token,
)
from callassist.ports.wording import said

PAGE = 100
FEW = 20
ENOUGH_TO_JUDGE = 5
# "wait at least one second before you use a new token"
TOKEN_REST_SECONDS = 1.1
DAY = timedelta(days=1)


class Hostaway:
    """One host's Hostaway account, by account ID and API key."""

    facts = FACTS

    def check(self, credentials: Mapping[str, str]) -> None:
        """Refuse an account ID that is no number, and a missing or broken key."""
        account_id = one_word(credentials, "account_id")
        if not account_id.isdigit():
            raise InvalidInput("has only digits; it stands above the API keys", "account_id")
        if one_word(credentials, "api_key") == account_id:
            raise InvalidInput("is the account ID again; copy the API key", "api_key")

    def verify(self, access: Access) -> Verified:
        """Ask for a listing; a warning when no recent booking shows a number."""
        _results(access, "/v1/listings", {"limit": 1, "includeResources": 0})
        newest = _results(access, "/v1/reservations", {"limit": FEW, "includeResources": 0})
        known = [
            one
            for one in reading.read_each(newest, reservation, "id")
            if isinstance(one, Reservation) and one.state is ReservationState.STAYS
        ]
        booked = [one for one in known if not is_calendar(one.channel)]
        has_numbers = any(one.contact is not None and one.contact.numbers for one in booked)
        is_odd = len(booked) >= ENOUGH_TO_JUDGE and not has_numbers
        return Verified(
            account=access.credentials["account_id"].strip(),
            warnings=(NO_NUMBERS,) if is_odd else (),
        )

    def listings(self, access: Access) -> Iterator[Listing | SetAside]:
        """Every listing, a hundred at a time."""
        pages = Pages()
        offset = 0
        while True:
            params = {"limit": PAGE, "offset": offset, "includeResources": 0}
            results = _results(access, "/v1/listings", params)
            yield from reading.read_each(results, listing, "id")
            if len(results) < PAGE:
                return
            pages.turn(reading.ends(results, "id"))
            offset += PAGE

    def reservations(self, access: Access, wanted: Wanted) -> Iterator[Reservation | SetAside]:
        """Every reservation wanted, newest change first, by a cursor of ids."""
        pages = Pages()
        params: dict[str, Any] = {"limit": PAGE, "includeResources": 0, **_span(wanted)}
        while True:
            results = _results(access, "/v1/reservations", params)
            for one in reading.read_each(results, reservation, "id"):
                if isinstance(one, SetAside) or reading.touches(one, wanted):
                    yield one
            if len(results) < PAGE:
                return
            pages.turn(reading.ends(results, "id"))
            params["afterId"] = reading.one(
                results[-1], lambda last: reading.an_id(last, "id"), "Hostaway's last reservation"
            )

    def reservation(self, access: Access, external_id: str) -> Reservation | None:
        """One by its id, with its number."""
        try:
            record = _result(access, "GET", f"/v1/reservations/{_number(external_id)}")
        except NotThere:
            return None
        return reservation(reading.as_object(record, "Hostaway's reservation"))

    def contact(self, access: Access, reservation: Reservation) -> Contact:
        """Never needed: the guest stands on the reservation."""
        return reservation.contact or Contact()

    def register_hook(self, access: Access, url: str) -> str | None:
        """Have everything sent to `url` under a login and password that we make up."""
        return hostaway_hooks.register(access, url, _ask)

    def parse_webhook(self, request: HookRequest, secrets: Sequence[str]) -> Hint:
        """What a hook with our login and password names."""
        return hostaway_hooks.parse(request, secrets)

    def send_message(self, access: Access, reservation: Reservation, text: str) -> None:
        """Write to the guest in the booking's conversation."""
        conversation = reservation.conversation_id
        if conversation is None:
            params = {"reservationId": reservation.external_id, "limit": 1, "includeResources": 0}
            found = _results(access, "/v1/conversations", params)
            if not found:
                raise PermanentError(said("Hostaway has no conversation with this guest."))
            conversation = reading.one(
                found[0], lambda one: reading.an_id(one, "id"), "Hostaway's conversation"
            )
        path = f"/v1/conversations/{_number(conversation)}/messages"
        # without a word Hostaway writes an e-mail; a platform hides the address
        by_platform = reservation.channel.lower() in PLATFORMS
        way = {"communicationType": "channel"} if by_platform else {}
        _result(access, "POST", path, json={"body": text, **way})

    def add_note(self, access: Access, reservation: Reservation, text: str) -> None:
        """Below whatever the host wrote in the note; nothing of it is lost."""
        path = f"/v1/reservations/{_number(reservation.external_id)}"
        record = reading.as_object(_result(access, "GET", path), "Hostaway's reservation")
        before = record.get("hostNote")
        if before is not None and not isinstance(before, str):
            raise BadAnswer("Hostaway's hostNote is no text")
        if text in (before or ""):
            return
        note = f"{before.rstrip()}\n\n{text}" if before and before.strip() else text
        _result(access, "PUT", path, json={"hostNote": note})


def _span(wanted: Wanted) -> dict[str, str]:
    if wanted.since is not None:
        # by days of an unnamed zone; days before are read once more
        return {"latestActivityStart": (wanted.since - DAY).date().isoformat()}
    return {
        "departureStartDate": (wanted.first - DAY).isoformat(),
        "arrivalEndDate": (wanted.last + DAY).isoformat(),
    }


def _results(access: Access, path: str, params: Mapping[str, Any]) -> list[Any]:
    return reading.as_list(_result(access, "GET", path, params=params), "Hostaway's result")


def _result(access: Access, method: str, path: str, **more: Any) -> Any:
    body = reading.as_object(_ask(access, method, path, **more), "Hostaway's answer")
    if body.get("status") != "success":
        why = body.get("message") or body.get("result")
        said_why = why[:200] if isinstance(why, str) else "no"
        raise BadAnswer(f"Hostaway says: {said_why}")
    return body.get("result")


def _ask(access: Access, method: str, path: str, **more: Any) -> Any:
    """The answer's JSON; 403 is how Hostaway says that a token is too old: it is fetched anew."""
    answer = _ask_once(access, method, path, **more)
    if answer.status in (401, 403):
        access.forget_token()
        answer = _ask_once(access, method, path, **more)
    if answer.status in (401, 403):
        raise CredentialsRefused(KEY_REFUSED, "api_key")
    return answer.json()


def _ask_once(access: Access, method: str, path: str, **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {access.token(lambda: _fetch_token(access))}"}
    return access.call(method, path, headers=headers, see=(401, 403), **more)


def _fetch_token(access: Access) -> Token:
    answer = access.call(
        "POST",
        "/v1/accessTokens",
        form={
            "grant_type": "client_credentials",
            "client_id": access.credentials["account_id"].strip(),
            "client_secret": access.credentials["api_key"].strip(),
            "scope": "general",
        },
        see=(400, 401, 403),
    )
    if answer.status >= 400:
        raise CredentialsRefused(KEY_REFUSED, "api_key")
    fresh = reading.token(answer.json(), access.now())
    rest = access.options.get("token_rest_seconds", TOKEN_REST_SECONDS)
    time.sleep(rest if isinstance(rest, int | float) else TOKEN_REST_SECONDS)
    return fresh


def _number(external_id: str) -> str:
    if not external_id.isdigit():
        raise NotThere(said("Hostaway knows no such id."))
    return external_id
