"""Hospitable: a personal access token; reservations are asked for by property, 50 at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from callassist.errors import InvalidInput
from callassist.pms_sync.vendors.hospitable_records import (
    hint_of,
    listing_of,
    require_signature,
    reservation_of,
)
from callassist.pms_sync.vendors.reading import (
    Pages,
    Unreadable,
    as_list,
    as_object,
    page_mark,
    read_each,
    touches,
)
from callassist.pms_sync.vendors.typed import one_word
from callassist.ports.pms import (
    Abilities,
    Contact,
    Facts,
    Hint,
    HookManual,
    Listing,
    Reservation,
    SetAside,
    Verified,
    Wanted,
)
from callassist.ports.pms_access import (
    Access,
    Answer,
    CredentialsRefused,
    FieldKind,
    Form,
    FormField,
    HookRequest,
    NotThere,
    Rate,
)
from callassist.ports.wording import said

PER_PAGE = 100
PROPERTIES_PER_QUESTION = 50
SHORTEST_TOKEN = 20
LONGEST_STAY = timedelta(days=366)
_ONE_DAY = timedelta(days=1)
_INCLUDE = "guest,properties"
_MESSAGES = "/reservations/{id}/messages"

Params = list[tuple[str, Any]]


class Hospitable:
    """Everything is read each time: it cannot say what changed since."""

    facts = Facts(
        vendor="hospitable",
        title="Hospitable",
        base_url="https://public.api.hospitable.com/v2",
        form=Form(
            where=said("In Hospitable: Apps, API access, Access tokens, Add new."),
            fields=(
                FormField(
                    name="token",
                    label=said("Personal access token"),
                    help=said(
                        "Let it read properties, reservations and guests (and write messages, if "
                        "messages shall go through the booking). Hospitable shows it only once."
                    ),
                    kind=FieldKind.SECRET,
                ),
            ),
        ),
        rates=(Rate(requests=120, span=timedelta(minutes=1)),),
        abilities=Abilities(webhooks=True, messages=True),
        hooks=HookManual(
            steps=(
                said("In Hospitable, open Apps, then Webhooks, and add a webhook."),
                said("As its address paste {url} and choose reservations and properties."),
                said(
                    "Leave the secret empty unless Hospitable shows you one: it may be made of "
                    "your e-mail address only, so that every notice is checked by reading again."
                ),
            ),
            has_secret=True,
        ),
        unconfirmed=(
            said("Hospitable publishes no limit for reading; we keep to 120 requests a minute."),
            said(
                "Hospitable gives times with an offset instead of a time zone: around a change "
                "of the clocks they may be an hour off. Choose the zone of each home yourself."
            ),
        ),
    )

    def check(self, credentials: Mapping[str, str]) -> None:
        token = one_word(credentials, "token")
        if "@" in token:
            raise InvalidInput("this is an e-mail address; paste the access token", "token")
        if len(token) < SHORTEST_TOKEN:
            raise InvalidInput("this is too short for a token; copy all of it", "token")

    def verify(self, access: Access) -> Verified:
        """Whose token it is, and that it may read homes, reservations and guests."""
        user = as_object(_object(_ask(access, "GET", "/user")).get("data"), "data")
        found = _page(access, "/properties", [("page", 1), ("per_page", 1)])
        ids = [one["id"] for one in found if isinstance(one, dict) and "id" in one]
        if ids:
            params: Params = [("properties[]", ids[0]), ("include", _INCLUDE), ("per_page", 1)]
            _page(access, "/reservations", params)
        name = user.get("name") or user.get("email")
        return Verified(account=name if isinstance(name, str) else "")

    def listings(self, access: Access) -> Iterator[Listing | SetAside]:
        for page in _pages(access, "/properties", [("include", "listings")]):
            yield from read_each(page, listing_of, "id")

    def reservations(self, access: Access, wanted: Wanted) -> Iterator[Reservation | SetAside]:
        ids = list(wanted.listing_ids) or [
            one.external_id for one in self.listings(access) if isinstance(one, Listing)
        ]
        # all who leave from the first day on: also those who came long before it. Nobody says
        # whether the days at the ends count.
        span: Params = [
            ("start_date", (wanted.first - _ONE_DAY).isoformat()),
            ("end_date", (wanted.last + LONGEST_STAY).isoformat()),
            ("date_query", "checkout"),
            ("include", _INCLUDE),
        ]
        for start in range(0, len(ids), PROPERTIES_PER_QUESTION):
            batch = ids[start : start + PROPERTIES_PER_QUESTION]
            params = [("properties[]", one) for one in batch] + span
            for page in _pages(access, "/reservations", params):
                for made in read_each(page, reservation_of, "id"):
                    if isinstance(made, SetAside) or touches(made, wanted):
                        yield made

    def reservation(self, access: Access, external_id: str) -> Reservation | None:
        path = f"/reservations/{quote(external_id, safe='')}"
        try:
            answer = _object(_ask(access, "GET", path, params={"include": _INCLUDE}))
        except NotThere:
            return None
        return reservation_of(as_object(answer.get("data", answer), "data"))

    def contact(self, access: Access, reservation: Reservation) -> Contact:
        """Where a list left the guest out; who cannot be read is nobody to call."""
        try:
            again = self.reservation(access, reservation.external_id)
        except Unreadable:
            return Contact()
        return (again.contact if again is not None else None) or Contact()

    def register_hook(self, access: Access, url: str) -> str | None:
        raise NotImplementedError("the host adds webhooks in Hospitable")

    def parse_webhook(self, request: HookRequest, secrets: Sequence[str]) -> Hint:
        """Signed where the host typed the secret; it can be guessed, so it proves little."""
        if secrets:
            require_signature(request, secrets)
        return hint_of(request.body)

    def send_message(self, access: Access, reservation: Reservation, text: str) -> None:
        path = str(access.options.get("messages_path") or _MESSAGES)
        path = path.replace("{id}", quote(reservation.external_id, safe=""))
        _ask(access, "POST", path, json={"body": text})

    def add_note(self, access: Access, reservation: Reservation, text: str) -> None:
        raise NotImplementedError("Hospitable has no notes")


def _ask(access: Access, method: str, path: str, **what: Any) -> Answer:
    headers = {"Authorization": f"Bearer {access.credentials.get('token', '').strip()}"}
    try:
        answer = access.call(method, path, headers=headers, see=(403,), **what)
    except CredentialsRefused:
        raise CredentialsRefused(
            "Hospitable does not accept this token; create a new one under Apps, API access",
            "token",
        ) from None
    if answer.status == 403:
        raise CredentialsRefused(
            "this token may not do enough: create one that reads properties, reservations and "
            "guests (and writes messages, if you want them sent)",
            "token",
        )
    return answer


def _object(answer: Answer) -> dict[str, Any]:
    return as_object(answer.json(), "the answer")


def _page(access: Access, path: str, params: Params) -> list[Any]:
    return as_list(_object(_ask(access, "GET", path, params=params)).get("data"), "data")


def _pages(access: Access, path: str, params: Params) -> Iterator[list[Any]]:
    """To the last page by its number: the links in the answer are http and never followed."""
    guard = Pages()
    for number in itertools.count(1):
        paging: Params = [("page", number), ("per_page", PER_PAGE)]
        answer = _object(_ask(access, "GET", path, params=params + paging))
        data = as_list(answer.get("data"), "data")
        if not data:
            return
        guard.turn(page_mark(data))
        yield data
        meta = answer.get("meta")
        last = meta.get("last_page") if isinstance(meta, dict) else None
        if type(last) is int and last == number:
            return
