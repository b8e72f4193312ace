"""Desks (teams of operators), who they serve, who is on shift, and what each does now."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callassist.models.base import Base
from callassist.models.types import Id, Instant, JsonList, Line, PublicId, Sealed, Word


class Desk(Base):
    """A team of operators. With `account_id` it is that account's own desk."""

    __tablename__ = "desk"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    name: Mapped[Line]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    languages: Mapped[JsonList]
    duty_phone: Mapped[Sealed | None]
    created_at: Mapped[Instant]


class ServiceAgreement(Base):
    """Which desk serves an account in a span, and what its operators may be shown."""

    __tablename__ = "service_agreement"
    # which desk serves this account now; which accounts a desk serves
    __table_args__ = (
        Index("ix_service_agreement_account", "account_id", "starts_at"),
        Index("ix_service_agreement_desk", "desk_id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant | None]
    show_call_name_to_guest_desk: Mapped[bool] = mapped_column(Boolean, default=False)


class Operator(Base):
    """Somebody who calls. Outside the desk only `desk_name` is ever shown."""

    __tablename__ = "operator"
    __table_args__ = (UniqueConstraint("desk_id", "person_id"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[Line]
    desk_name: Mapped[Word]
    languages: Mapped[JsonList]
    phone: Mapped[Sealed | None]
    dial_mode: Mapped[str | None] = mapped_column(String(12))  # chosen; None: the network's first
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[Instant]

    desk: Mapped[Desk] = relationship()


class Presence(Base):
    """What an operator does now; one row each, moved by roster and escalation only."""

    __tablename__ = "presence"

    operator_id: Mapped[int] = mapped_column(
        ForeignKey("operator.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[str] = mapped_column(String(16))  # domain.presence.PresenceState
    since: Mapped[Instant]
    idle_since: Mapped[Instant | None]  # longest idle is offered first
    heartbeat_at: Mapped[Instant | None]
    misses: Mapped[int] = mapped_column(default=0)  # missed offers in a row
    line: Mapped[Word | None]  # the browser that can be rung, by a name of its own making
    line_network: Mapped[Word | None]  # where it is registered
    line_at: Mapped[Instant | None]  # when it last said so


class Shift(Base):
    """A rostered span of one operator."""

    __tablename__ = "shift"
    # who is on shift now
    __table_args__ = (Index("ix_shift_time", "starts_at", "ends_at"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id", ondelete="CASCADE"))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
