"""The delivery log: what was told to whom about an incident, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callassist.domain.message_kind import MessageKind
from callassist.domain.viewer import Role, Viewer
from callassist.models import Notification, NotificationChannel
from callassist.notifications.telling import NotificationStatus


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One message to one channel; `channel` and `to` are None when there was no channel."""

    kind: MessageKind
    channel: str | None  # push, email, apprise ...
    to: str | None  # masked
    status: NotificationStatus
    reason: str | None
    attempts: int
    created_at: datetime
    sent_at: datetime | None


def deliveries(session: Session, viewer: Viewer, incident_id: int) -> list[Delivery]:
    """Messages about an incident that went to the viewer's accounts, or to desks they supervise."""
    query = (
        select(Notification, NotificationChannel)
        .outerjoin(NotificationChannel, NotificationChannel.id == Notification.channel_id)
        .where(Notification.incident_id == incident_id)
        .order_by(Notification.id)
    )
    if not viewer.is_admin:
        desks = [desk for desk, roles in viewer.desk_roles.items() if Role.SUPERVISOR in roles]
        query = query.where(
            or_(Notification.account_id.in_(viewer.account_ids), Notification.desk_id.in_(desks))
        )
    return [_delivery(row, channel) for row, channel in session.execute(query)]


def _delivery(row: Notification, channel: NotificationChannel | None) -> Delivery:
    return Delivery(
        kind=MessageKind(row.kind),
        channel=None if channel is None else channel.kind,
        to=None if channel is None else channel.address_mask,
        status=NotificationStatus(row.status),
        reason=row.reason,
        attempts=row.attempts,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )
