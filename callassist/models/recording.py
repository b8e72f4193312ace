"""Recordings of calls: what was asked, what the guest answered, and the sound, sealed."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, Line, PublicId, Sealed, Word


class Recording(Base):
    """One per attempt in which recording was announced, also when it then was not made."""

    __tablename__ = "recording"
    __table_args__ = (
        # recordings of an incident; of an account to be forgotten
        Index("ix_recording_incident", "incident_id"),
        Index("ix_recording_account", "account_id", "decided_at"),
        # what is still at the network
        Index("ix_recording_state", "state"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    attempt_id: Mapped[int] = mapped_column(ForeignKey("call_attempt.id"), unique=True)
    provider: Mapped[Word]
    rule: Mapped[Word]  # domain.recording.Rule that held for the guest's country
    language: Mapped[str] = mapped_column(String(8))  # of the announcement
    state: Mapped[Word]  # domain.recording.RecordingState
    call_id: Mapped[str | None] = mapped_column(String(64))  # the guest's leg, once they agreed
    provider_recording_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    seconds: Mapped[int | None]
    decided_at: Mapped[Instant]  # when it was decided to announce it
    answered_at: Mapped[Instant | None]  # when the announcement was over and the guest had a say
    kept_at: Mapped[Instant | None]  # since when the sound is here
    gone_at: Mapped[Instant | None]  # since when it is not any more
    there_gone_at: Mapped[Instant | None]  # when the network said that it has it no more
    tries: Mapped[int] = mapped_column(default=0, server_default="0")  # to have it deleted there
    error: Mapped[Line | None]


class RecordingPart(Base):
    """A piece of the sound: small, so that changing the key never holds hours in memory."""

    __tablename__ = "recording_part"
    __table_args__ = (UniqueConstraint("recording_id", "position"),)

    id: Mapped[Id]
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id", ondelete="CASCADE"))
    position: Mapped[int]
    content: Mapped[Sealed]
