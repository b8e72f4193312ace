"""OwnerRez: e-mail and personal access token, or OAuth; phone numbers by guest, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from callassist.errors import InvalidInput, PermanentError
from callassist.pms_sync.vendors.ownerrez_facts import FACTS
from callassist.pms_sync.vendors.ownerrez_records import (
    contact_of,
    hint_of,
    listing_of,
    require_password,
    reservation_of,
)
from callassist.pms_sync.vendors.reading import (
    Pages,
    as_list,
    as_object,
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
    Token,
)

LIMIT = 100
PROPERTIES_PER_QUESTION = 50
TOKEN_PREFIX = "pt_"  # noqa: S105 what every personal token begins with
_PROPERTIES = "/v2/properties"
_BOOKINGS = "/v2/bookings"
_SUBSCRIPTIONS = "/v2/webhooksubscriptions"
_SUBSCRIBED = (
    ("Booking", "EntityInsert"),
    ("Booking", "EntityUpdate"),
    ("Booking", "EntityDelete"),
    ("Guest", "EntityUpdate"),
)


class OwnerRez:
    """Bookings name the guest only; blocks are bookings; a deleted booking is not listed."""

    facts = FACTS

    def check(self, credentials: Mapping[str, str]) -> None:
        email, token = one_word(credentials, "email"), one_word(credentials, "token")
        name, at, host = email.partition("@")
        if not (name and at and host) or ":" in email:
            raise InvalidInput("write the e-mail address with which you sign in there", "email")
        if not token.startswith(TOKEN_PREFIX):
            raise InvalidInput("a personal access token begins with pt_; copy all of it", "token")

    def verify(self, access: Access) -> Verified:
        user = _object(_ask(access, "GET", "/v2/users/me"))
        email = user.get("email_address")
        return Verified(account=email if isinstance(email, str) else "")

    def listings(self, access: Access) -> Iterator[Listing | SetAside]:
        for page in _pages(access, _PROPERTIES, [("limit", str(LIMIT))]):
            yield from read_each(page, listing_of, "id")

    def reservations(self, access: Access, wanted: Wanted) -> Iterator[Reservation | SetAside]:
        for params in self._questions(access, wanted):
            for page in _pages(access, _BOOKINGS, params):
                for made in read_each(page, reservation_of, "id"):
                    if isinstance(made, SetAside) or touches(made, wanted):
                        yield made

    def reservation(self, access: Access, external_id: str) -> Reservation | None:
        params = {"include_guest": "true"}
        path = f"{_BOOKINGS}/{quote(external_id, safe='')}"
        try:
            answer = _ask(access, "GET", path, params=params)
        except NotThere:
            return None
        return reservation_of(_object(answer))

    def contact(self, access: Access, reservation: Reservation) -> Contact:
        if reservation.contact_id is None:
            return reservation.contact or Contact()
        path = f"/v2/guests/{quote(reservation.contact_id, safe='')}"
        try:
            return contact_of(_object(_ask(access, "GET", path)))
        except NotThere:
            return Contact()

    def register_hook(self, access: Access, url: str) -> str | None:
        """Only for a connection made by signing in; what is subscribed already is left."""
        if _has_token(access):
            raise PermanentError("OwnerRez sends no notices to connections with a personal token")
        there = _subscribed(access, url)
        for kind, action in _SUBSCRIBED:
            if (kind, action) not in there:
                wish = {"type": kind, "action": action, "webhook_url": url}
                _ask(access, "POST", _SUBSCRIPTIONS, json=wish)
        return None

    def parse_webhook(self, request: HookRequest, secrets: Sequence[str]) -> Hint:
        """Not signed: Basic authentication where user and password are known ("user:word")."""
        if secrets:
            require_password(request, secrets)
        return hint_of(request.body)

    def send_message(self, access: Access, reservation: Reservation, text: str) -> None:
        raise NotImplementedError("messages to guests are not sent through OwnerRez")

    def add_note(self, access: Access, reservation: Reservation, text: str) -> None:
        raise NotImplementedError("notes are not written into OwnerRez")

    def _questions(self, access: Access, wanted: Wanted) -> Iterator[list[tuple[str, str]]]:
        """What to ask: one of since_utc and property_ids must be there, else it is refused."""
        common = [("include_guest", "true"), ("limit", str(LIMIT))]
        if wanted.since is not None:
            since = wanted.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            yield [("since_utc", since), *common]
            return
        ids = list(wanted.listing_ids) or [
            one.external_id for one in self.listings(access) if isinstance(one, Listing)
        ]
        span = [("from", wanted.first.isoformat()), ("to", wanted.last.isoformat())]
        for start in range(0, len(ids), PROPERTIES_PER_QUESTION):
            batch = ",".join(ids[start : start + PROPERTIES_PER_QUESTION])
            yield [("property_ids", batch), *span, *common]


def _has_token(access: Access) -> bool:
    return bool(access.credentials.get("token", "").strip())


def _ask(access: Access, method: str, path: str, **what: Any) -> Answer:
    try:
        if _has_token(access):
            email, token = access.credentials.get("email", ""), access.credentials["token"]
            return access.call(method, path, auth=(email.strip(), token.strip()), **what)
        headers = {"Authorization": f"Bearer {access.token(_sign_in_again)}"}
        return access.call(method, path, headers=headers, **what)
    except CredentialsRefused as refused:
        if not _has_token(access):
            access.forget_token()
            raise CredentialsRefused("OwnerRez took the access away; sign in there again") from None
        raise CredentialsRefused(
            "OwnerRez does not accept this e-mail address with this token; create a new token "
            "under Developer/API Settings",
            refused.field or "token",
        ) from None


def _sign_in_again() -> Token:
    raise CredentialsRefused("the access to OwnerRez has ended; sign in there again")


def _object(answer: Answer) -> dict[str, Any]:
    return as_object(answer.json(), "the answer")


def _pages(access: Access, path: str, params: list[tuple[str, str]]) -> Iterator[list[Any]]:
    """By `next_page_url`, of which only the parameters are believed: it may be relative."""
    guard = Pages()
    while True:
        guard.turn(tuple(params))
        answer = _object(_ask(access, "GET", path, params=params))
        yield as_list(answer.get("items"), "items")
        further = answer.get("next_page_url")
        if further is None or further == "":
            return
        if not isinstance(further, str):
            raise BadAnswer("next_page_url is no text")
        params = _parameters(further)


def _parameters(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query, strict_parsing=True)
    except ValueError:
        raise BadAnswer("next_page_url cannot be read") from None


def _subscribed(access: Access, url: str) -> set[tuple[str, str]]:
    try:
        listed = _ask(access, "GET", _SUBSCRIPTIONS).json()
    except NotThere:
        return set()
    hooks = listed.get("items") if isinstance(listed, dict) else listed
    return {
        (str(hook.get("type")), str(hook.get("action")))
        for hook in as_list(hooks, "the list of webhooks")
        if isinstance(hook, dict) and hook.get("webhook_url") == url
    }
