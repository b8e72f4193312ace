"""Durable machinery: timers, outbox, and the service's own facts."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from callassist.models.base import Base
from callassist.models.types import BigKey, Id, Instant, JsonDict, Line, Prose, Word


class Timer(Base):
    """A durable deadline: when it is due, for whom; claimed by conditional update."""

    __tablename__ = "timer"
    __table_args__ = (
        # the next due ones; those that failed wait in an index of their own, out of the way
        Index(
            "ix_timer_due_open",
            "due_at",
            sqlite_where=text("fired_at IS NULL AND retry_at IS NULL"),
            postgresql_where=text("fired_at IS NULL AND retry_at IS NULL"),
        ),
        Index(
            "ix_timer_retry_open",
            "retry_at",
            sqlite_where=text("fired_at IS NULL AND retry_at IS NOT NULL"),
            postgresql_where=text("fired_at IS NULL AND retry_at IS NOT NULL"),
        ),
        # fired ones, to prune
        Index(
            "ix_timer_fired",
            "fired_at",
            sqlite_where=text("fired_at IS NOT NULL"),
            postgresql_where=text("fired_at IS NOT NULL"),
        ),
        # one open timer per kind and subject
        Index(
            "uq_timer_open_subject",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("fired_at IS NULL"),
            postgresql_where=text("fired_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    kind: Mapped[Word]
    subject: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[Instant]
    armed_at: Mapped[Instant]
    fired_at: Mapped[Instant | None]
    failures: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[Instant | None]  # after a failure, due again then
    error: Mapped[str | None] = mapped_column(Text)


class OutboxEntry(Base):
    """Something to tell the world, written in the transaction that made it true."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("topic", "key"),
        Index(
            "ix_outbox_due_open",
            "due_at",
            sqlite_where=text("delivered_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    topic: Mapped[Word]
    key: Mapped[Line]
    payload: Mapped[JsonDict]  # ids only
    created_at: Mapped[Instant]
    due_at: Mapped[Instant]  # moved by a claim and by back-off; `created_at` keeps the first
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[Instant | None]
    delivered_at: Mapped[Instant | None]
    failed_at: Mapped[Instant | None]  # given up; delivered_at is set too
    error: Mapped[str | None] = mapped_column(Text)


class ServiceFact(Base):
    """A fact of this service in this database: clock origin, restored copy, heartbeats ..."""

    __tablename__ = "service_fact"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[JsonDict]
    updated_at: Mapped[Instant]


class ImportRun(Base):
    """One transfer from a property-management system, or of a file: what came, what failed."""

    __tablename__ = "import_run"
    __table_args__ = (
        Index("ix_import_run_account", "account_id", "started_at"),
        Index("ix_import_run_connection", "connection_id", "started_at"),
    )

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    connection_id: Mapped[int | None] = mapped_column(BigKey)  # kept when the connection is gone
    source: Mapped[Word]
    kind: Mapped[Word] = mapped_column(server_default=text("'file'"))  # full, changes, asked ...
    started_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    is_complete: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    counts: Mapped[JsonDict]
    error: Mapped[Prose | None]  # in words
    detail: Mapped[Prose | None]  # raw, for who wants to know; nothing personal
