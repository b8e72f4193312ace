"""An account's own phone network: its Twilio account, or one that speaks the same language."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, Line, PublicId, Sealed, Word


class OwnNetwork(Base):
    """One per account at most; calls and texts about its homes then go over it, at its cost."""

    __tablename__ = "own_network"

    id: Mapped[Id]
    public_id: Mapped[PublicId]  # part of the network's name, and so of its addresses here
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    kind: Mapped[Word]  # domain.own_network.Kind
    space: Mapped[Word] = mapped_column(default="")  # SignalWire: <space>.signalwire.com
    account_sid: Mapped[Word]
    auth_token: Mapped[Sealed]
    auth_token_secondary: Mapped[Sealed | None]  # while one is being replaced: the older one
    signing_key: Mapped[Sealed | None]
    api_key_sid: Mapped[Word] = mapped_column(default="")
    api_key_secret: Mapped[Sealed | None]
    application_sid: Mapped[Word] = mapped_column(default="")
    caller_id: Mapped[str] = mapped_column(String(20))
    messaging_service_sid: Mapped[Word] = mapped_column(default="")
    # whether the service's own account may phone, at the service's cost, while this one is broken
    may_fall_back: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    changed_at: Mapped[Instant]
    checked_at: Mapped[Instant]  # when it was asked last
    wrong_since: Mapped[Instant | None]  # None: it answered that all is well
    wrong: Mapped[Line | None]  # what it says is wrong; names no number and no secret
