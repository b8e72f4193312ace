"""A connector and its server, put together for one test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from callassist.pms_sync.access import Patience, PmsAccess, real_now
from callassist.pms_sync.budget import NoBudget
from callassist.pms_sync.tokens import OwnTokens
from callassist.ports.pms import (
    Contact,
    Listing,
    PmsConnector,
    Reservation,
    SetAside,
    Visit,
    Wanted,
)
from callassist.ports.pms_access import Token
from callassist.safe_http import safe_session
from tests.pms_sync.contract.vendors import Entry
from tests.pms_sync.servers.base import Host, VendorServer
from tests.pms_sync.servers.seed import TODAY, SeedBooking

# nobody waits in a test: a fault is told at once
AT_ONCE = Patience(turn=0, tries=1, connect=2, read=5)


class Bench:
    """What a test of the contract holds in its hand."""

    def __init__(self, entry: Entry, host: Host, server: VendorServer) -> None:
        self.entry = entry
        self.server = server
        self.connector: PmsConnector = entry.connector
        self.facts = entry.connector.facts
        host.mount(server)
        self.credentials = entry.credentials(server)
        self.access = self.open()

    def open(
        self, patience: Patience = AT_ONCE, other: Mapping[str, str] | None = None
    ) -> PmsAccess:
        """A fresh Access; `other` replaces credentials."""
        base = self.facts.base_url
        return PmsAccess(
            vendor=self.facts.vendor,
            system=self.facts.title,
            base_url=self.server.base_url + urlsplit(base).path.rstrip("/") if base else "",
            credentials={**self.credentials, **(other or {})},
            options=dict(self.entry.options),
            session=safe_session(allow_loopback=True),
            budget=NoBudget(),
            tokens=OwnTokens(self._signed_in(), clock=real_now),
            patience=patience,
        )

    def _signed_in(self) -> Token | None:
        far = datetime.now(UTC) + timedelta(days=30)
        return Token(access=self.entry.token, expires_at=far) if self.entry.token else None

    def listings(self) -> list[Listing]:
        found = list(self.connector.listings(self.access))
        assert [one for one in found if isinstance(one, SetAside)] == []
        return [one for one in found if isinstance(one, Listing)]

    def wanted(self, **other: Any) -> Wanted:
        """The next weeks, of every listing."""
        whole = Wanted(
            first=TODAY - timedelta(days=2),
            last=TODAY + timedelta(days=60),
            listing_ids=tuple(self.server.listing_id(one) for one in self.server.seed.listings),
        )
        return replace(whole, **other)

    def read(self, **other: Any) -> Iterator[Reservation | SetAside]:
        """Reservations as they come."""
        return self.connector.reservations(self.access, self.wanted(**other))

    def reservations(self, **other: Any) -> dict[str, Reservation]:
        """All reservations, each once, none set aside."""
        found = list(self.read(**other))
        assert [one for one in found if isinstance(one, SetAside)] == []
        by_id = {one.external_id: one for one in found if isinstance(one, Reservation)}
        assert len(by_id) == len(found), "a reservation came twice"
        return by_id

    def one(self, key: int) -> Reservation:
        """The reservation of a booking of the seed, as the whole list has it."""
        return self.reservations()[self.server.reservation_ids(self.server.seed.booking(key))[0]]

    def contact(self, reservation: Reservation) -> Contact:
        if reservation.contact is not None:
            return reservation.contact
        return self.connector.contact(self.access, reservation)

    def visits(self, booking: SeedBooking) -> dict[str, list[tuple[Any, ...]]]:
        """What should come of a booking: visits by the id of the reservation."""
        parts = [
            (self.server.listing_id(self.server.seed.listing(p.listing)), p.arrival, p.departure)
            for p in booking.parts
        ]
        ids = self.server.reservation_ids(booking)
        if len(ids) == 1:
            return {ids[0]: parts}
        return {one: [part] for one, part in zip(ids, parts, strict=True)}

    @property
    def secrets(self) -> list[str]:
        """What no message and no log may ever hold."""
        numbers = [number for guest in self.server.seed.guests for number in guest.numbers]
        return [value for value in (*self.credentials.values(), *numbers) if len(value) > 5]


def days(visits: tuple[Visit, ...]) -> list[tuple[Any, ...]]:
    """Visits as `Bench.visits` has them."""
    return [(one.listing_id, one.arrival, one.departure) for one in visits]
