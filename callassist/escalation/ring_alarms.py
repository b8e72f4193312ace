"""Needs you by voice: a message to somebody's phone becomes a ring that asks for a key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.phone_ring import About
from callassist.escalation.context import Escalation
from callassist.escalation.ringing import new_ring, put_ring, spoken
from callassist.models import Incident, NeedsYou, Notification, NotificationChannel, PhoneRing
from callassist.outbox import OutboxItem

TOPIC = "ring_alarm"
NO_BRIDGE = "this phone network cannot ask for a key; the other channels were told"


def deliver_alarm(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    """Write the ring of one message. Runs twice safely: a message has one ring."""
    with ctx.sessions.write() as session:
        message = session.get(Notification, int(item.payload["notification_id"]))
        if message is None or message.status != "queued" or _is_rung(session, message):
            return
        channel = session.get(NotificationChannel, message.channel_id)
        alarm = _alarm_of(session, message)
        if channel is None or channel.disabled_at is not None:
            message.status = "skipped"
            message.reason = "the channel was removed or disabled meanwhile"
        elif alarm is not None and alarm.acknowledged_at is not None:
            message.status, message.reason = "skipped", "somebody had taken it meanwhile"
        else:
            _ring(session, ctx, message, channel, alarm, now)


def _ring(
    session: Session,
    ctx: Escalation,
    message: Notification,
    channel: NotificationChannel,
    alarm: NeedsYou | None,
    now: datetime,
) -> None:
    incident = session.get(Incident, message.incident_id) if message.incident_id else None
    account_id = channel.account_id or message.account_id
    assert account_id is not None
    network = ctx.network_of(incident) if incident is not None else ctx.network_for(account_id)
    if network.bridge is None:
        message.status, message.reason = "failed", NO_BRIDGE
        return
    ring = new_ring(
        ctx,
        ctx.vault.open(channel.address),
        about=About.ALARM,
        account_id=account_id,
        incident_id=message.incident_id,
        provider=network.name,
        language=spoken([channel.language]),
        now=now,
    )
    ring.notification_id = message.id
    ring.needs_you_id = alarm.id if alarm is not None else None
    put_ring(session, ctx, ring, now)


def _is_rung(session: Session, message: Notification) -> bool:
    found = select(PhoneRing.id).where(PhoneRing.notification_id == message.id)
    return session.scalar(found) is not None


def _alarm_of(session: Session, message: Notification) -> NeedsYou | None:
    public_id = message.facts.get("needs_you")
    return session.scalar(select(NeedsYou).where(NeedsYou.public_id == str(public_id or "")))
