"""`/webhook-deliveries`: what was told to the host's own systems, and what they answered."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from sqlalchemy import select

from callassist.models import WebhookDelivery, WebhookEndpoint
from callassist.notifications.webhooks.by_hand import find_delivery, send_again
from callassist.web.api.fields import Instant, Nothing, Output, Page, Paging, PublicId
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.routing import HOSTS, Ask, Route
from callassist.web.api.scoping import of_accounts


class DeliveryQuery(Paging):
    """Of which endpoint; of all when none is named."""

    endpoint: PublicId | None = None


class WebhookDeliveryOut(Output):
    """One message; `id` is its webhook-id, the same at every try."""

    id: str
    endpoint: str
    event: str
    body: dict[str, Any]
    state: str = Field(examples=["waiting", "delivered", "failed"])
    attempts: int
    status: int | None = Field(description="Of the last answer.")
    error: str | None
    answer: str | None = Field(description="The first 200 characters of the last answer.")
    next_at: Instant | None
    created_at: Instant
    delivered_at: Instant | None


def index(ask: Ask, query: DeliveryQuery) -> Page[WebhookDeliveryOut]:
    mine = select(WebhookDelivery).where(of_accounts(ask, WebhookDelivery.account_id))
    if query.endpoint is not None:
        own = select(WebhookEndpoint.id).where(WebhookEndpoint.public_id == query.endpoint)
        mine = mine.where(WebhookDelivery.endpoint_id.in_(own))
    rows, following = page_of(
        ask.session, ask.service.vault, mine, WebhookDelivery.id, query, newest_first=True
    )
    names = place_names(ask.session, WebhookEndpoint, (row.endpoint_id for row in rows))
    return Page(
        items=[delivery_out(row, names[row.endpoint_id]) for row in rows], next_cursor=following
    )


def show(ask: Ask, webhook_delivery_id: str) -> WebhookDeliveryOut:
    return _out(ask, find_delivery(ask.session, ask.viewer, webhook_delivery_id))


def resend(ask: Ask, webhook_delivery_id: str, body: Nothing) -> WebhookDeliveryOut:
    return _out(ask, send_again(ask.session, ask.viewer, webhook_delivery_id, ask.now))


def delivery_out(row: WebhookDelivery, endpoint: str) -> WebhookDeliveryOut:
    """What is told of a delivery."""
    return WebhookDeliveryOut(
        id=row.public_id,
        endpoint=endpoint,
        event=row.kind,
        body=row.body,
        state=row.state,
        attempts=row.attempts,
        status=row.last_status,
        error=row.last_error,
        answer=row.last_answer,
        next_at=row.next_at,
        created_at=row.created_at,
        delivered_at=row.delivered_at,
    )


def _out(ask: Ask, row: WebhookDelivery) -> WebhookDeliveryOut:
    return delivery_out(row, ask.session.get_one(WebhookEndpoint, row.endpoint_id).public_id)


_ONE = "/webhook-deliveries/{webhook_delivery_id}"

ROUTES = (
    Route(
        method="GET",
        path="/webhook-deliveries",
        summary="What was sent in the last 30 days, the newest first",
        scopes=HOSTS,
        run=index,
        query=DeliveryQuery,
        answer=Page[WebhookDeliveryOut],
    ),
    Route(
        method="GET",
        path=_ONE,
        summary="One delivery",
        scopes=HOSTS,
        run=show,
        answer=WebhookDeliveryOut,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/resend",
        summary="Send it again now, under the same id",
        scopes=HOSTS,
        run=resend,
        body=Nothing,
        answer=WebhookDeliveryOut,
        conflicts=True,
    ),
)
