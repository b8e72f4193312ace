"""Records that cannot be used: remembered with the reason, until they can be."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from callassist.models import PmsReservation, PmsSetAside
from callassist.pms_sync.kept import sound
from callassist.pms_sync.sync import Reading
from callassist.ports.pms import SetAside
from callassist.storage.vault import Vault

RESERVATION, LISTING = "reservation", "listing"  # kinds of what is set aside
MOST_RAW = 20_000
_table = PmsSetAside.__table__


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


def forget_aside(session: Session, reading: Reading, ids: Iterable[str]) -> None:
    """What can be read now is not set aside any more."""
    session.connection().execute(
        delete(PmsSetAside).where(
            _table.c.connection_id == reading.connection.id,
            _table.c.kind == RESERVATION,
            _table.c.external_id.in_(list(ids)),
        )
    )
