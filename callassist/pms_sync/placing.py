"""From a reservation to stays: one for each of its visits to a home that we watch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session, aliased

from callassist.domain.csv_titles import written_language
from callassist.domain.staying import Days, HouseTimes, span
from callassist.errors import InvalidInput
from callassist.models import PmsConnection, PmsListing, PmsReservation, Property, Stay
from callassist.pms_sync.kept import Kept, from_text, listed_text
from callassist.ports.pms import Reservation, ReservationState, Visit
from callassist.stays import ImportedStay, StayDetails, put_imported
from callassist.storage.parts import write_in_parts
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

UNPLACED = ""  # digest of a reservation whose stays are to be made (again)
MOST_VISITS = 9
_AT_ONCE = 20  # reservations of one transaction: readings are written in between


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A listing that has a home."""

    home: Property
    times: HouseTimes


@dataclass(frozen=True, kw_only=True)
class Placed:
    """What became of a reservation's stays; `numbers` that can be phoned, None without a stay."""

    created: int = 0
    changed: int = 0
    cancelled: int = 0
    numbers: int | None = None


def stay_id(external_id: str, place: int) -> str:
    """What a stay is called: as its reservation, and from the second visit on with its place."""
    return external_id if place == 0 else f"{external_id}#{place + 1}"


def reservation_ids(stay_external_id: str) -> tuple[str, ...]:
    """What the reservation of a stay may be called."""
    base, mark, place = stay_external_id.rpartition("#")
    return (stay_external_id, base) if mark and base and place.isdigit() else (stay_external_id,)


def stays_of(connection: PmsConnection) -> ColumnElement[bool]:
    """Condition on Stay: made of one connection's reservations."""
    made = aliased(Stay)
    base = PmsReservation.external_id
    names = [base, *(base + f"#{place}" for place in range(2, MOST_VISITS + 1))]
    ids = (
        select(made.id)
        .join(PmsReservation, made.external_id.in_(names))
        .where(
            PmsReservation.connection_id == connection.id,
            made.account_id == connection.account_id,
            made.source == connection.vendor,
        )
    )
    return Stay.id.in_(ids)


def give_home(session: Session, listing: PmsListing, home: Property | None) -> None:
    """Say which home a listing is; its stays follow by `place_waiting`, or with the next run."""
    home_id = None if home is None else home.id
    if listing.property_id == home_id:
        return
    listing.property_id = home_id
    session.flush()
    forget_placing(session, listing)


def forget_placing(session: Session, listing: PmsListing) -> None:
    """Have all reservations of a listing placed again: its home or its times have changed."""
    session.execute(
        update(PmsReservation)
        .where(
            PmsReservation.connection_id == listing.connection_id,
            or_(PmsReservation.listing_id == listing.external_id, PmsReservation.visits > 1),
            PmsReservation.said.is_not(None),
        )
        .values(digest=UNPLACED)
        .execution_options(synchronize_session=False)
    )


def place_waiting(
    sessions: Sessions,
    vault: Vault,
    account_id: int,
    now: datetime,
    *,
    connection_id: int | None = None,
) -> int:
    """Make the stays of all kept reservations that wait for it; how many reservations.

    StoredInPart when the database was too busy to go on: the rest is placed later.
    """
    waiting = select(PmsReservation.id).where(
        PmsReservation.connection_id.in_(
            select(PmsConnection.id).where(PmsConnection.account_id == account_id)
        )
        if connection_id is None
        else PmsReservation.connection_id == connection_id,
        PmsReservation.digest == UNPLACED,
    )
    with sessions.read() as session:
        ids = list(session.scalars(waiting.order_by(PmsReservation.first_day, PmsReservation.id)))

    def place_part(session: Session, part: Sequence[int]) -> None:
        query = select(PmsReservation).where(PmsReservation.id.in_(part)).with_for_update()
        rows = session.scalars(query).all()
        for row in sorted(rows, key=lambda row: row.first_day):
            _place_again(session, vault, row, now)

    write_in_parts(sessions, ids, _AT_ONCE, place_part)
    return len(ids)


def _place_again(session: Session, vault: Vault, row: PmsReservation, now: datetime) -> None:
    if row.said is None:
        return
    connection = session.get_one(PmsConnection, row.connection_id)
    kept = from_text(vault.open(row.said))
    spots = spots_of(session, connection.id, [kept.reservation])
    try:
        placed = place(session, vault, connection, kept, spots, now=now)
    except InvalidInput:
        placed = Placed()  # set aside with its reason when it is read again
    row.numbers = placed.numbers
    row.digest = vault.salted(listed_text(kept.reservation))


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
            times=HouseTimes(check_in=_time(listing.check_in), check_out=_time(listing.check_out)),
        )
        for listing, home in session.execute(query)
    }


def place(
    session: Session,
    vault: Vault,
    connection: PmsConnection,
    kept: Kept,
    spots: Mapping[str, Spot],
    *,
    now: datetime,
    visits_before: int = MOST_VISITS,
) -> Placed:
    """Make, change or cancel the stays of one reservation; run twice it changes nothing.

    What a host typed stays. Blocks and inquiries make no stay; stays of visits, or of a whole
    reservation, that are no more are cancelled. InvalidInput for days that cannot be.
    """
    reservation = kept.reservation
    wanted = _wanted(connection.vendor, kept, spots)
    known = _known(session, connection, reservation.external_id, visits_before)
    created = changed = cancelled = 0
    numbers: int | None = None
    for imported, home in wanted:
        before = known.pop(imported.external_id, None)
        leaves = imported.details.check_out_at
        if before is None and leaves is not None and leaves <= now:
            continue  # over before we knew of it
        stored = put_imported(session, vault, home, imported, now=now, is_one_of_many=True)
        created += stored.created
        changed += stored.changed and not stored.created
        numbers = max(numbers or 0, sum(one.flagged_at is None for one in stored.stay.numbers))
    for stay in known.values():
        cancelled += _cancel(session, vault, stay, now)
    return Placed(created=created, changed=changed, cancelled=cancelled, numbers=numbers)


def _wanted(
    source: str, kept: Kept, spots: Mapping[str, Spot]
) -> list[tuple[ImportedStay, Property]]:
    reservation = kept.reservation
    if reservation.state is not ReservationState.STAYS:
        return []
    made = []
    for number, visit in enumerate(reservation.visits[:MOST_VISITS]):
        spot = spots.get(visit.listing_id)
        if spot is not None:
            imported = ImportedStay(
                source=source,
                external_id=stay_id(reservation.external_id, number),
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


def _known(
    session: Session, connection: PmsConnection, external_id: str, visits: int
) -> dict[str, Stay]:
    names = [stay_id(external_id, place) for place in range(max(visits, 1))]
    query = select(Stay).where(
        Stay.account_id == connection.account_id,
        Stay.source == connection.vendor,
        Stay.external_id.in_(names),
    )
    return {stay.external_id: stay for stay in session.scalars(query) if stay.external_id}


def _cancel(session: Session, vault: Vault, stay: Stay, now: datetime) -> bool:
    if stay.cancelled_at is not None or stay.erased_at is not None or stay.check_out_at <= now:
        return False
    home = session.get_one(Property, stay.property_id)
    gone = ImportedStay(
        source=stay.source,
        external_id=stay.external_id or "",
        details=StayDetails(),
        cancelled=True,
    )
    return put_imported(session, vault, home, gone, now=now).changed


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
