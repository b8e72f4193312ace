"""From something that happened to a row per endpoint that wants it, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import outbox
from callassist.domain.webhook_event import EVENTS, told_facts
from callassist.domain.webhook_tries import DeliveryState
from callassist.models import Account, Incident, Property, WebhookDelivery, WebhookEndpoint
from callassist.notifications.telling import Telling

TOPIC = "webhook"  # outbox topic: one try of one delivery


def queue_event(session: Session, telling: Telling, now: datetime) -> int:
    """Queue the event for every endpoint of the account that wants it; how many those are."""
    event = EVENTS.get(telling.kind)
    if event is None or telling.account_id is None:
        return 0
    wanting = [one for one in _working(session, telling.account_id) if event in one.kinds]
    if not wanting:
        return 0
    data = _data(session, telling, telling.account_id)
    queued = [
        queue_delivery(session, one, event, telling.key, data, now=now) is not None
        for one in wanting
    ]
    return sum(queued)


def queue_delivery(
    session: Session,
    endpoint: WebhookEndpoint,
    event: str,
    key: str,
    data: Mapping[str, object],
    *,
    now: datetime,
) -> WebhookDelivery | None:
    """One message to one endpoint; None when that was queued before under this key."""
    same = select(WebhookDelivery.id).where(
        WebhookDelivery.endpoint_id == endpoint.id, WebhookDelivery.key == key
    )
    if session.scalar(same) is not None:
        return None
    delivery = new_delivery(session, endpoint, event, key, data, now=now)
    put_try(session, delivery, now)
    return delivery


def new_delivery(
    session: Session,
    endpoint: WebhookEndpoint,
    event: str,
    key: str,
    data: Mapping[str, object],
    *,
    now: datetime,
) -> WebhookDelivery:
    """The row of one message, which nobody delivers yet."""
    delivery = WebhookDelivery(
        endpoint_id=endpoint.id,
        account_id=endpoint.account_id,
        kind=event,
        key=key,
        body={"type": event, "timestamp": _written(now), "data": dict(data)},
        state=str(DeliveryState.WAITING),
        attempts=0,
        attempts_before=0,
        next_at=now,
        created_at=now,
    )
    session.add(delivery)
    session.flush()
    return delivery


def put_try(session: Session, delivery: WebhookDelivery, now: datetime) -> None:
    """The try at its `next_at`: an outbox entry of its own, so that each is tried once."""
    assert delivery.next_at is not None
    attempt, due = delivery.attempts + 1, delivery.next_at.isoformat()
    payload = {
        "delivery_id": delivery.id,
        "endpoint_id": delivery.endpoint_id,
        "attempt": attempt,
        "due": due,
    }
    key = f"{delivery.public_id}:{attempt}:{due}"
    outbox.put(session, TOPIC, key, payload, now=now, due_at=delivery.next_at)


def _working(session: Session, account_id: int) -> list[WebhookEndpoint]:
    query = select(WebhookEndpoint).where(
        WebhookEndpoint.account_id == account_id, WebhookEndpoint.disabled_at.is_(None)
    )
    return list(session.scalars(query.order_by(WebhookEndpoint.id)))


def _data(session: Session, telling: Telling, account_id: int) -> dict[str, Any]:
    """Public ids, the home's name and measured facts; nothing about guests or colleagues."""
    data: dict[str, Any] = {"account": session.get_one(Account, account_id).public_id}
    property_id = telling.property_id
    if telling.incident_id is not None:
        incident = session.get_one(Incident, telling.incident_id)
        data["incident"] = incident.public_id
        property_id = property_id or incident.property_id
    home = None if property_id is None else session.get(Property, property_id)
    if home is not None and home.account_id == account_id:
        data |= {"property": home.public_id, "property_name": home.name}
    return {**data, **told_facts(telling.facts)}


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
