"""Taking a connection away: access and what was read are deleted, its stays as the host says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import Conflict
from callassist.models import PmsConnection, Stay
from callassist.pms_sync.asked_reads import is_reading
from callassist.pms_sync.placing import stays_of
from callassist.stays import cancel_imported


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """Stays of a connection that are not over, for the question before it is removed."""

    there: int  # guests who are in a home now: they stay in any case
    coming: int


def leaving(session: Session, connection: PmsConnection, now: datetime) -> Leaving:
    """How many guests a removal concerns."""
    mine = select(func.count(Stay.id)).where(
        stays_of(connection), Stay.cancelled_at.is_(None), Stay.check_out_at > now
    )
    return Leaving(
        there=session.scalar(mine.where(Stay.check_in_at <= now)) or 0,
        coming=session.scalar(mine.where(Stay.check_in_at > now)) or 0,
    )


def remove_connection(
    session: Session,
    viewer: Viewer,
    connection: PmsConnection,
    *,
    cancels_coming: bool,
    now: datetime,
    real_now: datetime,
) -> int:
    """Delete the connection with all that was kept of it; how many coming stays were cancelled.

    Stays are the account's own: those that are kept are no longer changed by anybody else.
    Conflict while a process reads.
    """
    viewer.require_write(connection.account_id)
    if is_reading(connection, real_now):
        raise Conflict("it is being read; pause it and remove it in a minute")
    cancelled = 0
    if cancels_coming:
        coming = select(Stay).where(
            stays_of(connection), Stay.cancelled_at.is_(None), Stay.check_in_at > now
        )
        for stay in session.scalars(coming).all():
            cancel_imported(session, stay, now=now)
            cancelled += 1
    session.delete(connection)
    session.flush()
    return cancelled
