"""Reservations as they come in: what is new or changed is kept and placed, a few at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from callassist.models import PmsReservation
from callassist.pms_sync.kept import Kept, from_text, listed_text, to_text, trimmed
from callassist.pms_sync.placing import ToPlace, place
from callassist.pms_sync.setting_aside import RESERVATION, forget_aside, set_aside
from callassist.pms_sync.sync import Reading
from callassist.pms_sync.visits import first_and_last, spots_of
from callassist.ports.pms import Reservation, ReservationState, SetAside
from callassist.storage.vault import Vault

_table = PmsReservation.__table__


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
        forget_aside(session, reading, reservations)
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


def _take_reservations(
    session: Session,
    vault: Vault,
    reading: Reading,
    reservations: Sequence[Reservation],
    counts: Counter[str],
) -> None:
    listed = [(one, vault.salted(listed_text(one))) for one in map(trimmed, reservations)]
    digests = _digests(session, reading, reservations)
    unchanged: list[int] = []
    fresh: list[tuple[Reservation, str]] = []
    for one, digest in listed:
        row_id, before = digests.get(one.external_id, (0, ""))
        if row_id and before in (digest, None):
            unchanged.append(row_id)
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
    if fresh:
        changed = [one.external_id for one, _ in fresh if one.external_id in digests]
        known = _rows(session, reading, changed)
        _place_fresh(session, vault, reading, known, fresh, counts)


def _place_fresh(
    session: Session,
    vault: Vault,
    reading: Reading,
    known: Mapping[str, PmsReservation],
    fresh: Sequence[tuple[Reservation, str]],
    counts: Counter[str],
) -> None:
    """What is new or has changed. New ones go in as rows: a transfer brings 100,000 of them."""
    spots = spots_of(session, reading.connection.id, [one for one, _ in fresh])
    to_place = []
    for one, _ in fresh:
        row = known.get(one.external_id)
        visits = 1 if row is None else row.visits
        to_place.append(ToPlace(kept=_kept(vault, row, one), visits_before=visits))
    placed = place(session, vault, reading.connection, to_place, spots, now=reading.now)
    new = []
    for (one, digest), was, made in zip(fresh, to_place, placed, strict=True):
        said = None if made.is_erased else vault.seal(to_text(was.kept))
        values = {**_values(reading, one, digest), "said": said, "numbers": made.numbers}
        row = known.get(one.external_id)
        if row is None:
            new.append(values)
        else:
            _put(row, values)
        counts.update(created=made.created, changed=made.changed, cancelled=made.cancelled)
    session.flush()
    if new:
        session.connection().execute(insert(PmsReservation), new)


def _digests(
    session: Session, reading: Reading, reservations: Iterable[Reservation]
) -> dict[str, tuple[int, str | None]]:
    """Rows of what is known of them, locked; None where nothing said is kept: its guest was
    erased, and never comes back."""
    query = select(
        _table.c.external_id, _table.c.id, _table.c.digest, _table.c.said.is_(None)
    ).where(
        _table.c.connection_id == reading.connection.id,
        _table.c.external_id.in_([one.external_id for one in reservations]),
    )
    return {
        external_id: (row_id, None if is_erased else digest)
        for external_id, row_id, digest, is_erased in session.connection().execute(
            query.with_for_update()
        )
    }


def _rows(
    session: Session, reading: Reading, external_ids: Sequence[str]
) -> dict[str, PmsReservation]:
    if not external_ids:
        return {}
    query = select(PmsReservation).where(
        PmsReservation.connection_id == reading.connection.id,
        PmsReservation.external_id.in_(external_ids),
    )
    return {row.external_id: row for row in session.scalars(query)}


def _kept(vault: Vault, row: PmsReservation | None, one: Reservation) -> Kept:
    """What is kept now; a contact that was asked for before stays until it is asked for again."""
    if one.contact is not None or one.state is not ReservationState.STAYS:
        return Kept(reservation=one)
    before = None if row is None or row.said is None else from_text(vault.open(row.said))
    same = before is not None and before.reservation.contact_id == one.contact_id
    return Kept(reservation=one, contact=before.contact if before and same else None)


def _values(reading: Reading, one: Reservation, digest: str) -> dict[str, Any]:
    """Columns of a reservation, without what is sealed and what became of its stays."""
    first, last = first_and_last(one)
    return {
        "connection_id": reading.connection.id,
        "account_id": reading.connection.account_id,
        "external_id": one.external_id,
        "digest": digest,
        "state": str(one.state),
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "listing_id": one.visits[0].listing_id if one.visits else "",
        "visits": max(len(one.visits), 1),
        "channel": one.channel[:64],
        "read_run": reading.run_id,
        "read_at": reading.now,
        "contact_read_at": reading.now if one.contact is not None else None,
    }


def _put(row: PmsReservation, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


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
    said = vault.seal(to_text(Kept(reservation=gone)))
    _put(row, {**_values(reading, gone, digest), "said": said, "numbers": None})
    return Counter(cancelled=placed.cancelled)
