"""A property-management system in memory, a connection to it, and a Sync that reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.clock import ManualClock
from callassist.domain.booked_stay import name_there
from callassist.models import ImportRun, PmsConnection, PmsListing, PmsReservation, Stay
from callassist.pms_sync.placing import give_home
from callassist.pms_sync.running import run_connection
from callassist.pms_sync.sync import Sync
from callassist.ports.pms import (
    Abilities,
    Contact,
    Facts,
    Hint,
    Listing,
    PmsConnector,
    Reservation,
    ReservationState,
    SetAside,
    Verified,
    Visit,
    Wanted,
)
from callassist.ports.pms_access import Access, Answer, Form, HookRequest, Token
from callassist.settings import TransferSettings
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import GUEST, NOW, VAULT, Firm, firm

VENDOR = "fakepms"
REAL = datetime(2026, 11, 23, 1, tzinfo=UTC)
SETTINGS = TransferSettings(
    every=timedelta(minutes=15),
    whole_every=timedelta(hours=1),
    full_every=timedelta(days=1),
    look_back=timedelta(days=3),
    look_ahead=timedelta(days=400),
    contact_before=timedelta(days=2),
    fresh_within=timedelta(minutes=15),
    fresh_wait=timedelta(seconds=5),
    readers=2,
)
TODAY = NOW.date()


def booking(
    external_id: str = "R1",
    nights: int = 2,
    *numbers: str,
    after: int = 0,
    listing: str = "L1",
    state: ReservationState = ReservationState.STAYS,
    contact: Contact | None = None,
    language: str | None = None,
    contact_id: str | None = None,
) -> Reservation:
    """A reservation that begins `after` days from today; with GUEST unless said otherwise."""
    arrival = TODAY + timedelta(days=after)
    return Reservation(
        external_id=external_id,
        state=state,
        visits=(visit(listing, arrival, nights),),
        contact=contact
        or Contact(name="Camille Martin", numbers=numbers or (GUEST,), language=language),
        contact_id=contact_id,
    )


def visit(listing: str, arrival: date, nights: int) -> Visit:
    """Some nights in a listing."""
    return Visit(listing_id=listing, arrival=arrival, departure=arrival + timedelta(days=nights))


@dataclass
class FakePms:
    """What the system knows, how it fails, and what it was asked."""

    listed: list[Listing] = field(
        default_factory=lambda: [Listing(external_id="L1", name="Canal 12", check_in=time(16))]
    )
    bookings: list[Reservation | SetAside] = field(default_factory=list)
    guests: dict[str, Contact] = field(default_factory=dict)
    abilities: Abilities = field(
        default_factory=lambda: Abilities(incremental=True, single=False, disappearance=True)
    )
    error: Exception | None = None
    error_after: int = 0  # reservations
    before_page: Callable[[], None] = lambda: None
    asked: list[str] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)
    changed: list[Reservation | SetAside] | None = None  # what an incremental read gives
    hint: Hint = field(default_factory=Hint)

    def __post_init__(self) -> None:
        self.facts = Facts(vendor=VENDOR, title="Fake PMS", form=Form(), abilities=self.abilities)

    def check(self, credentials: Mapping[str, str]) -> None:
        """Anything is right."""

    def verify(self, access: Access) -> Verified:
        """Nothing to say."""
        return Verified()

    def listings(self, access: Access) -> Iterator[Listing | SetAside]:
        """All of them."""
        access.call("GET", "/listings")
        yield from self.listed

    def reservations(self, access: Access, wanted: Wanted) -> Iterator[Reservation | SetAside]:
        """All, or what has changed."""
        self.wanted.append(wanted)
        incremental = wanted.since is not None and self.changed is not None
        given = self.changed if incremental else self.bookings
        for place, one in enumerate(given or []):
            if place % 20 == 0:
                self.before_page()
                access.call("GET", "/reservations")
            if self.error is not None and place >= self.error_after:
                raise self.error
            yield one
        if self.error is not None:
            raise self.error

    def reservation(self, access: Access, external_id: str) -> Reservation | None:
        """One of them."""
        access.call("GET", f"/reservations/{external_id}")
        self.asked.append(external_id)
        if self.error is not None:
            raise self.error
        found = (one for one in self.bookings if one.external_id == external_id)
        one = next(found, None)
        assert not isinstance(one, SetAside)
        return one

    def contact(self, access: Access, reservation: Reservation) -> Contact:
        """Its guest."""
        access.call("GET", "/guests")
        self.asked.append(f"guest {reservation.contact_id}")
        return self.guests[reservation.contact_id or ""]

    def register_hook(self, access: Access, url: str) -> str | None:
        """Registers none."""
        return None

    def parse_webhook(self, request: HookRequest, secrets: Sequence[str]) -> Hint:
        """Whatever the test says."""
        return self.hint

    def send_message(self, access: Access, reservation: Reservation, text: str) -> None:
        """Sends none."""

    def add_note(self, access: Access, reservation: Reservation, text: str) -> None:
        """Writes none."""


@dataclass
class FakeAccess:
    """An Access that counts requests and answers nothing."""

    errors: list[Exception] = field(default_factory=list)  # raised by the next requests
    requests: int = 0
    credentials: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    base_url: str = "https://pms.example"

    def now(self) -> datetime:
        """Real time."""
        return REAL

    def call(self, method: str, path: str, **asked: Any) -> Answer:
        """Nothing, or the next error."""
        self.requests += 1
        if self.errors:
            raise self.errors.pop(0)
        return None  # type: ignore[return-value]

    def token(self, fetch: Callable[[], Token], *, most_a_day: int | None = None) -> str:
        """No token."""
        return ""

    def refresh_token(self) -> str | None:
        """No token."""
        return None

    def forget_token(self) -> None:
        """No token."""


@dataclass
class World:
    """A firm with a home, its listing L1 at the fake system, and whoever reads it."""

    sessions: Sessions
    place: Firm
    connection_id: int
    pms: FakePms
    access: FakeAccess
    clock: ManualClock
    sync: Sync

    def run(self, *, full: bool = False) -> ImportRun:
        """One run to its end."""
        run_id = run_connection(self.sync, self.connection_id, full=full)
        assert run_id is not None
        with self.sessions.read() as session:
            return session.get_one(ImportRun, run_id)

    def stays(self) -> list[Stay]:
        """All of them with their numbers, by what the source calls them."""
        with self.sessions.read() as session:
            rows = list(session.scalars(select(Stay).order_by(Stay.external_id)))
            for row in rows:
                _ = row.numbers
            return rows

    def names(self, *, cancelled: bool | None = None) -> list[str]:
        """What the source calls the stays: all, or only those cancelled or not."""
        return [
            name_there(stay.external_id or "")
            for stay in self.stays()
            if cancelled is None or cancelled == (stay.cancelled_at is not None)
        ]

    def kept(self) -> list[PmsReservation]:
        """Kept reservations."""
        with self.sessions.read() as session:
            return list(session.scalars(select(PmsReservation).order_by(PmsReservation.id)))

    def connection(self) -> PmsConnection:
        """As it is stored."""
        with self.sessions.read() as session:
            return session.get_one(PmsConnection, self.connection_id)


def world(sessions: Sessions, *bookings: Reservation | SetAside, **known: Any) -> World:
    """A connection that was never read; its listing L1 is the home already."""
    pms = FakePms(bookings=list(bookings), **known)
    access, clock = FakeAccess(), ManualClock(NOW)

    @contextmanager
    def open_access(connection_id: int, *, urgent: bool = False) -> Iterator[Access]:
        yield access

    connector: PmsConnector = pms
    sync = Sync(
        sessions=sessions,
        vault=VAULT,
        connectors={VENDOR: connector},
        open_access=open_access,
        settings=SETTINGS,
        clock=clock,
        now_real=lambda: REAL + (clock.now() - NOW),
    )
    with sessions.write() as session:
        place = firm(session)
        connection_id = connect(session, place)
    return World(sessions, place, connection_id, pms, access, clock, sync)


def connect(session: Session, place: Firm, *listings: str, token: str = "token") -> int:
    """A connection of the firm whose listings are its home."""
    connection = PmsConnection(
        account_id=place.account.id,
        vendor=VENDOR,
        credentials=VAULT.seal("{}"),
        options={},
        hook_token_hash=f"{place.account.id}-{token}",
        hook_token=VAULT.seal(token),
        next_run_at=NOW,
        created_at=NOW,
    )
    session.add(connection)
    session.flush()
    for external_id in listings or ("L1",):
        listing = PmsListing(
            account_id=place.account.id,
            connection_id=connection.id,
            external_id=external_id,
            name="Canal 12",
            check_in="16:00",
            seen_at=NOW,
            created_at=NOW,
        )
        session.add(listing)
        session.flush()
        give_home(session, listing, place.home)
    return connection.id


def as_state(one: Reservation, state: ReservationState) -> Reservation:
    """The same in another state."""
    return replace(one, state=state)
