"""What Hospitable's records and webhooks say, in our words; any key may be missing."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from callassist.pms_sync.vendors.reading import Unreadable, an_id, clock_time, day, text
from callassist.ports.pms import Contact, Hint, Listing, Reservation, ReservationState, Visit
from callassist.ports.pms_access import BadHook, HookRequest

_STATES = {
    "accepted": ReservationState.STAYS,
    "request": ReservationState.NOT_YET,
    "checkpoint": ReservationState.NOT_YET,
    "unknown": ReservationState.NOT_YET,
    "cancelled": ReservationState.CANCELLED,
    "not accepted": ReservationState.CANCELLED,
}


def listing_of(record: dict[str, Any]) -> Listing:
    """`timezone` there is today's offset, right for half of the year: it is not taken over.

    `listed` says whether it is advertised; guests of an unlisted home stay all the same.
    """
    address = record.get("address")
    address = address if isinstance(address, dict) else {}
    country = _optional(address, "country").upper()
    place = an_id(record, "id")
    parts = (_optional(address, name) for name in ("number", "street", "city", "postcode"))
    return Listing(
        external_id=place,
        name=text(record, "name", "public_name") or place,
        address=_optional(address, "display") or " ".join(filter(None, parts)),
        country=country if len(country) == 2 else None,
        check_in=clock_time(record.get("checkin")),
        check_out=clock_time(record.get("checkout")),
    )


def reservation_of(record: dict[str, Any]) -> Reservation:
    """A guest that is left out altogether is asked for separately; null says there is none."""
    arrival = day(record, "arrival_date", "check_in")
    departure = day(record, "departure_date", "check_out")
    arrives_at, leaves_at = _exact(record, "check_in"), _exact(record, "check_out")
    return Reservation(
        external_id=an_id(record, "id"),
        state=_state(record),
        visits=tuple(
            Visit(
                listing_id=place,
                arrival=arrival,
                departure=departure,
                arrives_at=arrives_at,
                leaves_at=leaves_at,
            )
            for place in _places(record)
        ),
        contact=_contact(record["guest"]) if "guest" in record else None,
        channel=text(record, "platform"),
        conversation_id=text(record, "conversation_id") or None,
    )


def _state(record: dict[str, Any]) -> ReservationState:
    said = record.get("reservation_status")
    current = said.get("current") if isinstance(said, dict) else None
    category = text(current, "category") if isinstance(current, dict) else ""
    state = _STATES.get((category or text(record, "status")).casefold())
    if state is None:
        raise Unreadable("reservation_status is none that we know")
    is_guest = text(record, "stay_type") in ("", "guest")
    return state if is_guest or state is not ReservationState.STAYS else ReservationState.BLOCK


def _exact(record: dict[str, Any], name: str) -> datetime | None:
    """An instant only where it says its offset; a bare one would be read as UTC."""
    value = text(record, name)
    if not value:
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        raise Unreadable(f"{name} is not a date and time") from None
    return read if read.tzinfo is not None else None


def _places(record: dict[str, Any]) -> list[str]:
    properties = record.get("properties")
    if not isinstance(properties, list) or not properties:
        raise Unreadable("properties is missing")
    if not all(isinstance(one, dict) for one in properties):
        raise Unreadable("properties is no list of objects")
    return list(dict.fromkeys(an_id(one, "id") for one in properties))


def _contact(guest: object) -> Contact:
    if guest is None:
        return Contact()
    if not isinstance(guest, dict):
        raise Unreadable("guest is no object")
    numbers = guest.get("phone_numbers") or []
    if not isinstance(numbers, list) or not all(isinstance(one, str) for one in numbers):
        raise Unreadable("guest.phone_numbers is no list of texts")
    name = f"{text(guest, 'first_name')} {text(guest, 'last_name')}".strip()
    return Contact(
        name=name,
        numbers=tuple(dict.fromkeys(one.strip() for one in numbers if one.strip())),
        language=_optional(guest, "language") or None,
    )


def hint_of(body: bytes) -> Hint:
    """The reservation that a delivery names; whether it carries the guest nobody promises."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise BadHook("the webhook is no JSON") from None
    if not isinstance(said, dict):
        raise BadHook("the webhook is no object")
    kind = str(said.get("action", "")).partition(".")[0]
    data = said.get("data")
    found = data.get("id") if isinstance(data, dict) else None
    if kind == "property":
        return Hint(listings=True)
    if kind != "reservation":
        return Hint()
    if isinstance(found, str) and found:
        return Hint(reservation_ids=(found,))
    return Hint(everything=True)


def require_signature(request: HookRequest, secrets: Sequence[str]) -> None:
    """BadHook unless one of the secrets made the signature over the body."""
    given = request.headers.get("signature", "").strip().lower()
    if not given:
        raise BadHook("the webhook is not signed", is_unsigned=True)
    is_genuine = False
    for secret in secrets:
        digest = hmac.new(secret.encode(), request.body, "sha256").hexdigest()
        is_genuine |= hmac.compare_digest(digest.encode(), given.encode())
    if not is_genuine:
        raise BadHook("the signature of the webhook is wrong", is_unsigned=True)


def _optional(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return value.strip() if isinstance(value, str) else ""
