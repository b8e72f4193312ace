"""Listens to sound meters at MQTT brokers that hosts name: one process at a time per connection."""

from __future__ import annotations

from callassist.sensors.brokers.listener import BrokerListener
from callassist.sensors.brokers.state import BrokerState

__all__ = ["BrokerListener", "BrokerState"]
