"""What a guest wrote about an incident: sealed, and gone with the guest."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, KeyedIndex, PublicId, Sealed, Word


class GuestReply(Base):
    """One text of a guest, for people to read; the row is made once for each text."""

    __tablename__ = "guest_reply"
    __table_args__ = (
        Index("ix_guest_reply_incident", "incident_id"),
        Index("ix_guest_reply_desk", "desk_id", "received_at"),  # what a board has to read
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"))  # which served it then
    stay_number_id: Mapped[int | None] = mapped_column(BigInteger)
    number_index: Mapped[KeyedIndex]  # for the stop that a person may record
    words: Mapped[Sealed | None]  # emptied by retention and erasure
    fate: Mapped[Word]  # domain.guest_reply.Fate: shown, stopped, started
    received_at: Mapped[Instant]
    read_at: Mapped[Instant | None]
    read_by: Mapped[Word | None]  # domain.guest_reply.ReadBy
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))  # who, at a desk
    stopped_at: Mapped[Instant | None]  # a person found that it asks for no more texts
