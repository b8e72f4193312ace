"""One queued message to one channel: rendered, handed over, and what became of it written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callassist.domain.message_kind import MessageKind
from callassist.errors import PermanentError, TransientError
from callassist.models import Notification, NotificationChannel
from callassist.notifications.deadline import within
from callassist.notifications.joining import joined_facts, link
from callassist.notifications.messages import render
from callassist.notifications.stop_links import stop_url
from callassist.notifications.telling import NotificationStatus
from callassist.outbox import Deliverer, OutboxItem
from callassist.outbox.delivery import MAX_ATTEMPTS
from callassist.ports.messages import ChannelGone, Message, MessageChannel
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

SEND_SECONDS = 30.0  # real; below the lease that the outbox gives a delivery
STALE_AFTER = timedelta(hours=24)

Status = NotificationStatus


@dataclass(frozen=True, kw_only=True)
class _Ready:
    """What goes over the wire; the transaction it was read in is over."""

    kind: str  # of the channel
    address: str = field(repr=False)
    message: Message = field(repr=False)


def send_deliverer(
    sessions: Sessions, vault: Vault, channels: Mapping[str, MessageChannel], public_url: str
) -> Deliverer:
    """Sends through the adapter for the channel's kind.

    A crash between handing over and writing down sends again, with the same key: receivers
    collapse it. What was sent, skipped or given up is never sent again.
    """

    def deliver(item: OutboxItem, now: datetime) -> None:
        notification_id = int(item.payload["notification_id"])
        with sessions.read() as session:
            ready = _ready(session, vault, notification_id, public_url, channels, now)
        if ready is None:
            return
        if isinstance(ready, _Refused):
            with sessions.write() as session:
                _record(session, notification_id, ready.status, ready.reason)
            return
        _hand_over(sessions, channels[ready.kind], ready, notification_id, item, now)

    return deliver


@dataclass(frozen=True)
class _Refused:
    status: NotificationStatus
    reason: str


def _ready(
    session: Session,
    vault: Vault,
    notification_id: int,
    public_url: str,
    adapters: Mapping[str, MessageChannel],
    now: datetime,
) -> _Ready | _Refused | None:
    notification = session.get(Notification, notification_id)
    if notification is None or notification.status != Status.QUEUED:
        return None
    channel = session.get(NotificationChannel, notification.channel_id)
    if channel is None or channel.disabled_at is not None:
        return _Refused(Status.SKIPPED, "the channel was removed or disabled meanwhile")
    if channel.kind not in adapters:
        return _Refused(Status.SKIPPED, f"{channel.kind} is not set up on this service")
    if now - notification.created_at > STALE_AFTER:
        return _Refused(Status.FAILED, "not sent within 24 hours, and too late now")
    try:
        facts = joined_facts(session, vault, notification, notification.created_at)
        address = vault.open(channel.address)
    except PermanentError as error:
        return _Refused(Status.FAILED, error.detail)
    kind = MessageKind(notification.kind)
    url = link(session, vault, notification, public_url)
    message = render(kind, channel.language, facts, key=notification.key, url=url)
    message = replace(message, stop_url=stop_url(vault, channel, kind, public_url))
    return _Ready(kind=channel.kind, address=address, message=message)


def _hand_over(
    sessions: Sessions,
    adapter: MessageChannel,
    ready: _Ready,
    notification_id: int,
    item: OutboxItem,
    now: datetime,
) -> None:
    """Send, then record. Errors go on to the outbox, which retries or gives up."""
    try:
        within(SEND_SECONDS, lambda: adapter.send(ready.address, ready.message))
    except ChannelGone as error:
        with sessions.write() as session:
            channel = _record(session, notification_id, Status.FAILED, error.detail)
            channel.disabled_at, channel.disabled_reason = now, error.detail[:255]
        raise
    except PermanentError as error:
        with sessions.write() as session:
            _record(session, notification_id, Status.FAILED, error.detail)
        raise
    except TransientError as error:
        over = item.attempts >= MAX_ATTEMPTS
        with sessions.write() as session:
            _record(
                session, notification_id, Status.FAILED if over else Status.QUEUED, error.detail
            )
        raise
    with sessions.write() as session:
        channel = _record(session, notification_id, Status.SENT, None, sent_at=now)
        if channel.proved_at is None:
            channel.proved_at = now


def _record(
    session: Session,
    notification_id: int,
    status: NotificationStatus,
    reason: str | None,
    *,
    sent_at: datetime | None = None,
) -> NotificationChannel:
    notification = session.get_one(Notification, notification_id)
    notification.status, notification.reason = str(status), reason
    notification.sent_at = sent_at
    notification.attempts += 1
    return session.get_one(NotificationChannel, notification.channel_id)
