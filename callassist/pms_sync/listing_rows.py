"""Listings as a system lists them, kept beside what the host said of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from callassist.models import PmsListing, PmsSetAside
from callassist.pms_sync.kept import sound
from callassist.pms_sync.placing import forget_placing
from callassist.pms_sync.setting_aside import LISTING, set_aside
from callassist.pms_sync.sync import Reading
from callassist.ports.pms import Listing, SetAside
from callassist.storage.vault import Vault


def keep_listings(
    session: Session, vault: Vault, reading: Reading, listed: Iterable[Listing | SetAside]
) -> int:
    """Store a complete list; what is not on it any more is gone, its home stays. How many."""
    known = {
        row.external_id: row
        for row in session.scalars(
            select(PmsListing).where(PmsListing.connection_id == reading.connection.id)
        )
    }
    there: set[str] = set()
    for one in listed:
        there.add(one.external_id)
        if isinstance(one, SetAside):
            set_aside(session, vault, reading, LISTING, one)
        else:
            _keep(session, reading, known.get(one.external_id), one)
    for external_id, row in known.items():
        if external_id not in there and row.gone_at is None:
            row.gone_at = reading.now
    session.execute(
        delete(PmsSetAside).where(
            PmsSetAside.connection_id == reading.connection.id,
            PmsSetAside.kind == LISTING,
            PmsSetAside.read_run != reading.run_id,
        )
    )
    session.flush()
    return len(there)


def _keep(session: Session, reading: Reading, row: PmsListing | None, one: Listing) -> None:
    if row is None:
        row = PmsListing(
            account_id=reading.connection.account_id,
            connection_id=reading.connection.id,
            external_id=one.external_id,
            created_at=reading.now,
        )
        session.add(row)
    times = (_clock(one.check_in), _clock(one.check_out))
    moved = row.property_id is not None and times != (row.check_in, row.check_out)
    row.name = " ".join(sound(one.name).split())[:255]
    row.address = " ".join(sound(one.address).split())[:255]
    row.country = one.country if one.country is None else one.country.upper()[:2]
    if _is_zone(one.timezone):
        row.timezone = one.timezone  # what a host answered stays where the system says nothing
    row.check_in, row.check_out = times
    row.seen_at = reading.now
    row.gone_at = None if one.is_active else row.gone_at or reading.now
    if moved:
        forget_placing(session, row)


def _clock(at: time | None) -> str | None:
    return None if at is None else f"{at:%H:%M}"


def _is_zone(name: str | None) -> bool:
    try:
        return bool(name) and bool(ZoneInfo(name or ""))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
