"""A webhook on the stage, with a log of what can become of messages."""

from __future__ import annotations

from callassist.domain.webhook_event import EVENTS
from callassist.models import WebhookDelivery
from callassist.notifications.webhooks.endpoints import add_endpoint
from tests.web.pages.stage import ADMIN, Stage

URL = "https://hooks.example.com/a-key-in-the-path"


def told(stage: Stage, url: str = URL, messages: int = 3) -> str:
    """Its public id. The first message was delivered, the second waits, the third failed."""
    service, now = stage.world.service, stage.world.clock.now()
    with service.sessions.write() as session:
        endpoint, _ = add_endpoint(
            session,
            service.vault,
            ADMIN,
            stage.account.id,
            url=url,
            description="House system",
            kinds=list(EVENTS.values()),
            now=now,
        )
        for number in range(messages):
            state = ("delivered", "waiting", "failed")[number % 3]
            session.add(
                WebhookDelivery(
                    endpoint_id=endpoint.id,
                    account_id=endpoint.account_id,
                    kind="guest.reached",
                    key=str(number),
                    body={
                        "type": "guest.reached",
                        "timestamp": "2026-06-13T20:00:00Z",
                        "data": {"property_name": "Mill"},
                    },
                    state=state,
                    attempts=number + 1,
                    last_status=204 if state == "delivered" else 503,
                    last_error=None if state == "delivered" else "it did not take the message",
                    last_answer=None if state == "delivered" else "<b>upstream</b> is away",
                    next_at=now if state == "waiting" else None,
                    created_at=now,
                )
            )
        return endpoint.public_id
