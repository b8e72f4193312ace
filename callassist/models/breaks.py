"""Breaks of operators: those that were taken, and those that a shift plans."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant


class BreakTaken(Base):
    """One break of an operator; begun and ended with their presence."""

    __tablename__ = "break_taken"
    # an operator's of this shift, and the one that goes on
    __table_args__ = (Index("ix_break_taken_operator", "operator_id", "starts_at"),)

    id: Mapped[Id]
    operator_id: Mapped[int] = mapped_column(ForeignKey("operator.id", ondelete="CASCADE"))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant | None]


class PlannedBreak(Base):
    """The break that a shift plans; one, and none is planned without a row."""

    __tablename__ = "planned_break"

    shift_id: Mapped[int] = mapped_column(
        ForeignKey("shift.id", ondelete="CASCADE"), primary_key=True
    )
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
