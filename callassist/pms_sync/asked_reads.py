"""A host asks for a reading now: three times a day, the host's day, whichever kind it is."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import Conflict, NotFound
from callassist.models import Account, PmsConnection

MOST_A_DAY = 3
NOW, FULL = "now", "full"  # PmsConnection.wanted


def ask_to_read(
    session: Session,
    viewer: Viewer,
    public_id: str,
    *,
    full: bool = False,
    now: datetime,
    real_now: datetime,
) -> PmsConnection:
    """Have the connection read as soon as a worker is free; `full`: from first to last page.

    Conflict while it is paused or read anyway, and when the day's three are used up.
    """
    # locked: two clicks at once are counted one after the other
    query = select(PmsConnection).where(PmsConnection.public_id == public_id).with_for_update()
    connection = session.scalars(query).first()
    if connection is None or not (viewer.is_admin or connection.account_id in viewer.account_ids):
        raise NotFound("no such connection")
    viewer.require_write(connection.account_id)
    if connection.disabled_at is not None:
        raise Conflict("this connection is paused; resume it first")
    if connection.wanted is not None or is_reading(connection, real_now):
        raise Conflict("it is being read already; what came stands here in a moment")
    today = _today(session.get_one(Account, connection.account_id), now)
    used = connection.asked_count if connection.asked_on == today else 0
    if used >= MOST_A_DAY:
        raise Conflict("read on your word three times today; it goes on by itself")
    connection.asked_on, connection.asked_count = today, used + 1
    connection.wanted = FULL if full else NOW
    connection.next_run_at = now
    session.flush()
    return connection


def left_today(connection: PmsConnection, account: Account, now: datetime) -> int:
    """How often the host may still ask today."""
    if connection.asked_on != _today(account, now):
        return MOST_A_DAY
    return max(MOST_A_DAY - connection.asked_count, 0)


def is_reading(connection: PmsConnection, real_now: datetime) -> bool:
    """Whether a process holds the connection and reads."""
    return connection.claimed_until is not None and connection.claimed_until > real_now


def _today(account: Account, now: datetime) -> str:
    return now.astimezone(ZoneInfo(account.timezone)).date().isoformat()
