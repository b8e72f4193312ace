"""Webhooks to a host's own systems: where to, and what became of each."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
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


class WebhookEndpoint(Base):
    """An address of the host's that is told what happens, signed with a secret of its own."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (Index("ix_webhook_endpoint_account", "account_id"),)

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    url: Mapped[Sealed]  # a path or query may hold a key
    url_mask: Mapped[Line]
    description: Mapped[Line]
    secret: Mapped[Sealed]
    previous_secret: Mapped[Sealed | None]
    previous_until: Mapped[Instant | None]  # both sign until then
    kinds: Mapped[JsonList]  # names of events: domain.webhook_event.EVENTS
    failing_since: Mapped[Instant | None]
    failed_in_row: Mapped[int] = mapped_column(default=0)  # deliveries that failed for good
    last_success_at: Mapped[Instant | None]
    disabled_at: Mapped[Instant | None]
    disabled_reason: Mapped[Word | None]  # domain.webhook_tries.OffReason
    created_at: Mapped[Instant]


class WebhookDelivery(Base):
    """One message to one endpoint; its public id is the message's, the same at every try."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "key"),
        Index("ix_webhook_delivery_endpoint", "endpoint_id", "id"),  # its log, newest first
        Index("ix_webhook_delivery_account", "account_id", "id"),
    )

    id: Mapped[Id]
    public_id: Mapped[PublicId]
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoint.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[Word]  # name of the event
    key: Mapped[Line]
    body: Mapped[JsonDict]  # ids, reference, home's name, measured facts; nothing about people
    state: Mapped[Word]  # domain.webhook_tries.DeliveryState
    attempts: Mapped[int] = mapped_column(default=0)
    attempts_before: Mapped[int] = mapped_column(default=0)  # it was sent again by hand
    last_status: Mapped[int | None]
    last_error: Mapped[Line | None]
    last_answer: Mapped[str | None] = mapped_column(String(200))
    next_at: Mapped[Instant | None]
    created_at: Mapped[Instant]
    delivered_at: Mapped[Instant | None]
