"""Brands of sensors that we ask ourselves: the owner's permission, and when to ask again."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Instant, Line, Sealed


class SensorAccess(Base):
    """The permission behind one sensor connection. All instants are real time."""

    __tablename__ = "sensor_access"
    # which are due
    __table_args__ = (Index("ix_sensor_access_next", "next_at"),)

    connection_id: Mapped[int] = mapped_column(
        ForeignKey("sensor_connection.id", ondelete="CASCADE"), primary_key=True
    )
    token: Mapped[Sealed | None]  # JSON: access, refresh; None after it was refused
    expires_at: Mapped[Instant | None]
    token_claimed_until: Mapped[Instant | None]  # a process fetches a new one
    next_at: Mapped[Instant | None]  # None: not by itself
    claimed_until: Mapped[Instant | None]  # a process asks
    asked_at: Mapped[Instant | None]  # the last time that all of it worked; read on from here
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    error: Mapped[Line | None]  # of the last time, in words
    refused_at: Mapped[Instant | None]  # the owner took the permission back: connect again
    hook_id: Mapped[Line | None]  # of the webhook that we registered there
    hook_checked_at: Mapped[Instant | None]
    created_at: Mapped[Instant]
