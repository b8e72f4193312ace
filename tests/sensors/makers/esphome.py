"""ESPHome's sound level meter: publishes its level as text to a broker, once a minute."""

from __future__ import annotations

import itertools
from typing import Any

from paho.mqtt import publish

from tests.sensors.makers.base import Heard, Maker


class EspHome(Maker):
    """Nodes that know a broker's address, user and password. A message carries no time."""

    def __init__(self, port: int, name: str, password: str) -> None:
        super().__init__(password)
        self.port, self.name = port, name
        self._nodes = itertools.count(1)

    def new_device(self) -> str:
        return f"meter-{next(self._nodes)}"

    def words(self, *heard: Heard) -> list[Any]:
        return [
            {
                "topic": f"{one.device}/sensor/sound_level/state",
                "payload": f"{one.level:.1f}",
                "qos": 1,
            }
            for one in heard
        ]

    def publish(self, messages: list[Any]) -> None:
        """Returns once the broker has them."""
        publish.multiple(
            messages,
            hostname="127.0.0.1",
            port=self.port,
            auth={"username": self.name, "password": self.secret},
        )
