"""Telling people: channels, notifications and what became of them, and needs-you alarms."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import (
    Id,
    Instant,
    JsonDict,
    JsonList,
    Line,
    PublicId,
    Sealed,
    Word,
)


class NotificationChannel(Base):
    """Where one person (or an account, or a desk's supervisors) is told things."""

    __tablename__ = "notification_channel"
    __table_args__ = (
        Index("ix_notification_channel_account", "account_id"),  # fan-out to hosts
        Index("ix_notification_channel_desk", "desk_id"),  # fan-out to supervisors
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[Word]  # push, email, apprise, sms
    address: Mapped[Sealed]  # e-mail address, Apprise URL, or push subscription as JSON
    address_mask: Mapped[Line]
    label: Mapped[Line | None]  # of a device: "Chrome, Android"
    language: Mapped[str] = mapped_column(String(8))
    muted_kinds: Mapped[JsonList]
    wanted_kinds: Mapped[JsonList] = mapped_column(default=list)  # of those that are off by default
    proved_at: Mapped[Instant | None]
    disabled_at: Mapped[Instant | None]
    disabled_reason: Mapped[Line | None]
    created_at: Mapped[Instant]


class Notification(Base):
    """One message to one channel; `key` lets a receiver collapse a repeated delivery."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("channel_id", "key"),
        Index("ix_notification_account_created", "account_id", "created_at"),
        Index("ix_notification_incident", "incident_id"),
        Index("ix_notification_channel", "channel_id", "id"),  # the last one that each was sent
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("notification_channel.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    desk_id: Mapped[int | None] = mapped_column(ForeignKey("desk.id"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    kind: Mapped[Word]  # domain.message_kind.MessageKind
    key: Mapped[Line]
    facts: Mapped[JsonDict]  # ids and measured facts only; names are joined at sending
    status: Mapped[Word]  # queued, sent, failed, skipped
    reason: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Instant]
    sent_at: Mapped[Instant | None]


class NeedsYou(Base):
    """Something that only the host can settle; repeats along the duty rota until acknowledged."""

    __tablename__ = "needs_you"
    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        Index("ix_needs_you_account_open", "account_id", "acknowledged_at"),
        Index("ix_needs_you_incident", "incident_id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    property_id: Mapped[int | None] = mapped_column(ForeignKey("property.id"))
    key: Mapped[Line]
    reason: Mapped[Word]
    facts: Mapped[JsonDict]
    opened_at: Mapped[Instant]
    step: Mapped[int] = mapped_column(default=0)
    acknowledged_at: Mapped[Instant | None]
    acknowledged_by: Mapped[Line | None]
    urgent: Mapped[bool] = mapped_column(Boolean, default=True)


class Report(Base):
    """The report of one incident; exactly one each."""

    __tablename__ = "report"

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    held: Mapped[bool] = mapped_column(Boolean, default=False)  # a claim runs: do not prune
    created_at: Mapped[Instant]


class ReportVersion(Base):
    """One version: 1 when calling ended, 2 at closing, more only by correction."""

    __tablename__ = "report_version"
    __table_args__ = (UniqueConstraint("report_id", "version"),)

    id: Mapped[Id]
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    version: Mapped[int]
    reason: Mapped[Word]  # calling_ended, closed, correction
    created_at: Mapped[Instant]
    body: Mapped[JsonDict]  # ids, masks, measured facts; names are joined at reading
    body_hash: Mapped[str] = mapped_column(String(64))
