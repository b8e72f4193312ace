"""One thing to tell, and its rows: a notification per channel, queued in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callassist import outbox
from callassist.domain.message_kind import OFF_BY_DEFAULT, MessageKind
from callassist.models import Notification, NotificationChannel

SEND = "send"  # outbox topic of one message to one channel
RING = "ring_alarm"  # outbox topic of one voice call to one channel: escalation rings phones
VOICE = "voice"  # kind of channel
_SPOKEN = frozenset({MessageKind.NEEDS_YOU, MessageKind.CHANNEL_TEST})


class NotificationStatus(StrEnum):
    """Where one message to one channel stands."""

    QUEUED = "queued"  # to be sent, or tried again; `reason` says what went wrong last
    SENT = "sent"  # the next hop accepted it
    FAILED = "failed"  # given up
    SKIPPED = "skipped"  # there was no way to send it


@dataclass(frozen=True, kw_only=True)
class Telling:
    """A message before it is addressed; `key` makes it one thing however often it is queued."""

    kind: MessageKind
    key: str
    account_id: int | None = None
    desk_id: int | None = None
    incident_id: int | None = None
    property_id: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    def knowing(self, **facts: object) -> Telling:
        """The same with more facts."""
        return replace(self, facts={**self.facts, **facts})


def wants(channel: NotificationChannel, kind: MessageKind) -> bool:
    """Whether the channel's owner wants messages of this kind."""
    if channel.kind == VOICE:
        return kind in _SPOKEN
    if kind in (MessageKind.CHANNEL_TEST, MessageKind.CALL_RESULT):
        return True
    if kind in OFF_BY_DEFAULT:
        return str(kind) in channel.wanted_kinds
    return str(kind) not in channel.muted_kinds


def queue(
    session: Session, channel: NotificationChannel, telling: Telling, *, now: datetime
) -> bool:
    """Queue one message to one channel; False when that was done before under this key."""
    if _known(session, channel.id, telling):
        return False
    row = _row(telling, NotificationStatus.QUEUED, now)
    row.channel_id = channel.id
    # a desk's channel never names the account, an account's never the desk: each reads its own
    row.account_id, row.desk_id = channel.account_id, channel.desk_id
    session.add(row)
    session.flush()
    topic = RING if channel.kind == VOICE else SEND
    outbox.put(session, topic, f"notification:{row.id}", {"notification_id": row.id}, now=now)
    return True


def ring_duty_phone(session: Session, telling: Telling, *, now: datetime) -> None:
    """Have the desk's duty phone rung, once; what comes of it stands in this message."""
    if _known(session, None, telling):
        return
    row = _row(telling, NotificationStatus.QUEUED, now)
    row.account_id = None  # the desk's own, as its channels are
    session.add(row)
    session.flush()
    outbox.put(session, RING, f"notification:{row.id}", {"notification_id": row.id}, now=now)


def skip(
    session: Session,
    telling: Telling,
    reason: str,
    *,
    now: datetime,
    channel: NotificationChannel | None = None,
) -> None:
    """Record in the delivery log that something was not even tried, and why; once."""
    if not _known(session, None if channel is None else channel.id, telling):
        row = _row(telling, NotificationStatus.SKIPPED, now)
        row.reason = reason
        if channel is not None:
            row.channel_id = channel.id
        session.add(row)
        session.flush()


def _known(session: Session, channel_id: int | None, telling: Telling) -> bool:
    same = select(Notification.id).where(
        Notification.channel_id == channel_id, Notification.key == telling.key
    )
    if channel_id is None:  # no constraint of the database guards these
        own = Notification.account_id == telling.account_id
        same = same.where(or_(own, Notification.desk_id == telling.desk_id))
    return session.scalar(same.limit(1)) is not None


def _row(telling: Telling, status: NotificationStatus, now: datetime) -> Notification:
    facts = dict(telling.facts)
    if telling.property_id is not None:
        facts["property_id"] = telling.property_id
    return Notification(
        account_id=telling.account_id,
        desk_id=telling.desk_id,
        incident_id=telling.incident_id,
        kind=str(telling.kind),
        key=telling.key,
        facts=facts,
        status=str(status),
        attempts=0,
        created_at=now,
    )
