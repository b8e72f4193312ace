"""Tuya's meters: a status list with tenths of a decibel, or numbered data points; on change only.

`code` is what the maker calls its level, often wrongly; None: data points of a gateway.
"""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from tests.sensors.makers.base import Heard, Maker


class Tuya(Maker):
    """One project in Tuya's cloud, and the function that passes its messages on."""

    def __init__(self, secret: str = "", code: str | None = "noise_value") -> None:
        super().__init__(secret)
        self.code = code
        self._devices = itertools.count(0x6C0117)

    def new_device(self) -> str:
        return f"bf{next(self._devices):x}ab12cd34ef"

    def words(self, *heard: Heard) -> list[Any]:
        return [self._message(one) for one in heard]

    def _message(self, heard: Heard) -> dict[str, Any]:
        assert heard.level is not None
        stamp = round(heard.at.timestamp() * 1000)
        if self.code is None:
            # DP1 the level, DP8 its word, DP101 debounced, DP102 the step of reports
            points = {"1": round(heard.level), "8": "loud", "101": 0, "102": 5}
            return {"devId": heard.device, "dps": points, "t": stamp}
        status = [
            {"code": "battery_percentage", "value": 90, "t": stamp},
            {"code": self.code, "value": round(heard.level * 10), "t": stamp},
        ]
        return {"devId": heard.device, "status": status}

    def aside(self, device: str, at: datetime) -> list[Any]:
        """On change: each value comes alone."""
        stamp = round(at.timestamp() * 1000)
        if self.code is None:
            alone: list[dict[str, Any]] = [{"8": "quiet"}, {"101": 2}, {"102": 5}]
            return [{"devId": device, "dps": points, "t": stamp} for points in alone]
        battery = {"code": "battery_percentage", "value": 88, "t": stamp}
        return [{"devId": device, "status": [battery]}, {"devId": device, "status": []}]

    def proof(self, body: bytes, at: datetime) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}
