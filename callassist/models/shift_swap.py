"""Operators' requests to give a shift away or to swap it, from the question to the answer."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, Line, PublicId

_OPEN = text("state IN ('asked', 'agreed')")


class ShiftSwap(Base):
    """One request. The spans are copies: they stay when a shift is moved or removed."""

    __tablename__ = "shift_swap"
    __table_args__ = (
        # one open request per shift
        Index(
            "uq_shift_swap_open_shift",
            "shift_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "uq_shift_swap_open_return",
            "return_shift_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        # a desk's newest
        Index("ix_shift_swap_desk", "desk_id", "asked_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    state: Mapped[str] = mapped_column(String(16))  # domain.shift_swap.SwapState
    asker_id: Mapped[int] = mapped_column(ForeignKey("operator.id", ondelete="CASCADE"))
    colleague_id: Mapped[int] = mapped_column(ForeignKey("operator.id", ondelete="CASCADE"))
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("shift.id", ondelete="SET NULL"))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    # what the asker takes in return; None: the shift is given away
    return_shift_id: Mapped[int | None] = mapped_column(ForeignKey("shift.id", ondelete="SET NULL"))
    return_starts_at: Mapped[Instant | None]
    return_ends_at: Mapped[Instant | None]
    reason: Mapped[Line]  # of who asks; may be empty
    answer: Mapped[Line | None]  # what was said to it last, by the colleague or a supervisor
    asked_at: Mapped[Instant]
    answered_at: Mapped[Instant | None]  # when the state changed last
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # the supervisor
