"""What OwnerRez's records and webhooks say, in our words."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from babel import Locale

from callassist.pms_sync.vendors.reading import (
    Unreadable,
    an_id,
    clock_time,
    day,
    instant,
    text,
)
from callassist.ports.pms import Contact, Hint, Listing, Reservation, ReservationState, Visit
from callassist.ports.pms_access import BadHook, HookRequest

_STATES = {
    "active": ReservationState.STAYS,
    "pending": ReservationState.NOT_YET,
    "canceled": ReservationState.CANCELLED,
    "cancelled": ReservationState.CANCELLED,
}


def listing_of(record: dict[str, Any]) -> Listing:
    address = record.get("address")
    address = address if isinstance(address, dict) else {}
    place = an_id(record, "id")
    parts = (_optional(address, name) for name in ("street1", "city", "state", "postal_code"))
    return Listing(
        external_id=place,
        name=text(record, "name", "external_name", "internal_code") or place,
        address=", ".join(filter(None, parts)),
        country=_country(address),
        check_in=clock_time(record.get("check_in")),
        check_out=clock_time(record.get("check_out")),
        is_active=record.get("active") is not False,
    )


def reservation_of(record: dict[str, Any]) -> Reservation:
    """The guest inside has a name only: the numbers are asked for by `contact_id`."""
    state = _state(record)
    guest = record.get("guest")
    guest = guest if isinstance(guest, dict) else {}
    contact_id = text(record, "guest_id") or text(guest, "id") or None
    return Reservation(
        external_id=an_id(record, "id"),
        state=state,
        visits=(
            Visit(
                listing_id=an_id(record, "property_id"),
                arrival=day(record, "arrival"),
                departure=day(record, "departure"),
                check_in=clock_time(record.get("check_in")),
                check_out=clock_time(record.get("check_out")),
            ),
        ),
        contact=Contact(name=_name(guest)) if contact_id is None else None,
        contact_id=contact_id,
        updated_at=instant(record, "updated_utc"),
        channel=text(record, "listing_site"),
    )


def contact_of(record: dict[str, Any]) -> Contact:
    """Mobiles first, then the default number; one with an extension rings at a desk: last.

    What cannot be read of a guest is left out: an odd entry shall not cost the other numbers.
    """
    addresses = _objects(record, "addresses")
    addresses.sort(key=lambda one: one.get("is_default") is not True)
    numbers = [_number(one) for one in sorted(_objects(record, "phones"), key=_usefulness)]
    names = (_optional(record, name) for name in ("first_name", "last_name"))
    return Contact(
        name=" ".join(filter(None, names)),
        numbers=tuple(dict.fromkeys(filter(None, numbers))),
        country=next(filter(None, map(_country, addresses)), None),
    )


def _state(record: dict[str, Any]) -> ReservationState:
    state = _STATES.get(text(record, "status").casefold())
    if state is None:
        raise Unreadable("status is none that we know")
    kind = text(record, "type").casefold()
    if state is ReservationState.CANCELLED:
        return state
    if record.get("is_block") is True or kind == "block":
        return ReservationState.BLOCK
    if kind not in ("", "booking"):
        raise Unreadable("type is none that we know")
    return state


def _name(record: Mapping[str, Any]) -> str:
    return f"{text(record, 'first_name')} {text(record, 'last_name')}".strip()


def _usefulness(phone: dict[str, Any]) -> tuple[bool, bool, bool]:
    is_mobile = _optional(phone, "type").casefold() in ("mobile", "cell")
    return bool(phone.get("extension")), not is_mobile, phone.get("is_default") is not True


def _number(phone: dict[str, Any]) -> str:
    number, extension = _optional(phone, "number"), phone.get("extension")
    is_one = isinstance(extension, str | int) and not isinstance(extension, bool)
    return f"{number} ext. {extension}" if number and extension and is_one else number


def _objects(record: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = record.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _country(address: Mapping[str, Any]) -> str | None:
    """From its English name, as they write it ("UNITED STATES")."""
    name = _optional(address, "country")
    return name.upper() if len(name) == 2 else _codes_of_countries().get(name.casefold())


@cache
def _codes_of_countries() -> dict[str, str]:
    territories = Locale("en").territories
    return {name.casefold(): code for code, name in territories.items() if code.isalpha()}


def hint_of(body: bytes) -> Hint:
    """What a delivery names; a deleted booking is read again too and found to be gone."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise BadHook("the webhook is no JSON") from None
    if not isinstance(said, dict):
        raise BadHook("the webhook is no object")
    action, kind = said.get("action"), said.get("entity_type")
    if action == "application_authorization_revoked":
        return Hint(refused=True)
    if not str(action).startswith("entity_"):
        return Hint()
    named = said.get("entity_id")
    ids = (str(named),) if isinstance(named, int | str) and named else ()
    if kind == "property":
        return Hint(listings=True)
    if kind == "booking":
        return Hint(reservation_ids=ids, everything=not ids)
    return Hint(contact_ids=ids, everything=not ids) if kind == "guest" else Hint()


def require_password(request: HookRequest, secrets: Sequence[str]) -> None:
    """BadHook unless it comes with one of these "user:password"."""
    given = request.headers.get("authorization", "").strip()
    if not given:
        raise BadHook("the webhook has no password", is_unsigned=True)
    is_genuine = False
    for secret in secrets:
        expected = f"Basic {base64.b64encode(secret.encode()).decode()}"
        is_genuine |= hmac.compare_digest(expected.encode(), given.encode())
    if not is_genuine:
        raise BadHook("the password of the webhook is wrong", is_unsigned=True)


def _optional(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return value.strip() if isinstance(value, str) else ""
