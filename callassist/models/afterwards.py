"""What hosts add to an incident and its report afterwards: notes, feedback, links for others."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, Line, Prose, PublicId, Word


class HostNote(Base):
    """What a host wrote down about an incident; forgotten with the guest."""

    __tablename__ = "host_note"
    __table_args__ = (Index("ix_host_note_incident", "incident_id"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    text: Mapped[Prose]
    created_at: Mapped[Instant]


class FalseAlarm(Base):
    """The host says that an incident was none; one word per incident, which may be changed."""

    __tablename__ = "false_alarm"
    __table_args__ = (UniqueConstraint("incident_id"),)

    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[Word]  # reports.false_alarms.Kind
    comment: Mapped[str | None] = mapped_column(Text)
    said_at: Mapped[Instant]


class ReportShare(Base):
    """A link under which somebody without an account reads a report; only its hash is kept."""

    __tablename__ = "report_share"
    __table_args__ = (Index("ix_report_share_report", "report_id"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[Line] = mapped_column(default="")  # for whom, in the host's words
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant]
    revoked_at: Mapped[Instant | None]
    opened: Mapped[int] = mapped_column(Integer, default=0)
    last_opened_at: Mapped[Instant | None]
