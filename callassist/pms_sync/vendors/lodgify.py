"""Lodgify: an API key in X-ApiKey; a refused key may come as HTTP 500 with code 999."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from functools import partial
from typing import Any
from urllib.parse import quote

from callassist.errors import TransientError
from callassist.pms_sync.vendors.lodgify_facts import FACTS
from callassist.pms_sync.vendors.lodgify_records import (
    Units,
    hint_of,
    listings_of,
    require_signature,
    reservation_of,
)
from callassist.pms_sync.vendors.reading import (
    Pages,
    as_list,
    as_object,
    page_mark,
    read_each,
    touches,
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
    Answer,
    BadAnswer,
    CredentialsRefused,
    HookRequest,
    NotThere,
)

PAGE_SIZE = 50
REFUSED_CODE = 999
LONGEST_SUBJECT = 80
_PROPERTIES = "/v2/properties"
_BOOKINGS = "/v2/reservations/bookings"
_OLD_BOOKING = "/v1/reservation/booking/{id}"
_HOOKS = "/webhooks/v1"
# one subscription each, with an address and a secret of its own
_EVENTS = (
    "booking_new_any_status",
    "booking_change",
    "booking_status_change_booked",
    "booking_status_change_tentative",
    "booking_status_change_open",
    "booking_status_change_declined",
)


class Lodgify:
    """Bookings carry the guest; a property that lets several rooms is one listing per room."""

    facts = FACTS

    def check(self, credentials: Mapping[str, str]) -> None:
        one_word(credentials, "api_key")

    def verify(self, access: Access) -> Verified:
        _object(_ask(access, "GET", _PROPERTIES, params={"page": 1, "size": 1}))
        return Verified()

    def listings(self, access: Access) -> Iterator[Listing | SetAside]:
        for page in _pages(access, _PROPERTIES, {}):
            for made in read_each(page, listings_of, "id"):
                if isinstance(made, SetAside):
                    yield made
                else:
                    yield from made

    def reservations(self, access: Access, wanted: Wanted) -> Iterator[Reservation | SetAside]:
        read = partial(reservation_of, self._units(access))
        # all stays, and those in the trash: what was cancelled must be seen as cancelled
        params = {"stayFilter": "All", "trash": "All", "includeExternal": "true"}
        if wanted.since is not None:
            params["updatedSince"] = wanted.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for page in _pages(access, _BOOKINGS, params):
            for made in read_each(page, read, "id"):
                if isinstance(made, SetAside) or touches(made, wanted):
                    yield made

    def reservation(self, access: Access, external_id: str) -> Reservation | None:
        try:
            record = _object(_ask(access, "GET", f"{_BOOKINGS}/{quote(external_id, safe='')}"))
        except NotThere:
            return None
        return reservation_of(self._units(access), record)

    def contact(self, access: Access, reservation: Reservation) -> Contact:
        return reservation.contact or Contact()  # it is always inside

    def register_hook(self, access: Access, url: str) -> str | None:
        """One subscription per event; their secrets, one after the other with spaces."""
        for hook_id in _subscribed(access, url):
            _ask(access, "DELETE", f"{_HOOKS}/unsubscribe", json={"id": hook_id})
        secrets = []
        for event in _EVENTS:
            # an address may be subscribed once only
            target = f"{url}{'&' if '?' in url else '?'}event={event}"
            made = _ask(
                access, "POST", f"{_HOOKS}/subscribe", json={"target_url": target, "event": event}
            )
            secret = _object(made).get("secret")
            if not isinstance(secret, str) or not secret:
                raise BadAnswer("Lodgify gave no secret for a webhook")
            secrets.append(secret)
        return " ".join(secrets)

    def parse_webhook(self, request: HookRequest, secrets: Sequence[str]) -> Hint:
        """The documents show one object, deliveries are a list of them: both are read."""
        require_signature(request, [one for each in secrets for one in each.split()])
        return hint_of(request.body)

    def send_message(self, access: Access, reservation: Reservation, text: str) -> None:
        path = str(access.options.get("messages_path") or f"{_OLD_BOOKING}/messages")
        subject = text.strip().partition("\n")[0][:LONGEST_SUBJECT]
        message = {"subject": subject, "message": text, "type": "Owner", "send_notification": True}
        _ask(access, "POST", _with_id(path, reservation), json=[message])

    def add_note(self, access: Access, reservation: Reservation, text: str) -> None:
        """Below what the booking's note says already; Lodgify keeps one text per booking."""
        path = _with_id(str(access.options.get("notes_path") or _OLD_BOOKING), reservation)
        before = _object(_ask(access, "GET", path)).get("note")
        before = before.strip() if isinstance(before, str) else ""
        if text.strip() not in before:
            _ask(access, "PUT", path, json={"note": f"{before}\n\n{text}".strip()})

    def _units(self, access: Access) -> Units:
        found: dict[str, set[str]] = {}
        for made in self.listings(access):
            if isinstance(made, Listing) and made.parent_id is not None:
                found.setdefault(made.parent_id, set()).add(made.external_id)
        return found


def _ask(access: Access, method: str, path: str, **what: Any) -> Answer:
    headers = {"X-ApiKey": access.credentials.get("api_key", "").strip()}
    try:
        answer = access.call(method, path, headers=headers, see=(500,), **what)
    except CredentialsRefused:
        raise _refused() from None
    if answer.status != 500:
        return answer
    if _is_refusal(answer):
        raise _refused()
    if method != "GET":
        raise TransientError("Lodgify failed (HTTP 500)")
    return access.call(method, path, headers=headers, **what)  # once more, with patience


def _refused() -> CredentialsRefused:
    return CredentialsRefused(
        "Lodgify does not accept this API key; copy it again from Settings, Public API", "api_key"
    )


def _is_refusal(answer: Answer) -> bool:
    try:
        body = answer.json()
    except BadAnswer:
        return False
    return isinstance(body, dict) and str(body.get("code")) == str(REFUSED_CODE)


def _object(answer: Answer) -> dict[str, Any]:
    return as_object(answer.json(), "the answer")


def _pages(access: Access, path: str, params: Mapping[str, str]) -> Iterator[list[Any]]:
    """Up to an empty page or to `count`, whichever comes first; a page may be a short one."""
    guard, read = Pages(), 0
    for number in itertools.count(1):
        paging = {"page": number, "size": PAGE_SIZE, "includeCount": "true"}
        answer = _object(_ask(access, "GET", path, params={**params, **paging}))
        items = as_list(answer.get("items"), "items")
        if not items:
            return
        guard.turn(page_mark(items))
        yield items
        read += len(items)
        if type(answer.get("count")) is int and answer["count"] == read:
            return


def _with_id(path: str, reservation: Reservation) -> str:
    return path.replace("{id}", quote(reservation.external_id, safe=""))


def _subscribed(access: Access, url: str) -> list[str]:
    """The subscriptions that send to us already: their secrets are shown once, at creation."""
    try:
        listed = _ask(access, "GET", f"{_HOOKS}/list").json()
    except NotThere:
        return []
    hooks = listed.get("items") if isinstance(listed, dict) else listed
    return [
        str(hook["id"])
        for hook in as_list(hooks, "the list of webhooks")
        if isinstance(hook, dict)
        and "id" in hook
        and str(hook.get("target_url") or hook.get("url") or "").startswith(url)
    ]
