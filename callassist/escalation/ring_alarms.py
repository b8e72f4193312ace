"""A message to somebody's phone becomes a ring that asks for a key: needs you by voice, and a
page of the supervisor at the desk's duty phone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.phone_ring import DUTY_PHONE, About
from callassist.escalation.context import Escalation
from callassist.escalation.ring_rows import page_the_next
from callassist.escalation.ringing import new_ring, put_ring, spoken
from callassist.models import (
    Desk,
    Incident,
    NeedsYou,
    Notification,
    NotificationChannel,
    PhoneRing,
)
from callassist.outbox import OutboxItem
from callassist.ports.telephony import Telephony

TOPIC = "ring_alarm"
NO_BRIDGE = "this phone network cannot ask for a key; the other channels were told"


def deliver_alarm(ctx: Escalation, item: OutboxItem, now: datetime) -> None:
    """Write the ring of one message. Runs twice safely: a message has one ring."""
    with ctx.sessions.write() as session:
        message = session.get(Notification, int(item.payload["notification_id"]))
        if message is None or message.status != "queued" or _is_rung(session, message):
            return
        if message.facts.get("via") == DUTY_PHONE:
            _ring_duty_phone(session, ctx, message, now)
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
    incident = _incident_of(session, message)
    account_id = channel.account_id or message.account_id
    assert account_id is not None
    network = _network_of(ctx, incident, account_id)
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


def _ring_duty_phone(
    session: Session, ctx: Escalation, message: Notification, now: datetime
) -> None:
    incident = _incident_of(session, message)
    desk = session.get(Desk, message.desk_id) if message.desk_id else None
    assert desk is not None
    account_id = incident.account_id if incident is not None else desk.account_id
    assert account_id is not None
    network = _network_of(ctx, incident, account_id)
    if desk.duty_phone is None or network.bridge is None:
        message.status = "failed"
        message.reason = NO_BRIDGE if desk.duty_phone else "the duty phone was removed meanwhile"
        page_the_next(session, message, account_id, now)
        return
    ring = new_ring(
        ctx,
        ctx.vault.open(desk.duty_phone),
        about=About.PAGE,
        account_id=account_id,
        incident_id=message.incident_id,
        provider=network.name,
        language=spoken(desk.languages),
        now=now,
    )
    ring.notification_id = message.id
    put_ring(session, ctx, ring, now)


def _incident_of(session: Session, message: Notification) -> Incident | None:
    return session.get(Incident, message.incident_id) if message.incident_id else None


def _network_of(ctx: Escalation, incident: Incident | None, account_id: int) -> Telephony:
    return ctx.network_of(incident) if incident is not None else ctx.network_for(account_id)


def _is_rung(session: Session, message: Notification) -> bool:
    found = select(PhoneRing.id).where(PhoneRing.notification_id == message.id)
    return session.scalar(found) is not None


def _alarm_of(session: Session, message: Notification) -> NeedsYou | None:
    public_id = message.facts.get("needs_you")
    return session.scalar(select(NeedsYou).where(NeedsYou.public_id == str(public_id or "")))
