"""The stays that a reservation is: where, from when until when, and who."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.booked_stay import stay_key
from callassist.domain.csv_titles import written_language
from callassist.domain.staying import Days, HouseTimes, span
from callassist.errors import InvalidInput
from callassist.models import PmsConnection, PmsListing, Property
from callassist.pms_sync.kept import Kept
from callassist.ports.pms import Reservation, ReservationState, Visit
from callassist.stays import ImportedStay, StayDetails

MOST_VISITS = 9


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A listing that has a home."""

    home: Property
    times: HouseTimes


def spots_of(
    session: Session, connection_id: int, reservations: Iterable[Reservation]
) -> dict[str, Spot]:
    """The homes of all listings that these reservations name, by the listing's own id."""
    wanted = {visit.listing_id for one in reservations for visit in one.visits}
    query = (
        select(PmsListing, Property)
        .join(Property, Property.id == PmsListing.property_id)
        .where(PmsListing.connection_id == connection_id, PmsListing.external_id.in_(wanted))
    )
    return {
        listing.external_id: Spot(
            home=home,
            times=HouseTimes(
                check_in=_time(listing.check_in),
                check_out=_time(listing.check_out),
                typed_check_in=_time(listing.typed_check_in),
                typed_check_out=_time(listing.typed_check_out),
            ),
        )
        for listing, home in session.execute(query)
    }


def stays_wanted(
    connection: PmsConnection, kept: Kept, spots: Mapping[str, Spot]
) -> list[tuple[ImportedStay, Property]]:
    """The stays that a reservation is, with their homes; none for who does not stay."""
    reservation = kept.reservation
    if reservation.state is not ReservationState.STAYS:
        return []
    made = []
    for number, visit in enumerate(reservation.visits[:MOST_VISITS]):
        spot = spots.get(visit.listing_id)
        if spot is not None:
            imported = ImportedStay(
                source=connection.vendor,
                external_id=stay_key(connection.public_id, reservation.external_id, number),
                details=_details(kept, visit, spot),
            )
            made.append((imported, spot.home))
    return made


def _details(kept: Kept, visit: Visit, spot: Spot) -> StayDetails:
    days = Days(
        arrival=visit.arrival,
        departure=visit.departure,
        check_in=visit.check_in,
        check_out=visit.check_out,
        arrives_at=visit.arrives_at,
        leaves_at=visit.leaves_at,
    )
    arrives, leaves = span(days, spot.times, ZoneInfo(spot.home.timezone))
    guest = kept.guest
    return StayDetails(
        check_in_at=arrives,
        check_out_at=leaves,
        guest_name=None if guest is None else guest.name,
        language=None if guest is None else _language(guest.language),
        numbers=None if guest is None else guest.numbers,
    )


def _language(written: str | None) -> str:
    """The code of a locale or of a language's name; "" leaves it to the number's country."""
    try:
        return written_language((written or "").strip().replace("_", "-"))
    except InvalidInput:
        return ""


def first_and_last(reservation: Reservation) -> tuple[date, date]:
    """The days from the first arrival to the last departure; without visits, the first of all."""
    if not reservation.visits:
        return date.min, date.min
    return (
        min(visit.arrival for visit in reservation.visits),
        max(visit.departure for visit in reservation.visits),
    )


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)
