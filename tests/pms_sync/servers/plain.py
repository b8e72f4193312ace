"""A server that says what a test puts into its mouth."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.pms_sync.servers.base import Query, Reply, VendorServer
from tests.pms_sync.servers.seed import SeedBooking, SeedListing


class PlainServer(VendorServer):
    """Answers every request with `says`, or with what `does` makes of it."""

    vendor = "plain"
    says: Reply = (200, {}, {"fine": True})
    does: Callable[[str, Mapping[str, str], bytes], Reply] | None = None

    def fill(self) -> None:
        """Nothing is kept."""

    def handle(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        return self.does(f"{method} {path}", headers, body) if self.does else self.says

    def listing_id(self, listing: SeedListing) -> str:
        return str(listing.key)

    def reservation_ids(self, booking: SeedBooking) -> tuple[str, ...]:
        return (str(booking.key),)
