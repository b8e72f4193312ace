"""Calls to a number of ours: who it was, what they heard, what they pressed."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import Id, Instant, PublicId, Word


class IncomingCall(Base):
    """One call, made once however often its network asks; the number itself is never kept."""

    __tablename__ = "incoming_call"
    __table_args__ = (
        UniqueConstraint("provider", "provider_call_id"),
        Index("ix_incoming_call_number", "number_index", "received_at"),  # how often
        Index("ix_incoming_call_incident", "incident_id", "received_at"),
        Index("ix_incoming_call_operator", "operator_id", "state"),  # who is rung just now
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    provider: Mapped[Word]
    provider_call_id: Mapped[str] = mapped_column(String(64))
    token: Mapped[str] = mapped_column(String(64), unique=True)  # in the addresses of its menu
    number_index: Mapped[str] = mapped_column(String(64))  # empty for who is nobody to us
    party: Mapped[str | None] = mapped_column(String(8))  # guest | host
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    stay_number_id: Mapped[int | None] = mapped_column(BigInteger)
    host_contact_id: Mapped[int | None] = mapped_column(BigInteger)
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[Word]  # domain.phoning_back.Line
    task_id: Mapped[int | None] = mapped_column(ForeignKey("call_task.id"))  # whose operator rings
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("operator.id"))
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("call_attempt.id"))  # the talk
    line: Mapped[Word | None]  # the browser that is rung; none: an own phone; "": it is picked up
    operator_call_id: Mapped[str | None] = mapped_column(String(64))  # the leg to the operator
    received_at: Mapped[Instant]
    changed_at: Mapped[Instant]
