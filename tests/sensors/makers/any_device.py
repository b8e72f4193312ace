"""A device of no brand: posts our documented shape, or one that its builder thought of."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
from datetime import datetime
from typing import Any

from tests.sensors.makers.base import Heard, Maker


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
        message, stamp = f"msg_{next(self._messages)}", str(int(at.timestamp()))
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signed = f"{message}.{stamp}.".encode() + body
        mark = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return {
            "webhook-id": message,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{mark}",
        }


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
