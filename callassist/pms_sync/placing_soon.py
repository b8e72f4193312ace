"""Stays that somebody waits for: the soonest at once, the rest with a reading that begins now."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from callassist.models import PmsConnection, PmsReservation
from callassist.pms_sync.placing import UNPLACED, place_waiting
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

MOST = 1_000  # reservations that a page waits for: a second or two


def place_soon(
    sessions: Sessions, vault: Vault, account_id: int, now: datetime, most: int = MOST
) -> bool:
    """Whether all stays that wait are made; else the rest follows with the next reading.

    StoredInPart when the database was too busy, as in `place_waiting`.
    """
    if place_waiting(sessions, vault, account_id, now, most=most) < most:
        return True
    waiting = select(PmsReservation.connection_id).where(
        PmsReservation.account_id == account_id, PmsReservation.digest == UNPLACED
    )
    with sessions.write() as session:
        session.execute(
            update(PmsConnection)
            .where(
                PmsConnection.account_id == account_id,
                PmsConnection.next_run_at > now,
                PmsConnection.id.in_(waiting),
            )
            .values(next_run_at=now)
            .execution_options(synchronize_session=False)
        )
    return False
