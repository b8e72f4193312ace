"""From a reservation to stays: one for each of its visits to a home that we watch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.orm import Session, selectinload

from callassist.domain.booked_stay import connection_beginning, stay_key
from callassist.errors import InvalidInput
from callassist.models import PmsConnection, PmsListing, PmsReservation, Property, Stay
from callassist.pms_sync.kept import Kept, from_text, listed_text
from callassist.pms_sync.visits import MOST_VISITS, Spot, spots_of, stays_wanted
from callassist.stays import (
    Came,
    ImportedStay,
    StayDetails,
    Transferred,
    put_many_imported,
)
from callassist.storage.parts import write_in_parts
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

UNPLACED = ""  # digest of a reservation whose stays are to be made (again)
_UNPLACEABLE = "unplaceable"  # digest of one that cannot be a stay, until it is read again
_AT_ONCE = 40  # reservations of one transaction: readings are written in between


@dataclass(frozen=True, kw_only=True)
class ToPlace:
    """A reservation, and how many visits it had before, if it was known."""

    kept: Kept
    visits_before: int = 1


@dataclass(frozen=True, kw_only=True)
class Placed:
    """What became of a reservation's stays; `numbers` that can be phoned, None without a stay.

    Of a guest who `is_erased` nothing may be kept.
    """

    created: int = 0
    changed: int = 0
    cancelled: int = 0
    numbers: int | None = None
    is_erased: bool = False


def stays_of(connection: PmsConnection) -> ColumnElement[bool]:
    """Condition on Stay: made of one connection's reservations."""
    return and_(
        Stay.account_id == connection.account_id,
        Stay.source == connection.vendor,
        Stay.external_id.startswith(connection_beginning(connection.public_id)),
    )


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
    most: int | None = None,
    between: Callable[[], None] | None = None,
) -> int:
    """Make the stays of all kept reservations that wait for it, or of the soonest; how many.

    StoredInPart when the database was too busy to go on: the rest is placed later.
    """
    with sessions.read() as session:
        ids = list(session.scalars(_waiting(account_id, connection_id, now).limit(most)))

    def place_part(session: Session, part: Sequence[int]) -> None:
        query = select(PmsReservation).where(PmsReservation.id.in_(part)).with_for_update()
        rows = [row for row in session.scalars(query) if row.said is not None]
        try:
            with session.begin_nested():
                _place_again(session, vault, rows, now)
        except InvalidInput:
            for row in rows:  # one of them cannot be; it is set aside when it is read again
                with suppress(InvalidInput), session.begin_nested():
                    _place_again(session, vault, [row], now)
                row.digest = row.digest or _UNPLACEABLE

    write_in_parts(sessions, ids, _AT_ONCE, place_part, between)
    return len(ids)


def _waiting(account_id: int, connection_id: int | None, now: datetime) -> Select[int]:
    """Ids of what is to be placed: who is there or comes soonest first, then who has left."""
    one = PmsReservation.connection_id == connection_id
    all_of_them = PmsReservation.connection_id.in_(
        select(PmsConnection.id).where(PmsConnection.account_id == account_id)
    )
    query = select(PmsReservation.id).where(
        all_of_them if connection_id is None else one,
        PmsReservation.digest == UNPLACED,
        PmsReservation.said.is_not(None),
    )
    is_over = PmsReservation.last_day < now.date().isoformat()
    return query.order_by(is_over, PmsReservation.first_day, PmsReservation.id)


def _place_again(
    session: Session, vault: Vault, rows: Sequence[PmsReservation], now: datetime
) -> None:
    kept = [from_text(vault.open(row.said)) for row in rows if row.said is not None]
    by_connection: dict[int, list[tuple[PmsReservation, Kept]]] = {}
    for row, one in zip(rows, kept, strict=True):
        by_connection.setdefault(row.connection_id, []).append((row, one))
    for connection_id, pairs in by_connection.items():
        connection = session.get_one(PmsConnection, connection_id)
        spots = spots_of(session, connection_id, [one.reservation for _, one in pairs])
        to_place = [ToPlace(kept=one, visits_before=row.visits) for row, one in pairs]
        placed = place(session, vault, connection, to_place, spots, now=now)
        for (row, one), made in zip(pairs, placed, strict=True):
            row.numbers = made.numbers
            row.digest = vault.salted(listed_text(one.reservation))


