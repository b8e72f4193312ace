"""Webhooks to a host's own systems, signed by the rules of Standard Webhooks."""

from __future__ import annotations

from callassist.notifications.webhooks.delivering import WORKERS, Webhooks
from callassist.notifications.webhooks.queueing import TOPIC, queue_event

__all__ = ["TOPIC", "WORKERS", "Webhooks", "queue_event"]
