"""Forgetting what was told to hosts' own systems."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from callassist.models import WebhookDelivery, WebhookEndpoint

BATCH = 1000


def forget_webhooks(session: Session, before: datetime) -> int:
    """What was told to hosts' own systems, from the oldest rows on, which are the first."""
    oldest = session.execute(
        select(WebhookDelivery.id, WebhookDelivery.created_at)
        .order_by(WebhookDelivery.id)
        .limit(BATCH)
    ).all()
    ids = [row.id for row in oldest if row.created_at < before]
    if ids:
        session.execute(delete(WebhookDelivery).where(WebhookDelivery.id.in_(ids)))
    return len(ids)


def forget_webhook_secrets(session: Session, now: datetime) -> int:
    """Secrets that another one has taken the place of."""
    over = select(WebhookEndpoint.id).where(WebhookEndpoint.previous_until < now).limit(BATCH)
    ids = list(session.scalars(over))
    if ids:
        values = {"previous_secret": None, "previous_until": None}
        session.execute(update(WebhookEndpoint).where(WebhookEndpoint.id.in_(ids)).values(**values))
    return len(ids)
