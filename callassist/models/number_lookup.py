"""What a phone network said about numbers, kept some days by keyed hash; never the number."""

from __future__ import annotations

from sqlalchemy import Boolean, Index
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, KeyedIndex, Word


class NumberLookup(Base):
    """The latest answer about one number."""

    __tablename__ = "number_lookup"
    # answers that are too old
    __table_args__ = (Index("ix_number_lookup_looked_up", "looked_up_at"),)

    id: Mapped[Id]
    number_index: Mapped[KeyedIndex] = mapped_column(unique=True)
    is_valid: Mapped[bool] = mapped_column(Boolean)
    line_type: Mapped[Word] = mapped_column(default="")  # domain.line_type.LineType; "": unknown
    looked_up_at: Mapped[Instant]
