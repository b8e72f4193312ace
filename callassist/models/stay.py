"""Who is in the home, how to reach them, and what they agreed to."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callassist.models.base import Base
from callassist.models.types import (
    Id,
    Instant,
    JsonDict,
    KeyedIndex,
    Line,
    PublicId,
    Sealed,
    Word,
)


class Stay(Base):
    """A guest's stay. Fields named in `typed_fields` were typed by the host and win."""

    __tablename__ = "stay"
    __table_args__ = (
        UniqueConstraint("property_id", "source", "external_id"),
        # who is in the home now
        Index("ix_stay_property_time", "property_id", "check_in_at", "check_out_at"),
        # what a source told of before
        Index("ix_stay_account_source", "account_id", "source", "external_id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    property_id: Mapped[int] = mapped_column(ForeignKey("property.id"))
    guest_name: Mapped[Sealed | None]
    language: Mapped[str | None] = mapped_column(String(8))
    check_in_at: Mapped[Instant]
    check_out_at: Mapped[Instant]
    source: Mapped[Word]  # typed, or the name of the connection's vendor
    external_id: Mapped[Line | None]
    imported: Mapped[JsonDict | None]  # what the source last said, for showing conflicts (sealed)
    typed_fields: Mapped[JsonDict]
    source_read_at: Mapped[Instant | None]
    cancelled_at: Mapped[Instant | None]
    erased_at: Mapped[Instant | None]
    do_not_call_at: Mapped[Instant | None]
    created_at: Mapped[Instant]

    numbers: Mapped[list[StayNumber]] = relationship(
        order_by="StayNumber.position", cascade="all, delete-orphan"
    )


class StayNumber(Base):
    """One phone number of a stay, in calling order; a flagged one hands over to the next."""

    __tablename__ = "stay_number"
    # which stays have this number (one task for several homes; erasure)
    __table_args__ = (
        Index("ix_stay_number_index", "number_index"),
        Index("ix_stay_number_stay", "stay_id", "position"),
    )

    id: Mapped[Id]
    stay_id: Mapped[int] = mapped_column(ForeignKey("stay.id", ondelete="CASCADE"))
    position: Mapped[int]
    number: Mapped[Sealed]  # E.164
    number_raw: Mapped[Sealed]  # as typed or imported
    number_index: Mapped[KeyedIndex]
    number_mask: Mapped[Word]
    country: Mapped[str | None] = mapped_column(String(3))  # ISO; None: not looked at yet
    source: Mapped[Word]
    flagged_at: Mapped[Instant | None]
    flag_reason: Mapped[str | None] = mapped_column(String(40))


class Consent(Base):
    """Permission for automatic SMS or voice to one number: who, when, which words."""

    __tablename__ = "consent"
    __table_args__ = (
        Index("ix_consent_number", "number_index"),
        Index("ix_consent_stay", "stay_id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    stay_id: Mapped[int | None] = mapped_column(ForeignKey("stay.id", ondelete="CASCADE"))
    number_index: Mapped[KeyedIndex]
    channel: Mapped[Word]
    text: Mapped[Line]
    given_by: Mapped[Word]  # host, booking, guest
    source: Mapped[Line]
    given_at: Mapped[Instant]
    withdrawn_at: Mapped[Instant | None]


class StopEntry(Base):
    """A number that asked for no automatic contact; over all accounts, by keyed hash."""

    __tablename__ = "stop_entry"

    number_index: Mapped[str] = mapped_column(String(64), primary_key=True)
    stopped_at: Mapped[Instant]
    source: Mapped[Word]
    automatic: Mapped[bool] = mapped_column(Boolean, default=True)


class Erasure(Base):
    """A guest erased on request; replayed after a restore of an older backup."""

    __tablename__ = "erasure"

    id: Mapped[Id]
    stay_public_id: Mapped[str] = mapped_column(String(24), unique=True)
    erased_at: Mapped[Instant]


class StayFile(Base):
    """A file of stays that was sent in and waits to be confirmed; nothing of it is a stay yet."""

    __tablename__ = "stay_file"
    __table_args__ = (Index("ix_stay_file_created", "created_at"),)  # forgotten after a day

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[Line]
    content: Mapped[Sealed]
    columns: Mapped[JsonDict]  # which column is what, and how dates are written
    created_at: Mapped[Instant]
