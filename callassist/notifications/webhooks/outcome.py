"""What became of a try, written down: delivered, again later, or given up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from callassist import outbox
from callassist.domain.message_kind import MessageKind
from callassist.domain.webhook_event import TEST_EVENT
from callassist.domain.webhook_tries import DeliveryState, OffReason, is_gone, next_wait, off_reason
from callassist.models import WebhookDelivery, WebhookEndpoint
from callassist.notifications.webhooks.posting import Answer
from callassist.notifications.webhooks.queueing import put_try
from callassist.ports.wording import said

SWITCHED_OFF = said("the webhook was switched off before this was sent")


def record(session: Session, delivery_id: int, attempt: int, answer: Answer, now: datetime) -> None:
    """Keep the answer, and arrange for what follows from it; once per attempt."""
    found = session.get(WebhookDelivery, delivery_id)
    if found is None:
        return  # removed meanwhile
    # the endpoint first: whoever switches it off locks in this order too
    endpoint = session.get(WebhookEndpoint, found.endpoint_id, with_for_update=True)
    delivery = session.get(
        WebhookDelivery, delivery_id, with_for_update=True, populate_existing=True
    )
    if endpoint is None or delivery is None or delivery.attempts != attempt - 1:
        return  # removed, or somebody else whose lease ran out wrote it down
    delivery.attempts = attempt
    delivery.last_status, delivery.last_error = answer.status, answer.error
    delivery.last_answer = answer.text or None
    if answer.error is None:
        delivery.state, delivery.delivered_at = str(DeliveryState.DELIVERED), now
        delivery.next_at = None
        endpoint.failing_since, endpoint.failed_in_row = None, 0
        endpoint.last_success_at = now
    elif delivery.kind == TEST_EVENT:  # tried once, and no sign of how the endpoint does
        delivery.state, delivery.next_at = str(DeliveryState.FAILED), None
    else:
        _failed(session, endpoint, delivery, answer, now)


def _failed(
    session: Session,
    endpoint: WebhookEndpoint,
    delivery: WebhookDelivery,
    answer: Answer,
    now: datetime,
) -> None:
    endpoint.failing_since = endpoint.failing_since or now
    tries = delivery.attempts - delivery.attempts_before
    wait = next_wait(tries, answer.status, answer.retry_after)
    is_over = answer.is_final or is_gone(answer.status) or endpoint.disabled_at is not None
    if wait is None or is_over:
        delivery.state, delivery.next_at = str(DeliveryState.FAILED), None
        endpoint.failed_in_row += 1
    else:
        delivery.next_at = now + wait
        put_try(session, delivery, now)
    session.flush()
    reason = off_reason(
        status=answer.status,
        failing_since=endpoint.failing_since,
        failed_in_row=endpoint.failed_in_row,
        now=now,
    )
    if reason is not None and endpoint.disabled_at is None:
        switch_off(session, endpoint, reason, now)
        _tell(session, endpoint, reason, now)


def switch_off(
    session: Session, endpoint: WebhookEndpoint, reason: OffReason, now: datetime
) -> None:
    """Nothing goes there any more; what waited has failed and can be sent again later."""
    endpoint.disabled_at, endpoint.disabled_reason = now, str(reason)
    session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == endpoint.id,
            WebhookDelivery.state == str(DeliveryState.WAITING),
        )
        .values(state=str(DeliveryState.FAILED), next_at=None, last_error=SWITCHED_OFF)
    )
    session.flush()


def _tell(session: Session, endpoint: WebhookEndpoint, reason: OffReason, now: datetime) -> None:
    kind = str(MessageKind.WEBHOOK_DISABLED)
    since = endpoint.failing_since
    facts = {
        "source": endpoint.description or endpoint.url_mask,
        "endpoint": endpoint.public_id,
        "reason": str(reason),
        "since": None if since is None else since.isoformat(),
    }
    payload = {"kind": kind, "account_id": endpoint.account_id, "facts": facts}
    outbox.put(
        session, "notify", f"{kind}:{endpoint.public_id}:{now.isoformat()}", payload, now=now
    )
