"""Texts that came in: that they came, and what they meant; neither number nor words."""

from __future__ import annotations

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, Word


class InboundText(Base):
    """One text, heeded once however often the network tells of it."""

    __tablename__ = "inbound_text"
    __table_args__ = (UniqueConstraint("provider", "provider_text_id"),)

    id: Mapped[Id]
    provider: Mapped[Word]
    provider_text_id: Mapped[str] = mapped_column(String(64))
    meaning: Mapped[str] = mapped_column(String(8))  # domain.stop_words.Meaning
    fate: Mapped[str] = mapped_column(String(16), server_default="")  # domain.guest_reply.Fate
    received_at: Mapped[Instant]
