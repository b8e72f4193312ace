"""Proving a channel: a test message on the same way as every other message."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.message_kind import MessageKind
from callassist.errors import Conflict, NotFound
from callassist.models import Notification, NotificationChannel
from callassist.notifications.telling import Telling, queue


def start_test(session: Session, channel: NotificationChannel, now: datetime) -> Notification:
    """The same, and the queued message, whose way can be watched."""
    test_channel(session, channel.id, now)
    query = select(Notification).where(
        Notification.channel_id == channel.id, Notification.key == _key(channel, now)
    )
    return session.scalars(query).one()


def test_channel(session: Session, channel_id: int, now: datetime) -> bool:
    """Queue a test message; False when one was queued at this very instant already.

    NotFound for an unknown channel, Conflict for a disabled one. Delivery sets `proved_at`.
    """
    channel = session.get(NotificationChannel, channel_id)
    if channel is None:
        raise NotFound("there is no such channel")
    if channel.disabled_at is not None:
        raise Conflict("this channel is disabled; add it again first")
    telling = Telling(kind=MessageKind.CHANNEL_TEST, key=_key(channel, now))
    return queue(session, channel, telling, now=now)


def _key(channel: NotificationChannel, now: datetime) -> str:
    return f"test:{channel.public_id}:{now.isoformat()}"