def place(
    session: Session,
    vault: Vault,
    connection: PmsConnection,
    reservations: Sequence[ToPlace],
    spots: Mapping[str, Spot],
    *,
    now: datetime,
) -> list[Placed]:
    """Make, change or cancel the stays of some reservations; run twice it changes nothing.

    What a host typed stays. Blocks and inquiries make no stay; stays of visits, or of a whole
    reservation, that are no more are cancelled. InvalidInput for days that cannot be.
    """
    known = _known(session, connection, reservations)
    transferred: list[Transferred] = []
    ends = []
    for one in reservations:
        if not _is_erased(connection, one, known):
            transferred += _transferred(session, connection, one, spots, known, now)
        ends.append(len(transferred))
    stored = put_many_imported(session, vault, transferred, now=now)
    return [
        Placed(is_erased=True)
        if _is_erased(connection, one, known)
        else _placed(transferred[start:end], stored[start:end])
        for one, start, end in zip(reservations, [0, *ends], ends, strict=False)
    ]


def _is_erased(connection: PmsConnection, one: ToPlace, known: Mapping[str, Stay]) -> bool:
    """One of its stays' guest was: perhaps while nobody was connected, who could have said so."""
    stays = [known[name] for name in _names(connection, one) if name in known]
    return any(stay.erased_at is not None for stay in stays)


def _transferred(
    session: Session,
    connection: PmsConnection,
    one: ToPlace,
    spots: Mapping[str, Spot],
    known: Mapping[str, Stay],
    now: datetime,
) -> list[Transferred]:
    """What becomes of each stay of a reservation."""
    made = []
    wanted = set()
    for imported, home in stays_wanted(connection, one.kept, spots):
        wanted.add(imported.external_id)
        before, leaves = known.get(imported.external_id), imported.details.check_out_at
        if before is not None or leaves is None or leaves > now:  # else over before we knew of it
            made.append(Transferred(home=home, imported=imported, before=before))
    for name in _names(connection, one):
        stay = known.get(name)
        if stay is not None and name not in wanted and _can_be_cancelled(stay, now):
            made.append(_cancelled(session, stay))
    return made


def _placed(transferred: Sequence[Transferred], stored: Sequence[Came]) -> Placed:
    there = [
        came for one, came in zip(transferred, stored, strict=True) if not one.imported.cancelled
    ]
    return Placed(
        created=sum(came.created for came in there),
        changed=sum(came.changed and not came.created for came in there),
        cancelled=sum(one.imported.cancelled for one in transferred),
        numbers=max((came.numbers for came in there), default=None),
    )


def _names(connection: PmsConnection, one: ToPlace) -> list[str]:
    """What stays of a reservation may be called, now and before."""
    visits = max(len(one.kept.reservation.visits), one.visits_before, 1)
    places = range(min(visits, MOST_VISITS))
    name = one.kept.reservation.external_id
    return [stay_key(connection.public_id, name, place) for place in places]


def _known(
    session: Session, connection: PmsConnection, reservations: Iterable[ToPlace]
) -> dict[str, Stay]:
    query = select(Stay).where(
        Stay.account_id == connection.account_id,
        Stay.source == connection.vendor,
        Stay.external_id.in_([name for one in reservations for name in _names(connection, one)]),
    )
    rows = session.scalars(query.options(selectinload(Stay.numbers)))
    return {stay.external_id: stay for stay in rows if stay.external_id}


def _can_be_cancelled(stay: Stay, now: datetime) -> bool:
    return stay.cancelled_at is None and stay.erased_at is None and stay.check_out_at > now


def _cancelled(session: Session, stay: Stay) -> Transferred:
    gone = ImportedStay(
        source=stay.source,
        external_id=stay.external_id or "",
        details=StayDetails(),
        cancelled=True,
    )
    home = session.get_one(Property, stay.property_id)
    return Transferred(home=home, imported=gone, before=stay)
