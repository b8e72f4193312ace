"""Seam: events of noise sensors of other makers, delivered and signed by Svix."""

from __future__ import annotations

import base64
import itertools
import uuid
from datetime import datetime
from typing import Any

from tests.sensors.makers.base import Heard, Maker
from tests.sensors.makers.standard_webhooks import signature

_NOTICES = ("", "disturbance_first_notice", "disturbance_second_notice", "disturbance_third_notice")


class Seam(Maker):
    """A workspace with one connected Minut account."""

    def __init__(self) -> None:
        super().__init__("whsec_" + base64.b64encode(uuid.uuid4().bytes + b"seam").decode())
        self._messages = itertools.count(1)

    def new_device(self) -> str:
        return str(uuid.uuid4())

    def words(self, *heard: Heard) -> list[Any]:
        return [self._event(one) for one in heard]

    def _event(self, heard: Heard) -> dict[str, Any]:
        common = {
            "event_id": str(uuid.uuid4()),
            "device_id": heard.device,
            "occurred_at": _z(heard.at),
            "created_at": _z(heard.at),
            "connected_account_id": "8a1c2b40-0000-4000-8000-000000000001",
            "workspace_id": "8a1c2b40-0000-4000-8000-000000000002",
        }
        if heard.is_online is not None:
            name = "device.connected" if heard.is_online else "device.disconnected"
            return {"event_type": name, **common}
        return {
            "event_type": "noise_sensor.noise_threshold_triggered",
            **common,
            "noise_level_decibels": heard.level or 0,
            "noise_level_nrs": 0,
            "noise_threshold_id": "8a1c2b40-0000-4000-8000-000000000003",
            "noise_threshold_name": "builtin_normal_hours",
            "minut_metadata": {
                "event_name": "disturbance_ended" if heard.is_quiet else _NOTICES[heard.notice]
            },
            "noiseaware_metadata": {},
        }

    def aside(self, device: str, at: datetime) -> list[Any]:
        said = self._event(Heard(device=device, at=at, notice=1))
        minut = {"event_name": "alarm_heard"}
        return [{**said, "event_type": "lock.locked"}, {**said, "minut_metadata": minut}]

    def proof(self, body: bytes, at: datetime) -> dict[str, str]:
        return signature("svix", f"msg_{next(self._messages)}", self.secret, body, at)


def _z(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
