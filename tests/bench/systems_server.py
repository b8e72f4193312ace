"""A Smoobu of many reservations in a process of its own; it prints its address when it listens.

python -m tests.bench.systems_server RESERVATIONS LISTINGS
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.pms_sync.servers.base import Query, Reply, serving
from tests.pms_sync.servers.seed import Seed, SeedBooking, SeedGuest, SeedListing, SeedPart
from tests.pms_sync.servers.smoobu import SmoobuServer

_NIGHTS = 2


class LargeSmoobu(SmoobuServer):
    """Finds what matches once for all pages of a list: a real one has an index."""

    def fill(self) -> None:
        super().fill()
        self._found: dict[str, dict[int, Any]] = {}
        self._all = self.bookings

    def _list(self, query: Query) -> Reply:
        key = str(sorted((name, value) for name, value in query.items() if name != "page"))
        if key not in self._found:
            whole = {**query, "page": ["1"], "pageSize": ["1"]}
            total = super()._list(whole)[2]["total_items"]
            if total == len(self._all):
                self._found[key] = self._all
            else:
                return super()._list(query)
        size, page = int(query["pageSize"][0]), int(query.get("page", ["1"])[0])
        found = list(self._found[key].values())
        shown = found[(page - 1) * size : page * size]
        counts = {"page_count": -(-len(found) // size), "total_items": len(found)}
        return 200, {}, {**counts, "page_size": size, "page": page, "bookings": shown}


def large_seed(reservations: int, listings: int) -> Seed:
    """Stays of two nights, one after the other, in every home, from today on."""
    today = datetime.now(UTC).date()
    homes = tuple(
        SeedListing(key=key, name=f"Home {key}", street="1 rue", city="Ville", postcode="01234")
        for key in range(1, listings + 1)
    )
    guests = tuple(
        SeedGuest(
            key=key, first="Odile", last=f"Exemple {key}", numbers=(f"+1 202 555 01{key:02}",)
        )
        for key in range(1, 100)
    )
    bookings = tuple(_booking(place, listings, today) for place in range(reservations))
    return Seed(homes, guests, bookings, today)


def _booking(place: int, listings: int, today: Any) -> SeedBooking:
    arrival = today + timedelta(days=_NIGHTS * (place // listings))
    part = SeedPart(
        listing=place % listings + 1, arrival=arrival, departure=arrival + timedelta(days=_NIGHTS)
    )
    return SeedBooking(key=place, parts=(part,), guest=place % 99 + 1)


def serve(reservations: int, listings: int) -> None:
    """Until the other end of standard input closes."""
    server = LargeSmoobu(large_seed(reservations, listings))
    with serving(server):
        print(server.base_url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    serve(*map(int, sys.argv[1:3]))
