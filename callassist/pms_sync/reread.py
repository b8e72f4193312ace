"""One reservation again, by its id: a webhook named it, it has vanished, or a call is near."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist.errors import InvalidInput
from callassist.models import ImportRun, PmsConnection, PmsReservation
from callassist.pms_sync.intake import forget_one, keep_contact, take_in, take_in_alone
from callassist.pms_sync.kept import Kept, from_text, trimmed_contact
from callassist.pms_sync.setting_aside import RESERVATION, set_aside
from callassist.pms_sync.sync import Reading, Sync
from callassist.pms_sync.vendors.reading import Unreadable
from callassist.ports.pms import (
    Contact,
    PmsConnector,
    Reservation,
    ReservationState,
    SetAside,
)
from callassist.ports.pms_access import Access, NotThere


def read_again(sync: Sync, connection: PmsConnection, access: Access, external_id: str) -> None:
    """Ask for it and store what it is now; a system that knows it no more has cancelled it.

    Asks outside of any transaction. Raises what the system's answer raises.
    """
    connector = sync.connectors[connection.vendor]
    try:
        found = connector.reservation(access, external_id)
    except NotThere:
        found = None
    except Unreadable as why:
        _put_aside(sync, connection, SetAside(external_id=external_id, reason=str(why)))
        return
    if found is None:
        _forget(sync, connection, external_id)
        return
    contact = None
    if needs_contact(connector, found):
        contact = contact_of(connector, access, found)
    _store(sync, connection, found, contact)


def needs_contact(connector: PmsConnector, one: Reservation) -> bool:
    """Whether the guest has to be asked for by a request of its own."""
    stays = one.state is ReservationState.STAYS
    return stays and one.contact is None and connector.facts.abilities.has_numbers


def contact_of(connector: PmsConnector, access: Access, one: Reservation) -> Contact:
    """The guest; nobody where the system knows of none."""
    try:
        return trimmed_contact(connector.contact(access, one))
    except NotThere:
        return Contact()


def reading_of(session: Session, sync: Sync, connection: PmsConnection) -> Reading:
    """As part of the connection's last run, which has then not missed it."""
    last = select(func.max(ImportRun.id)).where(ImportRun.connection_id == connection.id)
    return Reading(connection=connection, run_id=session.scalar(last) or 0, now=sync.clock.now())


def row_of(session: Session, connection: PmsConnection, external_id: str) -> PmsReservation | None:
    """The kept reservation, locked."""
    query = select(PmsReservation).where(
        PmsReservation.connection_id == connection.id, PmsReservation.external_id == external_id
    )
    return session.scalars(query.with_for_update()).first()


def _store(
    sync: Sync, connection: PmsConnection, found: Reservation, contact: Contact | None
) -> None:
    try:
        with sync.sessions.write() as session:
            reading = reading_of(session, sync, connection)
            take_in(session, sync.vault, reading, [found], Counter())
            row = row_of(session, connection, found.external_id)
            if row is not None and row.said is not None and contact is not None:
                kept = from_text(sync.vault.open(row.said))
                kept = Kept(reservation=kept.reservation, contact=contact)
                keep_contact(session, sync.vault, reading, row, kept)
    except InvalidInput as refused:
        with sync.sessions.write() as session:
            reading = reading_of(session, sync, connection)
            take_in_alone(session, sync.vault, reading, found, refused.detail, Counter())


def _put_aside(sync: Sync, connection: PmsConnection, aside: SetAside) -> None:
    with sync.sessions.write() as session:
        reading = reading_of(session, sync, connection)
        set_aside(session, sync.vault, reading, RESERVATION, aside)


def _forget(sync: Sync, connection: PmsConnection, external_id: str) -> None:
    with sync.sessions.write() as session:
        row = row_of(session, connection, external_id)
        if row is not None:
            forget_one(session, sync.vault, reading_of(session, sync, connection), row)
