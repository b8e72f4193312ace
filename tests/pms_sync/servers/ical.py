"""A platform's calendar feed as notes describe Airbnb's: one home, stays
without names, blocks, and no word of what was cancelled."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from tests.pms_sync.servers.base import Query, Reply, VendorServer
from tests.pms_sync.servers.seed import Kind, Seed, SeedBooking, SeedListing, SeedPart

PATH = "/calendar/ical/40404040.ics"
SECRET = "sample5ecret0f7he1ink"
_LONGEST_LINE = 75  # octets; longer ones are folded


class ICalServer(VendorServer):
    """The feed of the seed's first home; whoever has the link reads it."""

    vendor = "ical"
    reservations_line = r"GET /calendar/ical/"
    page_size = 0
    speaks_json = False
    says_enquiries = False
    says_cancelled = False

    def fill(self) -> None:
        self.seed = _of_one_home(self.seed)
        self.calendar = _calendar(
            event
            for booking in self.seed.bookings
            if booking.kind in (Kind.CONFIRMED, Kind.BLOCK)
            for place, part in enumerate(booking.parts)
            if part.departure >= self.seed.today
            for event in _event(booking, part, self._uid(booking, place))
        )

    def listing_id(self, listing: SeedListing) -> str:
        return "calendar"

    def reservation_ids(self, booking: SeedBooking) -> tuple[str, ...]:
        return tuple(self._uid(booking, place) for place in range(len(booking.parts)))

    def refusal(self, status: int) -> Reply:
        return status, {"Content-Type": "text/html"}, "<html><title>Sorry</title></html>"

    def handle(
        self, method: str, path: str, query: Query, headers: Mapping[str, str], body: bytes
    ) -> Reply:
        if method not in ("GET", "HEAD"):
            return self.refusal(405)
        if self.is_revoked or path != PATH or query.get("s") != [SECRET]:
            return self.refusal(404)
        return 200, {"Content-Type": "text/calendar; charset=utf-8"}, self.calendar

    @property
    def address(self) -> str:
        """The link that the host copies."""
        return f"{self.base_url}{PATH}?s={SECRET}"

    def _uid(self, booking: SeedBooking, place: int) -> str:
        opaque = hashlib.sha256(f"{booking.key}/{place}".encode()).hexdigest()
        return f"{opaque[:12]}-{opaque[12:44]}@airbnb.com"


def _of_one_home(seed: Seed) -> Seed:
    home = seed.listings[0]
    bookings = (
        replace(one, parts=tuple(part for part in one.parts if part.listing == home.key))
        for one in seed.bookings
    )
    return replace(seed, listings=(home,), bookings=tuple(one for one in bookings if one.parts))


def _event(booking: SeedBooking, part: SeedPart, uid: str) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        "DTSTAMP:20261122T060000Z",
        f"DTSTART;VALUE=DATE:{part.arrival:%Y%m%d}",
        f"DTEND;VALUE=DATE:{part.departure:%Y%m%d}",
        f"SUMMARY:{'Airbnb (Not available)' if booking.kind is Kind.BLOCK else 'Reserved'}",
        f"UID:{uid}",
    ]
    if booking.kind is Kind.CONFIRMED:
        url = f"https://www.airbnb.com/hosting/reservations/details/HMSAMPLE{booking.key}"
        lines.append(
            f"DESCRIPTION:Reservation URL: {url}\\nPhone Number (Last 4 Digits): {booking.key:04}"
        )
    return [*lines, "END:VEVENT"]


def _calendar(lines: Iterable[str]) -> str:
    head = ["BEGIN:VCALENDAR", "PRODID:-//Airbnb Inc//Hosting Calendar 0.8.8//EN"]
    whole = [*head, "CALSCALE:GREGORIAN", "VERSION:2.0", *lines, "END:VCALENDAR"]
    return "".join(f"{folded}\r\n" for line in whole for folded in _folded(line))


def _folded(line: str) -> list[str]:
    parts, rest = [line[:_LONGEST_LINE]], line[_LONGEST_LINE:]
    while rest:
        parts.append(f" {rest[: _LONGEST_LINE - 1]}")
        rest = rest[_LONGEST_LINE - 1 :]
    return parts
