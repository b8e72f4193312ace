"""Reservations as they come in: what is new or changed is kept and placed, a few at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from callassist.models import PmsConnection, PmsReservation, PmsSetAside
from callassist.pms_sync.kept import Kept, from_text, listed_text, sound, to_text, trimmed
from callassist.pms_sync.placing import ToPlace, place
from callassist.pms_sync.visits import first_and_last, spots_of
from callassist.ports.pms import Reservation, ReservationState, SetAside
from callassist.storage.vault import Vault

RESERVATION, LISTING = "reservation", "listing"  # kinds of what is set aside
MOST_RAW = 20_000


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Which connection is read, by which run, and when."""

    connection: PmsConnection
    run_id: int
    now: datetime


def take_in(
    session: Session,
    vault: Vault,
    reading: Reading,
    items: Sequence[Reservation | SetAside],
    counts: Counter[str],
) -> None:
    """Keep and place a part of what was read; running it again changes nothing.

    Nothing of the part is stored when one of it is refused: take them in one by one then, with
    `take_in_alone`.
    """
    reservations = {one.external_id: one for one in items if isinstance(one, Reservation)}
    aside = [one for one in items if isinstance(one, SetAside)]
    if reservations:
        _take_reservations(session, vault, reading, list(reservations.values()), counts)
        _forget_aside(session, reading, reservations)
    for one in aside:
        set_aside(session, vault, reading, RESERVATION, one)
    counts["read"] += len(reservations) + len(aside)
    counts["set_aside"] += len(aside)


def take_in_alone(
    session: Session,
    vault: Vault,
    reading: Reading,
    reservation: Reservation,
    refused: str,
    counts: Counter[str],
) -> None:
    """Set aside a reservation that storing refused; what is known of it so far stays."""
    one = SetAside(
        external_id=reservation.external_id,
        reason=refused,
        raw=repr(replace(reservation, contact=None)),
    )
    set_aside(session, vault, reading, RESERVATION, one)
    counts["read"] += 1
    counts["set_aside"] += 1


def set_aside(session: Session, vault: Vault, reading: Reading, kind: str, aside: SetAside) -> None:
    """Remember a record that cannot be used, and why."""
    external_id = sound(aside.external_id)[:255]
    connection = reading.connection
    row = session.scalars(
        select(PmsSetAside).where(
            PmsSetAside.connection_id == connection.id,
            PmsSetAside.kind == kind,
            PmsSetAside.external_id == external_id,
        )
    ).first()
    if row is None:
        row = PmsSetAside(
            account_id=connection.account_id,
            connection_id=connection.id,
            kind=kind,
            external_id=external_id,
            first_at=reading.now,
        )
        session.add(row)
    row.reason = aside.reason
    row.raw = vault.seal(sound(aside.raw)[:MOST_RAW]) if aside.raw else None
    row.read_run, row.last_at = reading.run_id, reading.now
    if kind == RESERVATION:  # it is there, so it has not vanished
        session.execute(
            update(PmsReservation)
            .where(
                PmsReservation.connection_id == connection.id,
                PmsReservation.external_id == external_id,
            )
            .values(read_run=reading.run_id)
            .execution_options(synchronize_session=False)
        )
    session.flush()


def _take_reservations(
    session: Session,
    vault: Vault,
    reading: Reading,
    reservations: Sequence[Reservation],
    counts: Counter[str],
) -> None:
    listed = [(one, vault.salted(listed_text(one))) for one in map(trimmed, reservations)]
    known = _known(session, reading, reservations)
    unchanged: list[int] = []
    fresh: list[tuple[Reservation, str]] = []
    for one, digest in listed:
        row = known.get(one.external_id)
        if row is not None and (row.digest == digest or row.said is None):
            # nothing said is kept after its guest was erased: it never comes back
            unchanged.append(row.id)
        else:
            fresh.append((one, digest))
    if unchanged:
        counts["unchanged"] += len(unchanged)
        session.execute(
            update(PmsReservation)
            .where(PmsReservation.id.in_(unchanged))
            .values(read_run=reading.run_id, read_at=reading.now)
            .execution_options(synchronize_session=False)
        )
    _place_fresh(session, vault, reading, known, fresh, counts)


