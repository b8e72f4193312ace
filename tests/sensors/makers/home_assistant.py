"""Home Assistant: a `rest_command` that posts state objects; states are always texts."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from tests.sensors.makers.base import Heard, Maker


class HomeAssistant(Maker):
    """One installation; what its owner wrote posts all its meters in one list."""

    def __init__(self, secret: str = "") -> None:
        super().__init__(secret)
        self._entities = itertools.count(1)

    def new_device(self) -> str:
        return f"sensor.room_{next(self._entities)}_sound_level"

    def words(self, *heard: Heard) -> list[Any]:
        states = [self.state(one.device, one.at, str(one.level)) for one in heard]
        return states if len(states) == 1 else [states]

    def state(self, entity: str, at: datetime, state: str, unit: str = "dB") -> dict[str, Any]:
        return {
            "entity_id": entity,
            "state": state,
            "attributes": {"unit_of_measurement": unit, "friendly_name": "Room"},
            "last_changed": at.isoformat(),
            "last_updated": at.isoformat(),
            "context": {"id": "01J1V0SN0FG7K2D4R1A0000000", "parent_id": None, "user_id": None},
        }

    def proof(self, body: bytes, at: datetime) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}
