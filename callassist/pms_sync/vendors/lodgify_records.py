"""What Lodgify's records and webhooks say, in our words."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from callassist.pms_sync.vendors.reading import Unreadable, an_id, day, instant, text
from callassist.ports.pms import Contact, Hint, Listing, Reservation, ReservationState, Visit
from callassist.ports.pms_access import BadHook, HookRequest

_STATES = {
    "booked": ReservationState.STAYS,
    "tentative": ReservationState.NOT_YET,
    "open": ReservationState.NOT_YET,
    "declined": ReservationState.CANCELLED,
}

Units = Mapping[str, AbstractSet[str]]  # the listings of each property that lets rooms


def listings_of(record: dict[str, Any]) -> tuple[Listing, ...]:
    place, name = an_id(record, "id"), text(record, "name") or an_id(record, "id")
    address = ", ".join(filter(None, (_optional(record, key) for key in ("address", "city"))))
    is_active = record.get("is_active") is not False
    rooms = _rooms(record)
    if len(rooms) < 2:
        return (Listing(external_id=place, name=name, address=address, is_active=is_active),)
    return tuple(
        Listing(
            external_id=f"{place}-{an_id(room, 'id')}",
            name=f"{name}: {text(room, 'name') or an_id(room, 'id')}",
            address=address,
            is_active=is_active,
            parent_id=place,
        )
        for room in rooms
    )


def reservation_of(units: Units, record: dict[str, Any]) -> Reservation:
    arrival, departure = day(record, "arrival"), day(record, "departure")
    return Reservation(
        external_id=an_id(record, "id"),
        state=_state(record),
        visits=tuple(
            Visit(listing_id=place, arrival=arrival, departure=departure)
            for place in _places(units, record)
        ),
        contact=_contact(record),
        updated_at=instant(record, "updated_at"),
        channel=text(record, "source"),
        conversation_id=text(record, "thread_uid") or None,
    )


def _state(record: dict[str, Any]) -> ReservationState:
    state = _STATES.get(text(record, "status").casefold())
    if state is None:
        raise Unreadable("status is none that we know")
    return ReservationState.CANCELLED if record.get("is_deleted") is True else state


def _places(units: Units, record: dict[str, Any]) -> list[str]:
    place = an_id(record, "property_id")
    known = units.get(place, ())
    rooms = _rooms(record)
    taken = dict.fromkeys(f"{place}-{text(room, 'room_type_id')}" for room in rooms)
    return [room for room in taken if room in known] or [place]


def _contact(record: dict[str, Any]) -> Contact:
    guest = record.get("guest")
    if guest is None:
        guest = {}
    if not isinstance(guest, dict):
        raise Unreadable("guest is no object")
    more = guest.get("phone_numbers") or []
    if not isinstance(more, list) or not all(isinstance(one, str) for one in more):
        raise Unreadable("guest.phone_numbers is no list of texts")
    numbers = (text(guest, "phone"), text(guest, "phone_number"), *more)
    country = _optional(guest, "country_code").upper()
    return Contact(
        name=text(guest, "name", "guest_name"),
        numbers=tuple(dict.fromkeys(one for one in numbers if one.strip())),
        language=_optional(record, "language") or _optional(guest, "locale") or None,
        country=country if len(country) == 2 else None,
    )


def _optional(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return value.strip() if isinstance(value, str) else ""


def _rooms(record: dict[str, Any]) -> list[dict[str, Any]]:
    rooms = record.get("rooms") or []
    if not isinstance(rooms, list) or not all(isinstance(one, dict) for one in rooms):
        raise Unreadable("rooms is no list of objects")
    return rooms


def hint_of(body: bytes) -> Hint:
    """The bookings that a delivery names: one event, or a list of them."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise BadHook("the webhook is no JSON") from None
    found: dict[str, None] = {}
    everything = False
    for event in said if isinstance(said, list) else [said]:
        if not isinstance(event, dict):
            raise BadHook("the webhook is no object")
        if not str(event.get("action", "")).startswith("booking"):
            continue
        booking = event.get("booking")
        booking_id = booking.get("id") if isinstance(booking, dict) else None
        if isinstance(booking_id, int | str) and booking_id:
            found[str(booking_id)] = None
        else:
            everything = True
    return Hint(reservation_ids=tuple(found), everything=everything)


def require_signature(request: HookRequest, secrets: Sequence[str]) -> None:
    """BadHook unless one of the secrets made the signature over the body."""
    given = request.headers.get("ms-signature", "").strip().lower()
    if not given:
        raise BadHook("the webhook is not signed", is_unsigned=True)
    is_genuine = False
    for secret in secrets:
        digest = hmac.new(secret.encode(), request.body, "sha256").hexdigest()
        is_genuine |= hmac.compare_digest(f"sha256={digest}".encode(), given.encode())
    if not is_genuine:
        raise BadHook("the signature of the webhook is wrong", is_unsigned=True)
