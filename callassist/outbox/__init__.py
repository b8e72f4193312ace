"""Telling the world: rows written in the transaction that made them true, delivered after it."""

from __future__ import annotations

from callassist.outbox.delivery import Deliverer, OutboxItem
from callassist.outbox.loop import OutboxLoop
from callassist.outbox.pruning import prune
from callassist.outbox.putting import put

__all__ = ["Deliverer", "OutboxItem", "OutboxLoop", "prune", "put"]
