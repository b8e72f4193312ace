"""A device of no brand: posts our documented shape, or one that its builder thought of."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from tests.sensors.makers.base import Heard, Maker
from tests.sensors.makers.standard_webhooks import signature


class AnyDevice(Maker):
    """Signs by the rules of Standard Webhooks."""

    def __init__(self, secret: str = "") -> None:
        super().__init__(secret)
        self._devices, self._messages = itertools.count(1), itertools.count(1)

    def new_device(self) -> str:
        return f"room-{next(self._devices)}"

    def words(self, *heard: Heard) -> list[Any]:
        said = [
            {"sensor": one.device, "at": one.at.isoformat(), "level_db": one.level} for one in heard
        ]
        return said if len(said) == 1 else [{"readings": said}]

    def aside(self, device: str, at: datetime) -> list[Any]:
        return [{"readings": []}]

    def proof(self, body: bytes, at: datetime) -> dict[str, str]:
        if not self.secret:
            return {}
        return signature("webhook", f"msg_{next(self._messages)}", self.secret, body, at)


class OwnShape(AnyDevice):
    """A meter that counts in hundredths, in a shape that only its builder knows; unsigned."""

    def words(self, *heard: Heard) -> list[Any]:
        frames = [
            {
                "node": {"name": one.device},
                "ts": int(one.at.timestamp()),
                "values": [
                    {"type": "battery", "v": 3.1},
                    {"type": "LAeq", "v": round((one.level or 0) * 100)},
                ],
            }
            for one in heard
        ]
        return [{"gateway": {"fw": "1.4"}, "frames": frames}]

    def aside(self, device: str, at: datetime) -> list[Any]:
        return [{"gateway": {"fw": "1.4"}, "frames": []}]

    def proof(self, body: bytes, at: datetime) -> dict[str, str]:
        return {}
