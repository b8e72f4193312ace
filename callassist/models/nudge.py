"""Short-lived rows that tell open browsers what to ask for again."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant


class Nudge(Base):
    """Something that somebody sees changed in this transaction: kind and public id, no more."""

    __tablename__ = "nudge"
    __table_args__ = (
        Index("ix_nudge_at", "at"),  # old ones, to prune
        # Readers remember the last id: without this SQLite gives the ids of pruned rows again.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    at: Mapped[Instant]  # real time
    kind: Mapped[str] = mapped_column(String(16))  # domain.nudge.NudgeKind
    public_id: Mapped[str] = mapped_column(String(24))  # empty: several of the kind
    # Whose it is; no foreign keys: a row lives minutes and must not outlast a deletion's check.
    account_id: Mapped[int | None] = mapped_column(BigInteger)
    desk_id: Mapped[int | None] = mapped_column(BigInteger)
    person_id: Mapped[int | None] = mapped_column(BigInteger)
