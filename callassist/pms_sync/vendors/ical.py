"""A calendar feed at an address that a host typed: stays without numbers, one home per feed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from callassist.errors import InvalidInput, PermanentError
from callassist.pms_sync.vendors.ical_facts import AS_BLOCK, AS_STAY, FACTS
from callassist.pms_sync.vendors.ical_feed import events_of
from callassist.pms_sync.vendors.ical_records import LISTING, reservation_of, uid_of
from callassist.pms_sync.vendors.reading import LONGEST_ID, MOST_RAW, Unreadable, touches
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

LONGEST_ADDRESS = 2000
LONGEST_NAME = 200
_BOOKING_COM = re.compile(r"^PRODID:[^\r\n]{0,40}booking\.com", re.I | re.M)


class ICalendar:
    """What disappears from a feed was cancelled; numbers are asked of the host."""

    facts = FACTS

    def check(self, credentials: Mapping[str, str]) -> None:
        _require_address(credentials.get("address", ""))
        name = credentials.get("name", "").strip()
        if not name:
            raise InvalidInput("is missing; say which home the calendar is of", "name")
        if len(name) > LONGEST_NAME:
            raise InvalidInput("is too long; 200 characters are enough", "name")
        if credentials.get("closed", "") not in ("", AS_STAY, AS_BLOCK):
            raise InvalidInput("is none of the two choices", "closed")

    def verify(self, access: Access) -> Verified:
        try:
            text = _feed(access)
        except (NotThere, CredentialsRefused):
            raise CredentialsRefused(
                "no calendar can be read at this address; copy the link to export it again",
                "address",
            ) from None
        except PermanentError as why:  # an address inside
            raise CredentialsRefused(why.detail, "address") from None
        try:
            for _ in events_of(text):
                pass
        except BadAnswer:  # the address is the likeliest mistake: of a page, of a picture
            raise CredentialsRefused(
                "this address gives something else than a calendar; copy the link to export it",
                "address",
            ) from None
        warnings = [NO_NUMBERS]
        if _BOOKING_COM.search(text[:2000]) and _closed(access) == AS_STAY:
            warnings.append(CANNOT_TELL)
        return Verified(account=_name(access), warnings=tuple(warnings))

    def listings(self, access: Access) -> Iterator[Listing | SetAside]:
        """The home that the host named; nothing is asked."""
        yield Listing(external_id=LISTING, name=_name(access))

    def reservations(self, access: Access, wanted: Wanted) -> Iterator[Reservation | SetAside]:
        """Every event of the days wanted; a feed has no pages and cannot tell what changed."""
        closed, seen = _closed(access), set[str]()
        whole = replace(wanted, since=None)
        for place, lines in enumerate(events_of(_feed(access))):
            made = _read(closed, lines, place)
            if made.external_id in seen:
                if isinstance(made, SetAside):
                    continue
                # one id twice: another part of the same
                again = f"{made.external_id[: LONGEST_ID - 20]}/{made.visits[0].arrival}"
                if again in seen:
                    continue
                made = replace(made, external_id=again)
            seen.add(made.external_id)
            if isinstance(made, SetAside) or touches(made, whole):
                yield made

    def reservation(self, access: Access, external_id: str) -> Reservation | None:
        raise NotImplementedError("a calendar is read as a whole")

    def contact(self, access: Access, reservation: Reservation) -> Contact:
        return reservation.contact or Contact()

    def register_hook(self, access: Access, url: str) -> str | None:
        raise NotImplementedError("calendars send nothing")

    def parse_webhook(self, request: HookRequest, secrets: Sequence[str]) -> Hint:
        raise BadHook("calendars send nothing")

    def send_message(self, access: Access, reservation: Reservation, text: str) -> None:
        raise NotImplementedError("calendars take nothing")

    def add_note(self, access: Access, reservation: Reservation, text: str) -> None:
        raise NotImplementedError("calendars take nothing")


NO_NUMBERS = said(
    "A calendar has no phone numbers: you are asked for each guest's before they arrive."
)
CANNOT_TELL = said(
    "Booking.com's calendar does not tell guests from closed days: all of them count as stays. "
    "You can change that in this connection."
)


def _require_address(written: str) -> None:
    address = _https(written)
    if not address:
        raise InvalidInput("is missing; copy the link to export the calendar", "address")
    if len(address) > LONGEST_ADDRESS or any(letter.isspace() for letter in address):
        raise InvalidInput("is no address; copy the link alone, without spaces", "address")
    try:
        parts = urlsplit(address)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        has_password = parts.username is not None
    except ValueError:
        is_address, has_password = False, False
    if not is_address:
        raise InvalidInput("must begin with https://; copy the whole link", "address")
    if has_password:
        raise InvalidInput("must not contain a name or password before the @", "address")


def _https(written: str) -> str:
    """webcal:// is what calendars' programs call the same address."""
    address = written.strip()
    kind, sign, rest = address.partition("://")
    return f"https://{rest}" if sign and kind.lower() in ("webcal", "webcals") else address


def _feed(access: Access) -> str:
    return access.call(
        "GET", _https(access.credentials.get("address", "")), headers={"Accept": "text/calendar"}
    ).text


def _name(access: Access) -> str:
    return access.credentials.get("name", "").strip()[:LONGEST_NAME]


def _closed(access: Access) -> str:
    return access.credentials.get("closed", "") or AS_STAY


def _read(closed: str, lines: str, place: int) -> Reservation | SetAside:
    try:
        return reservation_of(closed, lines)
    except Unreadable as why:
        return SetAside(
            external_id=uid_of(lines) or f"event {place + 1}",
            reason=str(why),
            raw=lines[:MOST_RAW],
        )
