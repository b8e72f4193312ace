"""What a host does with deliveries: look at them, send one again, send a test event."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.domain.webhook_event import TEST_EVENT
from callassist.domain.webhook_tries import DeliveryState
from callassist.errors import Conflict, NotFound
from callassist.models import Account, WebhookDelivery, WebhookEndpoint
from callassist.models.types import new_public_id
from callassist.notifications.webhooks.delivering import Webhooks
from callassist.notifications.webhooks.endpoints import find_endpoint
from callassist.notifications.webhooks.outcome import record
from callassist.notifications.webhooks.queueing import new_delivery, put_try
from callassist.ports.wording import said

PAGE = 50
INTERRUPTED = said("we were interrupted while we sent it")
_TESTS_AT_MOST, _TESTS_WITHIN = 10, timedelta(minutes=10)


def visible_deliveries(viewer: Viewer) -> ColumnElement[bool]:
    """Deliveries of the viewer's accounts."""
    return true() if viewer.is_admin else WebhookDelivery.account_id.in_(viewer.account_ids)


def find_delivery(
    session: Session, viewer: Viewer, public_id: str, *, to_change: bool = False
) -> WebhookDelivery:
    """A delivery in the viewer's scope; NotFound otherwise, Forbidden for who may only look."""
    query = select(WebhookDelivery).where(
        visible_deliveries(viewer), WebhookDelivery.public_id == public_id
    )
    delivery = session.scalars(query).first()
    if delivery is None:
        raise NotFound("no such delivery")
    if to_change:
        viewer.require_write(delivery.account_id)
    return delivery


def log_of(
    session: Session, endpoint: WebhookEndpoint, *, before: int | None = None
) -> list[WebhookDelivery]:
    """Its deliveries, newest first: a page and one more, which says whether there are older."""
    query = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint.id)
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    return list(session.scalars(query.order_by(WebhookDelivery.id.desc()).limit(PAGE + 1)))


def send_again(session: Session, viewer: Viewer, public_id: str, now: datetime) -> WebhookDelivery:
    """The same message under the same id, now, and by the schedule if that fails."""
    delivery = find_delivery(session, viewer, public_id, to_change=True)
    endpoint = session.get_one(WebhookEndpoint, delivery.endpoint_id)
    if endpoint.disabled_at is not None:
        raise Conflict("this webhook is switched off; switch it on first")
    delivery.state, delivery.next_at = str(DeliveryState.WAITING), now
    delivery.delivered_at = None
    delivery.attempts_before = delivery.attempts
    session.flush()
    put_try(session, delivery, now)
    return delivery


def send_test(webhooks: Webhooks, viewer: Viewer, public_id: str, now: datetime) -> WebhookDelivery:
    """A test event, tried once while the caller waits; what was answered stands in it.

    Also to an endpoint that is switched off: so one sees that it works before switching it on.
    """
    with webhooks.sessions.write() as session:
        endpoint = find_endpoint(session, viewer, public_id, to_change=True)
        _require_few(session, endpoint, now)
        account = session.get_one(Account, endpoint.account_id)
        data = {"account": account.public_id, "practice": True}
        key = f"{TEST_EVENT}:{new_public_id()}"
        delivery = new_delivery(session, endpoint, TEST_EVENT, key, data, now=now)
        # whoever stops us now leaves a test that failed, not one that waits for ever
        delivery.state, delivery.last_error = str(DeliveryState.FAILED), INTERRUPTED
        parcel = webhooks.parcel_of(endpoint, delivery, now)
        delivery_id = delivery.id
    answer = webhooks.send(parcel)
    with webhooks.sessions.write() as session:
        record(session, delivery_id, 1, answer, now)
        return session.get_one(WebhookDelivery, delivery_id)


def _require_few(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    lately = select(func.count()).where(
        WebhookDelivery.endpoint_id == endpoint.id,
        WebhookDelivery.kind == TEST_EVENT,
        WebhookDelivery.created_at > now - _TESTS_WITHIN,
    )
    if (session.scalar(lately) or 0) >= _TESTS_AT_MOST:
        raise Conflict("ten tests in ten minutes are enough; wait a little")
