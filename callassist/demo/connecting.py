"""Connects the demo's homes to its booking systems: a first transfer, and what is which home."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select

from callassist.bootstrap.systems import make_systems
from callassist.clock import ManualClock
from callassist.demo.bookings import CREDENTIALS, VENDORS
from callassist.demo.scene import ADMIN
from callassist.models import Account, PmsListing, Property
from callassist.pms_sync.connections import Tried, connect
from callassist.pms_sync.placing import give_home, place_waiting
from callassist.pms_sync.running import run_connection
from callassist.ports.pms import Verified
from callassist.settings import Settings
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

_NAMED = Verified(account="Demo Stays")


def connect_systems(
    settings: Settings,
    base_urls: dict[str, str],
    sessions: Sessions,
    vault: Vault,
    now: datetime,
) -> None:
    """Every system is read once; a listing is the home of its name, and one is no home."""
    own = replace(settings, pms=replace(settings.pms, base_urls=base_urls))
    systems = make_systems(own, sessions, vault, ManualClock(now), allow_loopback=True)
    with sessions.write() as session:
        account = session.scalars(select(Account.id).order_by(Account.id).limit(1)).one()
        tried = Tried(verified=_NAMED, token=None, at=datetime.now(UTC))
        ids = [
            connect(
                session,
                vault,
                ADMIN,
                account,
                vendor=vendor,
                credentials=CREDENTIALS[vendor],
                tried=tried,
                options={"token_rest_seconds": 0} if vendor == "hostaway" else None,
                now=now,
            ).id
            for vendor in VENDORS
        ]
    for connection_id in ids:
        run_connection(systems.sync, connection_id, full=True)
    with sessions.write() as session:
        homes = {home.name: home for home in session.scalars(select(Property))}
        for listing in session.scalars(select(PmsListing)):
            give_home(session, listing, homes.get(listing.name))
    place_waiting(sessions, vault, account, now)
