"""The address of the guest page of one stay."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, Sealed


class GuestLink(Base):
    """A link by which a guest answers without signing in; one per stay, over with the stay."""

    __tablename__ = "guest_link"

    id: Mapped[Id]
    stay_id: Mapped[int] = mapped_column(ForeignKey("stay.id", ondelete="CASCADE"), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)  # what a request is found by
    token: Mapped[Sealed]  # so that the host can copy the link again
    created_at: Mapped[Instant]
