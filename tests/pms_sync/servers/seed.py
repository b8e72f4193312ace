"""What a system's server is filled with, in our words: listings, guests and bookings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

TODAY = date(2026, 11, 23)


class Kind(StrEnum):
    """What a booking is."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    BLOCK = "block"  # the owner, or closed dates: nobody to call
    ENQUIRY = "enquiry"  # nobody stays yet


@dataclass(frozen=True, kw_only=True)
class SeedListing:
    """A home. Keys are ours; each server makes ids of its own kind from them."""

    key: int
    name: str
    street: str
    city: str
    postcode: str
    country: str = "FR"
    timezone: str = "Europe/Paris"
    check_in: time = time(16)
    check_out: time = time(10)


@dataclass(frozen=True, kw_only=True)
class SeedGuest:
    """Who booked. `numbers` are as typed there, mobile first; hidden: a platform keeps them."""

    key: int
    first: str
    last: str
    numbers: tuple[str, ...] = ()
    language: str = "fr"
    country: str = "FR"
    hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class SeedPart:
    """Days in one home."""

    listing: int
    arrival: date
    departure: date


@dataclass(frozen=True, kw_only=True)
class SeedBooking:
    """A reservation; several parts: the guest moves to another home in between."""

    key: int
    parts: tuple[SeedPart, ...]
    guest: int | None
    kind: Kind = Kind.CONFIRMED
    channel: str = "direct"  # or airbnb, bookingcom
    updated_at: datetime = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Seed:
    """Everything a server begins with."""

    listings: tuple[SeedListing, ...]
    guests: tuple[SeedGuest, ...]
    bookings: tuple[SeedBooking, ...]
    today: date = TODAY

    def listing(self, key: int) -> SeedListing:
        return next(one for one in self.listings if one.key == key)

    def guest(self, key: int) -> SeedGuest:
        return next(one for one in self.guests if one.key == key)

    def booking(self, key: int) -> SeedBooking:
        return next(one for one in self.bookings if one.key == key)

    def with_booking(self, booking: SeedBooking) -> Seed:
        """With this booking in the place of the one of the same key, or added."""
        others = tuple(one for one in self.bookings if one.key != booking.key)
        return replace(self, bookings=(*others, booking))

    def with_guest(self, guest: SeedGuest) -> Seed:
        """With this guest in the place of the one of the same key, or added."""
        others = tuple(one for one in self.guests if one.key != guest.key)
        return replace(self, guests=(*others, guest))


# Bookings of `a_seed` that tests name.
PLAIN, NO_NUMBER, SEVERAL, HIDDEN, MOVES, CANCELLED, BLOCK, ENQUIRY, LAST_MONTH = range(1, 10)

_GUESTS = (
    SeedGuest(key=1, first="Odile", last="Exemple", numbers=("+33 6 39 98 00 01",)),
    SeedGuest(key=2, first="Ned", last="Nobody", language="en", country="GB"),
    SeedGuest(
        key=3,
        first="Zoé",
        last="D'Essai-Modèle",
        numbers=("0044 7700 900103", "(202) 555-0103"),
        language="en",
        country="US",
    ),
    SeedGuest(key=4, first="Hidden", last="Fictive", hidden=True, language="de", country="DE"),
    SeedGuest(key=5, first="Max", last="Muster", numbers=("06 39 98 00 05",)),
    SeedGuest(key=6, first="<b>Ana</b>", last="=1+1", numbers=("+1 202 555 0106",), language="en"),
)


def a_seed(*, more: int = 0, listings: int = 3) -> Seed:
    """Two homes and more, one booking of each kind (named above), and `more` plain ones."""
    homes = tuple(
        SeedListing(
            key=key,
            name=f"Maison {key}",
            street=f"{key} rue de l'Exemple",
            city="Villefictive",
            postcode="01234",
        )
        for key in range(1, listings + 1)
    )
    return Seed(homes, _GUESTS, (*_named(), *_plain(more, listings)))


def _named() -> tuple[SeedBooking, ...]:
    return (
        SeedBooking(key=PLAIN, parts=_days(1, -1, 3), guest=1),
        SeedBooking(key=NO_NUMBER, parts=_days(2, 0, 2), guest=2, channel="bookingcom"),
        SeedBooking(key=SEVERAL, parts=_days(1, 4, 9), guest=3),
        SeedBooking(key=HIDDEN, parts=_days(2, 5, 7), guest=4, channel="airbnb"),
        SeedBooking(key=MOVES, parts=(*_days(1, 10, 12), *_days(2, 12, 14)), guest=5),
        SeedBooking(key=CANCELLED, parts=_days(2, 8, 11), guest=6, kind=Kind.CANCELLED),
        SeedBooking(key=BLOCK, parts=_days(2, 15, 18), guest=None, kind=Kind.BLOCK),
        SeedBooking(key=ENQUIRY, parts=_days(1, 16, 19), guest=6, kind=Kind.ENQUIRY),
        SeedBooking(key=LAST_MONTH, parts=_days(1, -30, -27), guest=1),
    )


def _plain(count: int, listings: int) -> tuple[SeedBooking, ...]:
    """Bookings from key 100 on, within the next month."""
    return tuple(
        SeedBooking(
            key=100 + place,
            parts=_days(place % listings + 1, 20 + place % 9, 22 + place % 9),
            guest=place % 3 + 1,
            updated_at=datetime(2026, 11, 2, tzinfo=UTC) + timedelta(seconds=place),
        )
        for place in range(count)
    )


def _days(listing: int, first: int, last: int) -> tuple[SeedPart, ...]:
    return (
        SeedPart(
            listing=listing,
            arrival=TODAY + timedelta(days=first),
            departure=TODAY + timedelta(days=last),
        ),
    )