def _place_fresh(
    session: Session,
    vault: Vault,
    reading: Reading,
    known: Mapping[str, PmsReservation],
    fresh: Sequence[tuple[Reservation, str]],
    counts: Counter[str],
) -> None:
    """What is new or has changed."""
    if not fresh:
        return
    spots = spots_of(session, reading.connection.id, [one for one, _ in fresh])
    to_place = []
    for one, _ in fresh:
        row = known.get(one.external_id)
        visits = 1 if row is None else row.visits
        to_place.append(ToPlace(kept=_kept(vault, row, one), visits_before=visits))
    placed = place(session, vault, reading.connection, to_place, spots, now=reading.now)
    for (one, digest), was, made in zip(fresh, to_place, placed, strict=True):
        row = _keep(session, vault, reading, known.get(one.external_id), was.kept, digest)
        row.numbers = made.numbers
        if made.is_erased:
            row.said = None
        counts.update(created=made.created, changed=made.changed, cancelled=made.cancelled)
    session.flush()


def _known(
    session: Session, reading: Reading, reservations: Iterable[Reservation]
) -> dict[str, PmsReservation]:
    query = select(PmsReservation).where(
        PmsReservation.connection_id == reading.connection.id,
        PmsReservation.external_id.in_([one.external_id for one in reservations]),
    )
    return {row.external_id: row for row in session.scalars(query.with_for_update())}


def _kept(vault: Vault, row: PmsReservation | None, one: Reservation) -> Kept:
    """What is kept now; a contact that was asked for before stays until it is asked for again."""
    if one.contact is not None or one.state is not ReservationState.STAYS:
        return Kept(reservation=one)
    before = None if row is None or row.said is None else from_text(vault.open(row.said))
    same = before is not None and before.reservation.contact_id == one.contact_id
    return Kept(reservation=one, contact=before.contact if before and same else None)


def _keep(
    session: Session,
    vault: Vault,
    reading: Reading,
    row: PmsReservation | None,
    kept: Kept,
    digest: str,
) -> PmsReservation:
    one = kept.reservation
    if row is None:
        row = PmsReservation(
            connection_id=reading.connection.id,
            account_id=reading.connection.account_id,
            external_id=one.external_id,
        )
        session.add(row)
    first, last = first_and_last(one)
    row.said = vault.seal(to_text(kept))
    row.digest = digest
    row.state = str(one.state)
    row.first_day, row.last_day = first.isoformat(), last.isoformat()
    row.listing_id = one.visits[0].listing_id if one.visits else ""
    row.visits = max(len(one.visits), 1)
    row.channel = one.channel[:64]
    row.read_run, row.read_at = reading.run_id, reading.now
    row.contact_read_at = reading.now if one.contact is not None else None
    return row


def keep_contact(
    session: Session, vault: Vault, reading: Reading, row: PmsReservation, kept: Kept
) -> Counter[str]:
    """Keep a contact that was asked for, and put its numbers on the stays."""
    row.contact_read_at = reading.now
    row.said = vault.seal(to_text(kept))
    spots = spots_of(session, reading.connection.id, [kept.reservation])
    (placed,) = place(
        session,
        vault,
        reading.connection,
        [ToPlace(kept=kept, visits_before=row.visits)],
        spots,
        now=reading.now,
    )
    row.numbers = placed.numbers
    session.flush()
    return Counter(created=placed.created, changed=placed.changed, cancelled=placed.cancelled)


def forget_one(
    session: Session, vault: Vault, reading: Reading, row: PmsReservation
) -> Counter[str]:
    """The system does not know this reservation any more: it is as good as cancelled."""
    if row.said is None:
        row.state, row.read_run = str(ReservationState.CANCELLED), reading.run_id
        return Counter()
    kept = from_text(vault.open(row.said))
    gone = trimmed(replace(kept.reservation, state=ReservationState.CANCELLED))
    to_place = ToPlace(kept=Kept(reservation=gone), visits_before=row.visits)
    (placed,) = place(session, vault, reading.connection, [to_place], {}, now=reading.now)
    digest = vault.salted(listed_text(gone))
    _keep(session, vault, reading, row, Kept(reservation=gone), digest)
    row.numbers = None
    return Counter(cancelled=placed.cancelled)


def _forget_aside(session: Session, reading: Reading, ids: Iterable[str]) -> None:
    """What can be read now is not set aside any more."""
    session.execute(
        delete(PmsSetAside).where(
            PmsSetAside.connection_id == reading.connection.id,
            PmsSetAside.kind == RESERVATION,
            PmsSetAside.external_id.in_(list(ids)),
        )
    )
