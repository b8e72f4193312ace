"""What supervisors leave behind: their interventions, links of a desk, versions of scripts."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, JsonDict, PublicId, Word


class Intervention(Base):
    """A supervisor stepped in: assigned, took back, finished a wrap-up or set a status."""

    __tablename__ = "intervention"
    # a desk's newest
    __table_args__ = (Index("ix_intervention_desk", "desk_id", "at"),)

    id: Mapped[Id]
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: by a token
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("call_task.id"))
    kind: Mapped[Word]  # domain.supervision.InterventionKind
    reason: Mapped[Word]  # domain.supervision.Reason
    at: Mapped[Instant]


class DeskLink(Base):
    """A secret address of a desk: its wallboard, or its shifts as a calendar."""

    __tablename__ = "desk_link"
    __table_args__ = (Index("ix_desk_link_desk", "desk_id"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    kind: Mapped[str] = mapped_column(String(8))  # wall | shifts
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))  # only their shifts
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Instant]
    revoked_at: Mapped[Instant | None]


class ScriptVersion(Base):
    """What a desk says in one language instead of the service's own script."""

    __tablename__ = "script_version"
    __table_args__ = (UniqueConstraint("desk_id", "language", "number"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    desk_id: Mapped[int] = mapped_column(ForeignKey("desk.id"))
    language: Mapped[str] = mapped_column(String(8))
    number: Mapped[int]  # 1, 2, 3 ... of this desk and language
    book: Mapped[JsonDict]  # as a file of config/scripts
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[Instant]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[Instant | None]
    retired_at: Mapped[Instant | None]  # another one was published, or the service's is back
