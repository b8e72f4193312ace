"""Delivers webhooks: one try per outbox entry, and a few at once per endpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from callassist.domain.webhook_tries import DeliveryState
from callassist.errors import NotYet
from callassist.models import WebhookDelivery, WebhookEndpoint
from callassist.notifications.webhooks.lanes import Lanes
from callassist.notifications.webhooks.outcome import record
from callassist.notifications.webhooks.posting import Answer, Parcel, as_text, post
from callassist.outbox import OutboxItem
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

WORKERS = 16  # most of them wait for an answer
_SLOW_SECONDS = 3.0


@dataclass(frozen=True, kw_only=True)
class Webhooks:
    """One per process. `allow_loopback` is for tests and development, as is plain http."""

    sessions: Sessions
    vault: Vault = field(repr=False)
    allow_loopback: bool = False
    lanes: Lanes = field(default_factory=lambda: Lanes(WORKERS))

    def deliver(self, item: OutboxItem, now: datetime) -> None:
        """Outbox deliverer. A crash before the answer is kept sends again under the same id."""
        endpoint_id = int(item.payload["endpoint_id"])
        wait = self.lanes.enter(endpoint_id, item.id)
        if wait is not None:
            raise NotYet("others are on their way to this endpoint", wait)
        answer: Answer | None = None
        try:
            delivery_id, attempt = int(item.payload["delivery_id"]), int(item.payload["attempt"])
            due = datetime.fromisoformat(item.payload["due"])
            parcel = self._parcel(delivery_id, attempt, due, now)
            if parcel is None:
                return
            answer = self.send(parcel)
            with self.sessions.write() as session:
                record(session, delivery_id, attempt, answer, now)
        finally:
            is_well = answer is None or (answer.error is None and answer.took < _SLOW_SECONDS)
            self.lanes.leave(endpoint_id, is_suspect=not is_well)

    def send(self, parcel: Parcel) -> Answer:
        """One try; outside of any transaction."""
        return post(parcel, datetime.now(UTC), allow_loopback=self.allow_loopback)

    def parcel_of(
        self, endpoint: WebhookEndpoint, delivery: WebhookDelivery, now: datetime
    ) -> Parcel:
        """What goes over the wire; both secrets sign while one takes the other's place."""
        secrets = [self.vault.open(endpoint.secret)]
        until = endpoint.previous_until
        if endpoint.previous_secret is not None and until is not None and now < until:
            secrets.append(self.vault.open(endpoint.previous_secret))
        return Parcel(
            message_id=delivery.public_id,
            url=self.vault.open(endpoint.url),
            secrets=secrets,
            body=as_text(delivery.body),
        )

    def _parcel(
        self, delivery_id: int, attempt: int, due: datetime, now: datetime
    ) -> Parcel | None:
        """None when it was sent, removed or sent again by hand meanwhile."""
        with self.sessions.read() as session:
            delivery = session.get(WebhookDelivery, delivery_id)
            if delivery is None or delivery.state != DeliveryState.WAITING:
                return None
            if (delivery.attempts, delivery.next_at) != (attempt - 1, due):
                return None
            endpoint = session.get_one(WebhookEndpoint, delivery.endpoint_id)
            if endpoint.disabled_at is not None:
                return None
            return self.parcel_of(endpoint, delivery, now)
