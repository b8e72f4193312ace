"""Property-management systems: connections, what they list, and what came of reading them."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import (
    Id,
    Instant,
    JsonDict,
    JsonList,
    Line,
    Prose,
    PublicId,
    Sealed,
    Word,
)


class PmsConnection(Base):
    """One account's access to one system. Credentials are sealed JSON."""

    __tablename__ = "pms_connection"
    __table_args__ = (
        Index("ix_pms_connection_account", "account_id"),
        # which are due
        Index("ix_pms_connection_next_run", "next_run_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    vendor: Mapped[Word]
    name: Mapped[Line] = mapped_column(default="")  # as the host calls it
    account_there: Mapped[Line] = mapped_column(default="")  # as the system calls it
    credentials: Mapped[Sealed]
    options: Mapped[JsonDict]  # nothing secret: the vendor's own choices
    hook_token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hook_token: Mapped[Sealed]  # shown again to whoever must type the address in there
    hook_secrets: Mapped[Sealed | None]  # JSON list, the newest first
    hook_registered_at: Mapped[Instant | None]
    last_hook_at: Mapped[Instant | None]
    complete_at: Mapped[Instant | None]  # the last read from the first to the last page
    changes_since: Mapped[Instant | None]  # the next incremental read begins here
    next_run_at: Mapped[Instant | None]  # None: not by itself
    claimed_until: Mapped[Instant | None]  # a process reads; real time
    wanted: Mapped[str | None] = mapped_column(String(16))  # "now" or "full": asked for by a person
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    error: Mapped[Line | None]  # of the last run, in words
    error_field: Mapped[Word | None]  # the credential to correct
    asked_on: Mapped[str | None] = mapped_column(String(10))  # the host's day of `asked_count`
    asked_count: Mapped[int] = mapped_column(default=0)  # "sync now"
    sends_messages: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    sends_notes: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    created_at: Mapped[Instant]
    disabled_at: Mapped[Instant | None]


class PmsToken(Base):
    """A connection's access token, shared by all processes; some systems give five a day."""

    __tablename__ = "pms_token"

    connection_id: Mapped[int] = mapped_column(
        ForeignKey("pms_connection.id", ondelete="CASCADE"), primary_key=True
    )
    token: Mapped[Sealed | None]  # JSON: access, refresh
    expires_at: Mapped[Instant | None]  # real time, as all here
    fetched: Mapped[JsonList]  # instants of the last 24 hours
    claimed_until: Mapped[Instant | None]  # a process is fetching


class PmsBudget(Base):
    """Requests made of a system by all processes; one row per window, 0 for what it said itself."""

    __tablename__ = "pms_budget"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    window_seconds: Mapped[int] = mapped_column(primary_key=True)
    # [begin in microseconds of real time, requests] of each part of the window, the oldest first
    taken: Mapped[JsonList] = mapped_column(server_default=text("'[]'"))
    blocked_until: Mapped[Instant | None]  # the system said 429


class PmsListing(Base):
    """Something that a system lets. Several can be one home; without a home nothing is stored."""

    __tablename__ = "pms_listing"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("ix_pms_listing_property", "property_id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    connection_id: Mapped[int] = mapped_column(ForeignKey("pms_connection.id", ondelete="CASCADE"))
    external_id: Mapped[Line]
    name: Mapped[Line]
    address: Mapped[Line] = mapped_column(default="")
    country: Mapped[str | None] = mapped_column(String(2))
    timezone: Mapped[Word | None]  # the system's, else the host's answer
    check_in: Mapped[str | None] = mapped_column(String(5))  # HH:MM
    check_out: Mapped[str | None] = mapped_column(String(5))
    typed_check_in: Mapped[str | None] = mapped_column(String(5))  # the host's word wins
    typed_check_out: Mapped[str | None] = mapped_column(String(5))
    property_id: Mapped[int | None] = mapped_column(ForeignKey("property.id"))
    ignored_at: Mapped[Instant | None]  # the host does not want it
    gone_at: Mapped[Instant | None]  # not listed any more
    seen_at: Mapped[Instant]
    created_at: Mapped[Instant]


class PmsReservation(Base):
    """What a system last said of a reservation; its stays are made of this, now or when its
    listing gets a home."""

    __tablename__ = "pms_reservation"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        # what is not listed any more after a complete read; what comes next
        Index("ix_pms_reservation_read", "connection_id", "read_run"),
        Index("ix_pms_reservation_departure", "connection_id", "last_day"),
        # what a listing that gets a home makes of stays
        Index("ix_pms_reservation_listing", "connection_id", "listing_id"),
        # what is to be placed again
        Index("ix_pms_reservation_digest", "connection_id", "digest"),
    )

    id: Mapped[Id]
    connection_id: Mapped[int] = mapped_column(ForeignKey("pms_connection.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    external_id: Mapped[Line]
    said: Mapped[Sealed | None]  # JSON of the Reservation; None after the guest was erased
    # keyed hash of what the list said: nothing new, no work; "" is to be placed (again)
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[Word]  # ports.pms.ReservationState
    first_day: Mapped[str] = mapped_column(String(10))
    last_day: Mapped[str] = mapped_column(String(10))
    listing_id: Mapped[Line] = mapped_column(default="", server_default="")  # of its first visit
    visits: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    numbers: Mapped[int | None]  # of its stays that can be phoned; None: no stay was made of it
    channel: Mapped[Word] = mapped_column(default="")
    read_run: Mapped[int]  # ImportRun.id
    contact_read_at: Mapped[Instant | None]
    read_at: Mapped[Instant]


class PmsSetAside(Base):
    """A record that could not be used, with its reason, until it can be or is not sent any more."""

    __tablename__ = "pms_set_aside"
    __table_args__ = (UniqueConstraint("connection_id", "kind", "external_id"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    connection_id: Mapped[int] = mapped_column(ForeignKey("pms_connection.id", ondelete="CASCADE"))
    kind: Mapped[Word]  # listing, reservation
    external_id: Mapped[Line]
    reason: Mapped[Prose]
    raw: Mapped[Sealed | None]
    read_run: Mapped[int]
    first_at: Mapped[Instant]
    last_at: Mapped[Instant]


class PmsHint(Base):
    """Something that a webhook named: to be read again soon, once however often it was named."""

    __tablename__ = "pms_hint"
    __table_args__ = (
        UniqueConstraint("connection_id", "kind", "external_id"),
        Index("ix_pms_hint_due", "due_at"),
    )

    id: Mapped[Id]
    connection_id: Mapped[int] = mapped_column(ForeignKey("pms_connection.id", ondelete="CASCADE"))
    kind: Mapped[Word]  # reservation, contact
    external_id: Mapped[Line]
    due_at: Mapped[Instant]
    tries: Mapped[int] = mapped_column(default=0)


class PmsMessage(Base):
    """A message to a guest or a note for the host, written back into the booking."""

    __tablename__ = "pms_message"
    __table_args__ = (
        UniqueConstraint("key"),
        # the last ones of a connection; what became of an incident's
        Index("ix_pms_message_connection", "connection_id"),
        Index("ix_pms_message_incident", "incident_id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    connection_id: Mapped[int] = mapped_column(ForeignKey("pms_connection.id", ondelete="CASCADE"))
    stay_id: Mapped[int | None] = mapped_column(ForeignKey("stay.id", ondelete="SET NULL"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    kind: Mapped[Word]  # message, note
    key: Mapped[Line]  # what it is about: one message per key
    step: Mapped[int | None]  # of the ladder, from 1
    state: Mapped[Word] = mapped_column(server_default=text("'waiting'"))  # domain.written_back
    reason: Mapped[Word] = mapped_column(default="", server_default="")  # why it goes out or not
    error: Mapped[Line | None]
    created_at: Mapped[Instant]
    asked_at: Mapped[Instant | None]  # when the system was asked
    sent_at: Mapped[Instant | None]
