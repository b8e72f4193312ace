"""Automatic texts to guests: one per incident and step of the ladder, sent or not."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, Line, PublicId, Word


class GuestText(Base):
    """What was decided at one step. The row is committed before the network is asked; neither
    the number nor the words are kept."""

    __tablename__ = "guest_text"
    __table_args__ = (UniqueConstraint("incident_id", "step"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    step: Mapped[int]  # from 1
    state: Mapped[str] = mapped_column(String(12))  # domain.guest_text.TextState
    reason: Mapped[Word]  # why it went out or not
    stay_number_id: Mapped[int | None] = mapped_column(BigInteger)
    provider: Mapped[Word]
    provider_text_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)  # in the report's address
    decided_at: Mapped[Instant]
    asked_at: Mapped[Instant | None]  # when the network was asked
    reported_at: Mapped[Instant | None]  # when it said what became of it
    error: Mapped[Line | None]
