"""What operators write beside results: drafts, the word for the next shift, how they like it."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, Prose, PublicId


class NoteDraft(Base):
    """The note of a call that is not over: as typed so far, whoever works on it."""

    __tablename__ = "note_draft"

    task_id: Mapped[int] = mapped_column(
        ForeignKey("call_task.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))  # who typed last
    text: Mapped[Prose]
    updated_at: Mapped[Instant]


class ShiftNote(Base):
    """The end of a shift in five lines, for whoever comes next."""

    __tablename__ = "shift_note"
    # the newest of a desk
    __table_args__ = (Index("ix_shift_note_desk", "desk_id", "created_at"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id"))
    text: Mapped[Prose]
    created_at: Mapped[Instant]


class DeskPreference(Base):
    """How an operator likes the desk: keys, sound; and since when they are trained."""

    __tablename__ = "desk_preference"

    operator_id: Mapped[int] = mapped_column(
        ForeignKey("operator.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    shortcuts: Mapped[bool] = mapped_column(Boolean, default=True)
    sound: Mapped[bool] = mapped_column(Boolean, default=True)
    tone: Mapped[str] = mapped_column(String(16), default="bell")
    volume: Mapped[int] = mapped_column(Integer, default=70)
    only_mine: Mapped[bool] = mapped_column(Boolean, default=False)
    trained_at: Mapped[Instant | None]
