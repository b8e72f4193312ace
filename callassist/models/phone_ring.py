"""Phones that ring: of people on duty, or of the last operator, who may take something."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, KeyedIndex, Line, PublicId, Sealed, Word


class PhoneRing(Base):
    """One ringing of one phone. The row is committed before the network is asked (DESIGN 3.4)."""

    __tablename__ = "phone_ring"
    __table_args__ = (
        UniqueConstraint("task_id", "turn"),  # each turn rings once, over crashes too
        Index("ix_phone_ring_provider", "provider", "state"),  # who waits for a turn
        Index("ix_phone_ring_number", "number_index", "state"),  # no phone rings for two things
        Index("ix_phone_ring_alarm", "needs_you_id"),  # who takes an alarm ends its other rings
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    about: Mapped[Word]  # domain.phone_ring.About
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("call_task.id"))
    turn: Mapped[int]  # of the task, from 0
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))  # who takes the task
    needs_you_id: Mapped[int | None] = mapped_column(ForeignKey("needs_you.id"))
    notification_id: Mapped[int | None] = mapped_column(
        ForeignKey("notification.id", ondelete="SET NULL"), unique=True
    )
    language: Mapped[str] = mapped_column(String(8))
    number: Mapped[Sealed | None]  # emptied by retention
    number_index: Mapped[KeyedIndex]
    number_mask: Mapped[Word]
    state: Mapped[str] = mapped_column(String(12))  # domain.dial.DialState
    provider: Mapped[Word]
    provider_call_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)  # in the callbacks' addresses
    requested_at: Mapped[Instant]
    dial_at: Mapped[Instant | None]  # when we asked the network
    looked_up_from: Mapped[Instant | None]  # in doubt since
    answered_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    ending: Mapped[Word | None]  # domain.phone_ring.RingEnding
    hang_up_requested_at: Mapped[Instant | None]
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("call_attempt.id"), unique=True)
    result_asked_at: Mapped[Instant | None]  # when the link to say how it went was sent
    result_used_at: Mapped[Instant | None]  # it works once
    error: Mapped[Line | None]
