"""`/webhook-endpoints`: addresses of the host's own systems that are told what happens."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints
from sqlalchemy import select

from callassist.bootstrap import Service
from callassist.domain.viewer import Viewer
from callassist.domain.webhook_event import EVENTS
from callassist.models import Account, WebhookDelivery, WebhookEndpoint
from callassist.notifications.webhooks import endpoints
from callassist.notifications.webhooks.by_hand import send_test
from callassist.web.api.fields import Input, Instant, Line, Nothing, Output, Page, Paging, PublicId
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.routing import HOSTS, Ask, Route
from callassist.web.api.scoping import account_named, of_accounts
from callassist.web.api.webhook_deliveries import WebhookDeliveryOut, delivery_out

Url = Annotated[str, StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]*$")]
Events = Annotated[list[str], Field(max_length=len(EVENTS) + 10)]
_EVERY = list(EVENTS.values())


class NewWebhookEndpoint(Input):
    """Where to post, and which events; all of them when none is named."""

    url: Url = Field(examples=["https://hooks.example.com/call-assist"])
    description: Line = ""
    events: Events = Field(default=_EVERY, examples=[_EVERY[:2]])
    account: PublicId | None = None


class WebhookEndpointChange(Input):
    """What to change; `enabled` true begins with a clean slate after it was switched off."""

    url: Url | None = None
    description: Line | None = None
    events: Events | None = None
    enabled: bool | None = None


class WebhookEndpointOut(Output):
    """One endpoint; its address is told by its beginning only, as a path may be a key."""

    id: str
    account: str
    url: str = Field(description="Scheme and host; the rest is not told again.")
    description: str
    events: list[str]
    failing_since: Instant | None
    last_success_at: Instant | None
    disabled_at: Instant | None
    disabled_reason: str | None = Field(
        examples=[None, "by_hand", "gone", "failing", "failed_often"]
    )
    created_at: Instant


class WebhookSecretOut(WebhookEndpointOut):
    """The same with its secret, which is told this once."""

    secret: str


def index(ask: Ask, query: Paging) -> Page[WebhookEndpointOut]:
    mine = select(WebhookEndpoint).where(of_accounts(ask, WebhookEndpoint.account_id))
    rows, following = page_of(ask.session, ask.service.vault, mine, WebhookEndpoint.id, query)
    names = place_names(ask.session, Account, (row.account_id for row in rows))
    return Page(items=[_of(row, names[row.account_id]) for row in rows], next_cursor=following)


def check_new(service: Service, viewer: Viewer, body: NewWebhookEndpoint) -> str:
    """Before the transaction: the name is looked up."""
    if not viewer.is_admin and not any(viewer.can_write(one) for one in viewer.account_ids):
        viewer.require_write(0)
    endpoints.checked_events(body.events)
    return endpoints.checked_url(body.url, allow_loopback=service.webhooks.allow_loopback)


def create(ask: Ask, body: NewWebhookEndpoint, tried: str) -> WebhookSecretOut:
    endpoint, secret = endpoints.add_endpoint(
        ask.session,
        ask.service.vault,
        ask.viewer,
        account_named(ask, body.account).id,
        url=tried,
        description=body.description,
        kinds=body.events,
        now=ask.now,
    )
    return WebhookSecretOut(**_out(ask, endpoint).model_dump(), secret=secret)


def show(ask: Ask, webhook_endpoint_id: str) -> WebhookEndpointOut:
    return _out(ask, endpoints.find_endpoint(ask.session, ask.viewer, webhook_endpoint_id))


def check_change(
    service: Service, viewer: Viewer, webhook_endpoint_id: str, body: WebhookEndpointChange
) -> str | None:
    """Before the transaction: the name of another address is looked up."""
    with service.sessions.read() as session:
        endpoints.find_endpoint(session, viewer, webhook_endpoint_id, to_change=True)
    if body.url is None:
        return None
    return endpoints.checked_url(body.url, allow_loopback=service.webhooks.allow_loopback)


def change(
    ask: Ask, webhook_endpoint_id: str, body: WebhookEndpointChange, tried: str | None
) -> WebhookEndpointOut:
    endpoint = endpoints.change_endpoint(
        ask.session,
        ask.service.vault,
        ask.viewer,
        webhook_endpoint_id,
        url=tried,
        description=body.description,
        kinds=body.events,
    )
    if body.enabled is not None:
        endpoints.set_enabled(
            ask.session, ask.viewer, webhook_endpoint_id, enabled=body.enabled, now=ask.now
        )
    return _out(ask, endpoint)


def remove(ask: Ask, webhook_endpoint_id: str) -> None:
    endpoints.remove_endpoint(ask.session, ask.viewer, webhook_endpoint_id)


def rotate(ask: Ask, webhook_endpoint_id: str, body: Nothing) -> WebhookSecretOut:
    endpoint, secret = endpoints.rotate_secret(
        ask.session, ask.service.vault, ask.viewer, webhook_endpoint_id, now=ask.now
    )
    return WebhookSecretOut(**_out(ask, endpoint).model_dump(), secret=secret)


def send_one(
    service: Service, viewer: Viewer, webhook_endpoint_id: str, body: Nothing
) -> WebhookDelivery:
    """Outside of the transaction: it takes as long as the other side takes."""
    return send_test(service.webhooks, viewer, webhook_endpoint_id, service.clock.now())


def test(
    ask: Ask, webhook_endpoint_id: str, body: Nothing, tried: WebhookDelivery
) -> WebhookDeliveryOut:
    return delivery_out(tried, webhook_endpoint_id)


def _out(ask: Ask, endpoint: WebhookEndpoint) -> WebhookEndpointOut:
    return _of(endpoint, ask.session.get_one(Account, endpoint.account_id).public_id)


def _of(endpoint: WebhookEndpoint, account: str) -> WebhookEndpointOut:
    return WebhookEndpointOut(
        id=endpoint.public_id,
        account=account,
        url=endpoint.url_mask,
        description=endpoint.description,
        events=endpoint.kinds,
        failing_since=endpoint.failing_since,
        last_success_at=endpoint.last_success_at,
        disabled_at=endpoint.disabled_at,
        disabled_reason=endpoint.disabled_reason,
        created_at=endpoint.created_at,
    )


_ONE = "/webhook-endpoints/{webhook_endpoint_id}"

ROUTES = (
    Route(
        method="GET",
        path="/webhook-endpoints",
        summary="Addresses that are told what happens, and how each does",
        scopes=HOSTS,
        run=index,
        query=Paging,
        answer=Page[WebhookEndpointOut],
    ),
    Route(
        method="POST",
        path="/webhook-endpoints",
        summary="Add one; its secret is told this once",
        scopes=HOSTS,
        run=create,
        body=NewWebhookEndpoint,
        before=check_new,
        answer=WebhookSecretOut,
        status=201,
        conflicts=True,
    ),
    Route(
        method="GET",
        path=_ONE,
        summary="One endpoint",
        scopes=HOSTS,
        run=show,
        answer=WebhookEndpointOut,
    ),
    Route(
        method="PATCH",
        path=_ONE,
        summary="Change its address, name or events; switch it off, or on again",
        scopes=HOSTS,
        run=change,
        body=WebhookEndpointChange,
        before=check_change,
        answer=WebhookEndpointOut,
    ),
    Route(
        method="DELETE",
        path=_ONE,
        summary="Remove it with its deliveries",
        scopes=HOSTS,
        run=remove,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/rotate",
        summary="A new secret, told this once; the old one signs as well for 24 hours",
        scopes=HOSTS,
        run=rotate,
        body=Nothing,
        answer=WebhookSecretOut,
    ),
    Route(
        method="POST",
        path=f"{_ONE}/test",
        summary="Send a test event now, once; what was answered",
        scopes=HOSTS,
        run=test,
        body=Nothing,
        before=send_one,
        answer=WebhookDeliveryOut,
        conflicts=True,
    ),
)
