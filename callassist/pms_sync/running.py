"""One run: listings first, then reservations a few at a time, then who has vanished, then numbers.

What was stored stays whatever follows: a run that is cut off at any moment leaves whole
reservations with their stays, and the next one goes on from there.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.models import ImportRun, PmsConnection, PmsListing
from callassist.pms_sync import claims, contacts, vanishing
from callassist.pms_sync.adopting import adopt_stays
from callassist.pms_sync.ending import Ending, end_run, ending_of
from callassist.pms_sync.hook_registering import register_hook
from callassist.pms_sync.listing_rows import keep_listings
from callassist.pms_sync.patience import PATIENCE_OF_A_RUN, Patient, Stopped
from callassist.pms_sync.placing import place_waiting
from callassist.pms_sync.storing import in_parts, store
from callassist.pms_sync.sync import Reading, Sync
from callassist.ports.pms import PmsConnector, Wanted
from callassist.ports.wording import said

OVERLAP = timedelta(minutes=10)  # clocks differ, and systems note changes late
_ALIVE_SECONDS = 60.0
_BREATH_SECONDS = 0.1
INTERRUPTED = said("the service ended in the middle of this; what had come is kept")

FULL, CHANGES, ASKED = "full", "changes", "asked"  # ImportRun.kind

_log = structlog.get_logger()


@dataclass(kw_only=True)
class Run:
    """A run that is going on."""

    sync: Sync
    held: claims.Claim
    connection: PmsConnection  # as it was when the run began
    connector: PmsConnector
    run_id: int
    is_full: bool
    now: datetime  # when it began, on the service's clock
    began: datetime  # the same in real time
    counts: Counter[str] = field(default_factory=Counter)
    has_read: bool = False  # to the last page
    told_at: float = field(default_factory=time.monotonic)
    access: Patient | None = None  # once it is opened

    @property
    def requests(self) -> int:
        """How often the system was asked so far."""
        return 0 if self.access is None else self.access.asked

    @property
    def reading(self) -> Reading:
        """For those who store."""
        return Reading(connection=self.connection, run_id=self.run_id, now=self.now)

    def alive(self) -> None:
        """Keep the claim while nothing is written."""
        if self.held.until - self.sync.now_real() > claims.LEASE - timedelta(
            seconds=_ALIVE_SECONDS
        ):
            return
        with self.sync.sessions.write() as session:
            claims.renew(session, self.held, self.sync.now_real())


def run_connection(sync: Sync, connection_id: int, *, full: bool = False) -> int | None:
    """Read one connection now; the run's id, None while it is read already or is paused.

    Never raises for what a system does: the run says what was wrong with it.
    """
    run = _begin(sync, connection_id, full)
    if run is None:
        return None
    ending = Ending()
    try:
        with sync.open_access(connection_id) as access:
            run.access = Patient(access, sync.stopping, run.alive, PATIENCE_OF_A_RUN)
            _read(run, run.access)
    except Exception as error:
        ending = ending_of(error)
        if ending.is_ours:
            _log.exception("transfer failed", action="transfer_failed", connection=connection_id)
    end_run(run, ending)
    return run.run_id


def _begin(sync: Sync, connection_id: int, full: bool) -> Run | None:
    now, real = sync.clock.now(), sync.now_real()
    with sync.sessions.write() as session:
        held = claims.claim(session, connection_id, real)
        if held is None:
            return None
        connection = session.get_one(PmsConnection, connection_id, populate_existing=True)
        connector = sync.connectors.get(connection.vendor)
        if connector is None:
            claims.release(session, held)
            connection.next_run_at = None
            return None
        _close_interrupted(session, connection_id, now)
        if connection.complete_at is None:
            adopt_stays(session, connection, connector)
        is_full = full or _is_full_due(sync, connector, connection, now, real)
        row = ImportRun(
            account_id=connection.account_id,
            connection_id=connection.id,
            source=connection.vendor,
            kind=ASKED if connection.wanted else FULL if is_full else CHANGES,
            started_at=now,
            counts={},
        )
        session.add(row)
        session.flush()
    return Run(
        sync=sync,
        held=held,
        connection=connection,
        connector=connector,
        run_id=row.id,
        is_full=is_full,
        now=now,
        began=real,
    )


def _is_full_due(
    sync: Sync, connector: PmsConnector, connection: PmsConnection, now: datetime, real: datetime
) -> bool:
    since, complete = connection.changes_since, connection.complete_at
    if connection.wanted == FULL or not connector.facts.abilities.incremental:
        return True
    if since is None or since > real or complete is None or complete > now:
        return True  # never read, or noted by a clock that was wrong
    return now - complete >= sync.settings.full_every


def _close_interrupted(session: Session, connection_id: int, now: datetime) -> None:
    """Runs of a process that died: they are over, and say so."""
    query = select(ImportRun).where(
        ImportRun.connection_id == connection_id, ImportRun.ended_at.is_(None)
    )
    for row in session.scalars(query):
        row.ended_at = now
        row.error = INTERRUPTED


def _read(run: Run, access: Patient) -> None:
    sync = run.sync
    if run.is_full:
        listed = list(run.connector.listings(access))
        with sync.sessions.write() as session:
            claims.renew(session, run.held, sync.now_real())
            run.counts["listings"] = keep_listings(session, sync.vault, run.reading, listed)
    place_waiting(
        sync.sessions,
        sync.vault,
        run.connection.account_id,
        run.now,
        connection_id=run.connection.id,
        between=lambda: _breathe(run),
    )
    wanted = _wanted(run)
    for part in in_parts(run.connector.reservations(access, wanted)):
        store(run, part)
    run.has_read = True
    if run.is_full:
        vanishing.settle(run, wanted)
    contacts.fetch_due(run, access)
    register_hook(run.sync, run.connection, access, run.now)


def _breathe(run: Run) -> None:
    """Between two parts of what is placed again: others write and are answered."""
    run.alive()
    if run.sync.stopping.wait(_BREATH_SECONDS):
        raise Stopped


def _wanted(run: Run) -> Wanted:
    """All days near enough, of all listings; in a run of changes only what has changed since."""
    own = run.sync.settings
    query = select(PmsListing.external_id).where(
        PmsListing.connection_id == run.connection.id, PmsListing.gone_at.is_(None)
    )
    since = run.connection.changes_since
    with run.sync.sessions.read() as session:
        listing_ids = tuple(session.scalars(query.order_by(PmsListing.id)))
    return Wanted(
        first=(run.now - own.look_back).date(),
        last=(run.now + own.look_ahead).date(),
        since=None if run.is_full or since is None else since - OVERLAP,
        listing_ids=listing_ids,
    )
