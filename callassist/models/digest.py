"""Figures by e-mail: who gets them, of which homes, how often."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, Line, PublicId, Sealed, Word


class Digest(Base):
    """One recipient, who needs no account: an owner, an accountant. No home means all of them."""

    __tablename__ = "digest"
    __table_args__ = (Index("ix_digest_account", "account_id"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    property_id: Mapped[int | None] = mapped_column(ForeignKey("property.id", ondelete="CASCADE"))
    name: Mapped[Line] = mapped_column(default="")
    address: Mapped[Sealed]
    address_mask: Mapped[Line]
    language: Mapped[str] = mapped_column(String(8))
    frequency: Mapped[Word]  # reports.digest_periods.Frequency
    sent_until: Mapped[Instant]  # end of the last period that was asked for
    stop_token: Mapped[Sealed]  # stands in each mail
    stop_token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    stopped_at: Mapped[Instant | None]  # by the recipient
    created_at: Mapped[Instant]
