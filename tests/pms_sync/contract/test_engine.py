"""Every connector through the engine: over HTTP into stays, twice, and a guest who has left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time

from sqlalchemy import select

from callassist.clock import ManualClock
from callassist.models import ImportRun, PmsConnection, PmsListing, Stay
from callassist.pms_sync.hints import read_hinted
from callassist.pms_sync.placing import give_home, place_waiting
from callassist.pms_sync.running import run_connection
from callassist.pms_sync.sync import Sync
from callassist.ports.pms_access import Access
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import VAULT, firm
from tests.pms_sync.contract.bench import Bench
from tests.pms_sync.scenes import SETTINGS
from tests.pms_sync.servers.seed import TODAY

# of the named bookings those that stay and are not over: (days from today, days from today)
THERE = [(-1, 3), (0, 2), (4, 9), (5, 7), (10, 12), (12, 14)]


def engine(bench: Bench, sessions: Sessions) -> tuple[Sync, int]:
    """A connection of a firm to the bench's server, never read."""
    clock = ManualClock(datetime.combine(TODAY, time(12), UTC))

    @contextmanager
    def open_access(connection_id: int, *, urgent: bool = False) -> Iterator[Access]:
        yield bench.access

    sync = Sync(
        sessions=sessions,
        vault=VAULT,
        connectors={bench.facts.vendor: bench.connector},
        open_access=open_access,
        settings=SETTINGS,
        clock=clock,
        now_real=clock.now,
    )
    with sessions.write() as session:
        connection = PmsConnection(
            account_id=firm(session).account.id,
            vendor=bench.facts.vendor,
            credentials=VAULT.seal("{}"),
            options={},
            hook_token_hash="0" * 64,
            hook_token=VAULT.seal("token"),
            created_at=clock.now(),
        )
        session.add(connection)
        session.flush()
        return sync, connection.id


def run(sync: Sync, connection_id: int) -> ImportRun:
    """A full one."""
    run_id = run_connection(sync, connection_id, full=True)
    with sync.sessions.read() as session:
        done = session.get_one(ImportRun, run_id)
    assert done.error is None
    return done


def spans(sync: Sync) -> list[tuple[int, int]]:
    """Arrival and departure of every stay, in days from today."""

    def days(at: datetime) -> int:
        local: date = at.date()  # homes in Paris: check-in and check-out are by day
        return (local - TODAY).days

    with sync.sessions.read() as session:
        stays = session.scalars(select(Stay).where(Stay.cancelled_at.is_(None)))
        return sorted((days(one.check_in_at), days(one.check_out_at)) for one in stays)


def test_what_a_system_knows_becomes_stays_once(bench: Bench, sqlite_url: str) -> None:
    database = make_engine(sqlite_url)
    sessions = Sessions(database)
    sync, connection_id = engine(bench, sessions)
    first = run(sync, connection_id)
    assert first.counts["listings"] >= 1
    assert spans(sync) == []  # no listing has a home yet
    with sessions.write() as session:
        home = firm(session, "Second Homes").home
        connection = session.get_one(PmsConnection, connection_id)
        connection.account_id = home.account_id
        for listing in session.scalars(select(PmsListing)):
            give_home(session, listing, home)
    place_waiting(sessions, VAULT, home.account_id, sync.clock.now(), connection_id=connection_id)
    made = spans(sync)
    # a calendar is one home's
    assert set(THERE[:4] if bench.facts.abilities.has_numbers else THERE[:4:2]) <= set(made)
    again = run(sync, connection_id)
    assert (again.counts.get("created", 0), again.counts.get("changed", 0)) == (0, 0)
    assert spans(sync) == made
    sync.clock.advance(minutes=1)  # type: ignore[attr-defined]
    read_hinted(sync)
    assert spans(sync) == made
    database.dispose()
