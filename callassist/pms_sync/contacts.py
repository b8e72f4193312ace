"""Guests of systems that hand them out one by one: who arrives first is asked for first."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from callassist.models import PmsReservation
from callassist.pms_sync import claims
from callassist.pms_sync.hints import RESERVATION, ask_again
from callassist.pms_sync.intake import keep_contact
from callassist.pms_sync.kept import Kept, from_text
from callassist.pms_sync.patience import Patient
from callassist.pms_sync.reread import contact_of, needs_contact
from callassist.pms_sync.vendors.reading import Unreadable
from callassist.ports.pms import Contact, Reservation, ReservationState
from callassist.ports.pms_access import BadAnswer

if TYPE_CHECKING:
    from callassist.pms_sync.running import Run

MOST = 300  # of one run; the next one follows soon
_SECONDS = 300.0
_MOST_ODD = 3  # guests of one run who cannot be read; they are asked for again before they arrive
_AT_ONCE = 10
_ASKED_AGAIN = timedelta(hours=2)  # about who arrives soon and has no number yet


def fetch_due(run: Run, access: Patient) -> None:
    """Ask for guests that are new or changed, and again for those who arrive soon without a number.

    What is left when the run has asked for so many is left to the next one.
    """
    abilities = run.connector.facts.abilities
    if not abilities.has_numbers:
        return
    if abilities.single:
        _ask_before_arrival(run)
    guests: dict[str, Contact] = {}
    began = time.monotonic()
    with run.sync.sessions.read() as session:
        due = select(PmsReservation.id).where(
            *_coming(run), PmsReservation.contact_read_at.is_(None)
        )
        ids = list(session.scalars(due.order_by(PmsReservation.first_day).limit(MOST + 1)))
    for start in range(0, min(len(ids), MOST), _AT_ONCE):
        if time.monotonic() - began > _SECONDS:
            break
        _fetch(run, access, ids[start : start + _AT_ONCE], guests)
        run.counts["contacts"] += len(ids[start : start + _AT_ONCE])
    run.counts["contacts_left"] = len(ids) - run.counts["contacts"]


def _fetch(run: Run, access: Patient, ids: Sequence[int], guests: dict[str, Contact]) -> None:
    with run.sync.sessions.read() as session:
        query = select(PmsReservation).where(PmsReservation.id.in_(ids))
        rows = session.scalars(query.order_by(PmsReservation.first_day)).all()
    found = {row.id: _guest(run, access, row, guests) for row in rows}
    with run.sync.sessions.write() as session:
        claims.renew(session, run.held, run.sync.now_real())
        for row_id, contact in found.items():
            _put(run, session, row_id, contact)


def _guest(
    run: Run, access: Patient, row: PmsReservation, guests: dict[str, Contact]
) -> Contact | None:
    if row.said is None:
        return None
    one = from_text(run.sync.vault.open(row.said)).reservation
    if not needs_contact(run.connector, one):
        return None
    key = one.contact_id or f"reservation {one.external_id}"
    if key not in guests:
        try:
            guests[key] = contact_of(run.connector, access, one)
        except (BadAnswer, Unreadable):
            run.counts["odd_guests"] += 1
            if run.counts["odd_guests"] > _MOST_ODD:
                raise  # it is not this guest, the system says nothing sensible at all
            return None
    return guests[key]


def _put(run: Run, session: Session, row_id: int, contact: Contact | None) -> None:
    row = session.get(PmsReservation, row_id, with_for_update=True, populate_existing=True)
    if row is None:
        return
    if contact is None or row.said is None:
        row.contact_read_at = run.now
        return
    one: Reservation = from_text(run.sync.vault.open(row.said)).reservation
    kept = Kept(reservation=one, contact=contact)
    run.counts.update(keep_contact(session, run.sync.vault, run.reading, row, kept))


def _ask_before_arrival(run: Run) -> None:
    """Who arrives soon, has no number, and was not asked about for a while."""
    soon = (run.now + run.sync.settings.contact_before).date().isoformat()
    query = select(PmsReservation.id, PmsReservation.external_id).where(
        *_coming(run),
        PmsReservation.first_day <= soon,
        PmsReservation.numbers == 0,
        PmsReservation.contact_read_at < run.now - _ASKED_AGAIN,
    )
    with run.sync.sessions.write() as session:
        rows = session.execute(query.order_by(PmsReservation.first_day).limit(MOST)).all()
        for _, external_id in rows:
            ask_again(session, run.connection.id, RESERVATION, external_id, run.sync.now_real())
        session.execute(
            update(PmsReservation)
            .where(PmsReservation.id.in_([row_id for row_id, _ in rows]))
            .values(contact_read_at=run.now)
            .execution_options(synchronize_session=False)
        )


def _coming(run: Run) -> tuple[ColumnElement[bool], ...]:
    return (
        PmsReservation.connection_id == run.connection.id,
        PmsReservation.state == str(ReservationState.STAYS),
        PmsReservation.last_day >= run.now.date().isoformat(),
    )
