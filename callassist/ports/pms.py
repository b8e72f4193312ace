"""Property-management systems: what a connector is, and what it hands over in our words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Protocol

from callassist.ports.pms_access import Access, Form, HookRequest, Rate


class ReservationState(StrEnum):
    """What a reservation means for who is in the home."""

    STAYS = "stays"  # confirmed, checked in, checked out
    NOT_YET = "not_yet"  # an inquiry, a request, an unpaid hold: nobody to call yet
    CANCELLED = "cancelled"  # cancelled, declined, expired, no show
    BLOCK = "block"  # the owner, or closed dates: there is no guest


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Something that is let, as its system knows it; None is "the system does not say"."""

    external_id: str
    name: str
    address: str = ""
    country: str | None = None  # ISO 3166, two letters
    timezone: str | None = None  # IANA
    check_in: time | None = None
    check_out: time | None = None
    is_active: bool = True
    parent_id: str | None = None  # of a unit of several


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who a guest is. Numbers are as written there, in calling order; empty says there is none."""

    name: str = ""
    numbers: tuple[str, ...] = ()
    language: str | None = None  # a locale as written there
    country: str | None = None


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One part of a reservation: a listing and the days there, local to it.

    Instants, where a system has real ones, win over dates and times.
    """

    listing_id: str
    arrival: date
    departure: date
    check_in: time | None = None
    check_out: time | None = None
    arrives_at: datetime | None = None  # aware
    leaves_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Reservation:
    """One reservation. `contact` is None where it is asked for separately, by `contact_id`."""

    external_id: str
    state: ReservationState
    visits: tuple[Visit, ...]
    contact: Contact | None = None
    contact_id: str | None = None
    updated_at: datetime | None = None
    channel: str = ""  # airbnb, booking.com, direct ... as written there
    conversation_id: str | None = None  # where messages to the guest go
    last_four: str | None = None  # the last digits of a number that the source hides


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """A record that cannot be used, and why; the others go in. `raw` is kept sealed."""

    external_id: str
    reason: str  # a sentence without anything personal
    raw: str = ""


@dataclass(frozen=True, kw_only=True)
class Verified:
    """Credentials that work: whose they are, and what they cannot do."""

    account: str = ""  # the name by which the owner knows the account there
    warnings: tuple[str, ...] = ()  # sentences marked with `said`


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which reservations: those that touch the days from `first` to `last`.

    `since`: only those changed since, where the system can tell; else all of these days.
    `listing_ids`: all listings of the connection, for systems that must be asked by listing.
    """

    first: date
    last: date
    since: datetime | None = None
    listing_ids: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Hint:
    """What a webhook says has changed: read these again, never believe the hook itself.

    `everything`: something changed that it does not name. Nothing set: acknowledged and ignored.
    `refused`: the owner took our access away.
    """

    reservation_ids: tuple[str, ...] = ()
    contact_ids: tuple[str, ...] = ()
    listings: bool = False
    everything: bool = False
    refused: bool = False


@dataclass(frozen=True, kw_only=True)
class Abilities:
    """What a system can do; pages, schedules and coverage ask here and nowhere else."""

    incremental: bool = False  # `Wanted.since` is honoured
    single: bool = True  # `reservation()` re-reads one by its id
    has_numbers: bool = True  # False: calendars, the host is asked for numbers
    webhooks: bool = False
    disappearance: bool = False  # a cancelled one is simply not listed any more
    messages: bool = False  # a message through the booking's conversation
    notes: bool = False  # a note on the reservation


@dataclass(frozen=True, kw_only=True)
class HookManual:
    """How webhooks come to be: registered by us, or by the host with these steps."""

    registered_by_us: bool = False
    steps: tuple[str, ...] = ()  # sentences marked with `said`; `{url}` is the address
    has_secret: bool = False  # the host types the secret that the system shows


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is fixed about a vendor: its name, form, rate and abilities."""

    vendor: str  # in addresses and rows: small letters
    title: str  # as its makers write it
    form: Form
    abilities: Abilities
    base_url: str = ""
    rates: tuple[Rate, ...] = ()
    hooks: HookManual = field(default_factory=HookManual)
    unconfirmed: tuple[str, ...] = ()  # what no official page says, marked with `said`


class PmsConnector(Protocol):
    """One system. Methods ask through `access`, which keeps rate, time-outs and tokens.

    Errors of `access` pass through. A record that cannot be read is yielded as SetAside.
    """

    facts: Facts

    def check(self, credentials: Mapping[str, str]) -> None:
        """Refuse what cannot be right before anything is asked; InvalidInput names the field."""
        ...

    def verify(self, access: Access) -> Verified:
        """Ask something cheap; CredentialsRefused names the field and where to get it."""
        ...

    def listings(self, access: Access) -> Iterator[Listing | SetAside]:
        """Every listing, to the end of its pages."""
        ...

    def reservations(self, access: Access, wanted: Wanted) -> Iterator[Reservation | SetAside]:
        """Every reservation wanted, page by page; raises PageLoop when pages never end.

        It has been read completely only when the iterator ends by itself.
        """
        ...

    def reservation(self, access: Access, external_id: str) -> Reservation | None:
        """One again, with its contact when that costs no further request; None: it is gone."""
        ...

    def contact(self, access: Access, reservation: Reservation) -> Contact:
        """Who the guest is; only where `reservation.contact` is None."""
        ...

    def register_hook(self, access: Access, url: str) -> str | None:
        """Have webhooks sent to `url`; the secret they are signed with, None where there is none.

        Only where `facts.hooks.registered_by_us`; doing it twice leaves one.
        """
        ...

    def parse_webhook(self, request: HookRequest, secrets: Sequence[str]) -> Hint:
        """What a hook says changed; BadHook when it is not signed as it must be, or unreadable."""
        ...

    def send_message(self, access: Access, reservation: Reservation, text: str) -> None:
        """Write to the guest in the booking's conversation; only where `abilities.messages`."""
        ...

    def add_note(self, access: Access, reservation: Reservation, text: str) -> None:
        """Write a note for the host on the reservation; only where `abilities.notes`."""
        ...
