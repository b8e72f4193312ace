"""Mews's records in our words. Instants are real there; days are those of the property's zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from callassist.pms_sync.vendors.reading import Unreadable, an_id, changed_at, instant, text
from callassist.ports.pms import Contact, Listing, Reservation, ReservationState, Visit

UNASSIGNED = "unassigned"  # no listing has this id: the reservation waits until a room is named

_STATES = {
    "Inquired": ReservationState.NOT_YET,
    "Requested": ReservationState.NOT_YET,
    "Optional": ReservationState.NOT_YET,
    "Confirmed": ReservationState.STAYS,
    "Started": ReservationState.STAYS,
    "Processed": ReservationState.STAYS,
    "Canceled": ReservationState.CANCELLED,
}
STATES = tuple(_STATES)


def listing_of(zones: dict[str, str], house: str, record: dict[str, Any]) -> Listing | None:
    """A space that is let; None for things and people, which can be booked there, too."""
    data = record.get("Data")
    kind = data.get("Discriminator") if isinstance(data, dict) else None
    if kind not in (None, "Space"):
        return None
    resource = an_id(record, "Id")
    return Listing(
        external_id=resource,
        name=text(record, "Name") or _name_outside(record) or f"{house} {resource[:8]}".strip(),
        timezone=zones.get(text(record, "EnterpriseId")),
        is_active=record.get("IsActive") is not False,
        parent_id=text(record, "ParentResourceId") or None,
    )


def _name_outside(record: dict[str, Any]) -> str:
    """What guests read, in whichever language it is written."""
    names = record.get("ExternalNames")
    return text(names, *names) if isinstance(names, dict) else ""


def reservation_of(timezone: str | None, record: dict[str, Any]) -> Reservation:
    """One reservation without its contact, which stands in another record of theirs."""
    state = text(record, "State")
    if state not in _STATES:
        raise Unreadable("State is none that Mews describes")
    arrives = instant(record, "ActualStartUtc", "ScheduledStartUtc", "StartUtc")
    leaves = instant(record, "ActualEndUtc", "ScheduledEndUtc", "EndUtc")
    if arrives is None or leaves is None:
        raise Unreadable("ScheduledStartUtc or ScheduledEndUtc is missing")
    if leaves <= arrives:
        raise Unreadable("it ends before it begins")
    place = ZoneInfo(timezone) if timezone else UTC
    return Reservation(
        external_id=an_id(record, "Id"),
        state=_STATES[state],
        visits=(
            Visit(
                listing_id=text(record, "AssignedResourceId") or UNASSIGNED,
                arrival=_local(arrives, place),
                departure=_local(leaves, place),
                arrives_at=arrives,
                leaves_at=leaves,
            ),
        ),
        contact_id=customer_id(record),
        updated_at=changed_at(record, "UpdatedUtc"),
        channel=text(record, "Origin"),
    )


def customer_id(record: dict[str, Any]) -> str | None:
    """Who can be phoned: the account where it is a person, else whoever booked for a company."""
    kind = text(record, "AccountType") or "Customer"
    account = text(record, "AccountId") if kind == "Customer" else ""
    return account or text(record, "BookerId") or text(record, "CustomerId") or None


def contact_of(customer: dict[str, Any]) -> Contact:
    """One customer; "00" in front of a number is left to whoever parses it."""
    names = (text(customer, "FirstName"), text(customer, "LastName"))
    phone = text(customer, "Phone")
    return Contact(
        name=" ".join(name for name in names if name),
        numbers=(phone,) if phone else (),
        language=text(customer, "PreferredLanguageCode", "LanguageCode") or None,
        country=text(customer, "NationalityCode") or None,
    )


def _local(at: datetime, place: Any) -> Any:
    try:
        return at.astimezone(place).date()
    except OverflowError:
        raise Unreadable("ScheduledStartUtc is not a date and time") from None
