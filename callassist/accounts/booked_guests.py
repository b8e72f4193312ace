"""What property-management systems said of guests: exported, wiped with the guest, and in time."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, false, or_, select, update
from sqlalchemy.orm import Session

from callassist.domain.booked_stay import Booked, booked, stay_key
from callassist.models import PmsConnection, PmsReservation, PmsSetAside, Stay
from callassist.storage.vault import Vault

BATCH = 1000


def booking_of(session: Session, vault: Vault, stay: Stay) -> Any:
    """What the system last said of a stay's reservation; None for one that was typed."""
    rows = session.scalars(select(PmsReservation.said).where(*_of(stay)))
    said = next((one for one in rows if one is not None), None)
    return None if said is None else json.loads(vault.open(said))


def wipe_booking(session: Session, stay: Stay) -> list[Stay]:
    """Forget what was said of a guest, for good: the next run keeps nothing of it again.

    The guest's other stays of the same reservation, which are to be emptied too.
    """
    named = booked(stay.external_id)
    if named is None:
        return []
    kept = list(session.scalars(select(PmsReservation.external_id).where(*_of(stay))))
    # without its connection nothing tells "A#2" from the second visit of "A": rather one more
    names = kept or named.reservation_ids
    session.execute(
        update(PmsReservation)
        .where(*_of(stay))
        .values(said=None, numbers=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(PmsSetAside).where(
            PmsSetAside.account_id == stay.account_id,
            PmsSetAside.connection_id.in_(_connection(named)),
            PmsSetAside.external_id.in_([*names, *named.reservation_ids]),
        )
    )
    return list(
        session.scalars(
            select(Stay).where(
                Stay.account_id == stay.account_id,
                Stay.source == stay.source,
                Stay.id != stay.id,
                Stay.erased_at.is_(None),
                or_(*(_is_part_of(stay_key(named.connection, name)) for name in names)),
            )
        )
    )


def forget_bookings(session: Session, before: datetime) -> int:
    """Reservations that ended before, and records set aside that were not seen since."""
    ended = select(PmsReservation.id).where(
        PmsReservation.last_day < (before - timedelta(days=1)).date().isoformat()
    )
    ids = list(session.scalars(ended.limit(BATCH)))
    session.execute(delete(PmsReservation).where(PmsReservation.id.in_(ids)))
    unseen = select(PmsSetAside.id).where(PmsSetAside.last_at < before)
    aside = list(session.scalars(unseen.limit(BATCH)))
    session.execute(delete(PmsSetAside).where(PmsSetAside.id.in_(aside)))
    return len(ids) + len(aside)


def _of(stay: Stay) -> tuple[ColumnElement[bool], ...]:
    """The reservation of a stay; of none where no connection made it."""
    named = booked(stay.external_id)
    if named is None:
        return (false(),)
    return (
        PmsReservation.account_id == stay.account_id,
        PmsReservation.connection_id.in_(_connection(named)),
        PmsReservation.external_id.in_(named.reservation_ids),
    )


def _connection(named: Booked) -> Select[int]:
    return select(PmsConnection.id).where(PmsConnection.public_id == named.connection)


def _is_part_of(key: str) -> ColumnElement[bool]:
    return or_(Stay.external_id == key, Stay.external_id.startswith(f"{key}#", autoescape=True))
