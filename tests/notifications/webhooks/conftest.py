"""The scene of notifications with a host's own system that is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from callassist.domain.viewer import Role, Viewer
from callassist.domain.webhook_event import EVENTS
from callassist.models import Notification, OutboxEntry, WebhookDelivery, WebhookEndpoint
from callassist.notifications import NOTIFY, SEND, notify_deliverer, send_deliverer
from callassist.notifications.webhooks import TOPIC, Webhooks
from callassist.notifications.webhooks.endpoints import add_endpoint
from callassist.outbox import OutboxLoop
from tests.notifications.scene import PUBLIC_URL, Scene
from tests.notifications.webhooks.receiver import Receiver, receiving


@dataclass
class Hooked:
    """A scene whose account has one endpoint, at a receiver."""

    scene: Scene
    receiver: Receiver
    webhooks: Webhooks
    outbox: OutboxLoop
    viewer: Viewer
    endpoint_id: str = ""
    secret: str = ""

    def tell(self, kind: str = "guest_reached", key: str = "k1", **about: object) -> None:
        """Something happens; everything that is due is delivered."""
        self.scene.tell(kind, key, **about)
        self.outbox.run_due()

    def pass_time(self, **span: float) -> None:
        self.scene.clock.advance(**span)
        self.outbox.run_due()

    @property
    def endpoint(self) -> WebhookEndpoint:
        with self.scene.sessions.read() as session:
            query = select(WebhookEndpoint).where(WebhookEndpoint.public_id == self.endpoint_id)
            return session.scalars(query).one()

    def log(self) -> list[WebhookDelivery]:
        with self.scene.sessions.read() as session:
            return list(session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))

    def notes(self) -> list[Notification]:
        with self.scene.sessions.read() as session:
            kind = Notification.kind == "webhook_disabled"
            return list(session.scalars(select(Notification).where(kind)))

    def due(self) -> list[OutboxEntry]:
        """Tries that are still to come."""
        with self.scene.sessions.read() as session:
            query = select(OutboxEntry).where(
                OutboxEntry.topic == TOPIC, OutboxEntry.delivered_at.is_(None)
            )
            return list(session.scalars(query))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def hooked(scene: Scene, receiver: Receiver) -> Hooked:
    webhooks = Webhooks(sessions=scene.sessions, vault=scene.vault, allow_loopback=True)
    channels = {"email": scene.email, "push": scene.push}
    deliverers = {
        NOTIFY: notify_deliverer(scene.sessions),
        SEND: send_deliverer(scene.sessions, scene.vault, channels, PUBLIC_URL),
        TOPIC: webhooks.deliver,
    }
    loop = OutboxLoop(scene.sessions, scene.clock, deliverers)
    scene.outbox = loop
    viewer = Viewer(name="Owner", account_roles={scene.account_id: frozenset({Role.OWNER})})
    hooked = Hooked(scene, receiver, webhooks, loop, viewer)
    with scene.sessions.write() as session:
        endpoint, hooked.secret = add_endpoint(
            session,
            scene.vault,
            viewer,
            scene.account_id,
            url=receiver.url,
            description="House system",
            kinds=list(EVENTS.values()),
            now=scene.now,
        )
        hooked.endpoint_id = endpoint.public_id
    return hooked
