"""Proving a channel: a test message on the same way as every other message."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist.domain.message_kind import MessageKind
from callassist.errors import Conflict, NotFound
from callassist.models import NotificationChannel
from callassist.notifications.telling import Telling, queue


def test_channel(session: Session, channel_id: int, now: datetime) -> bool:
    """Queue a test message; False when one was queued at this very instant already.

    NotFound for an unknown channel, Conflict for a disabled one. Delivery sets `proved_at`.
    """
    channel = session.get(NotificationChannel, channel_id)
    if channel is None:
        raise NotFound("there is no such channel")
    if channel.disabled_at is not None:
        raise Conflict("this channel is disabled; add it again first")
    key = f"test:{channel.public_id}:{now.isoformat()}"
    return queue(session, channel, Telling(kind=MessageKind.CHANNEL_TEST, key=key), now=now)
