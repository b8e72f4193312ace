"""NoiseAware's partner webhook (AutoResolve): no authentication, a fixed answer, no level.

Only the types about connections, batteries and tampering are public; those about noise are made up
after them (`types`).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.sensors.makers.base import Heard, Maker

GUESSED = {
    "notice 1": "newNoise10",
    "notice 2": "newNoise20",
    "notice 3": "newNoise30",
    "quiet": "resolvedNoise",
}
_CENTRAL = timezone(timedelta(hours=-5))


class NoiseAware(Maker):
    """A zone of a property is what alerts are about."""

    def __init__(self, types: Mapping[str, str] = GUESSED) -> None:
        super().__init__()
        self.types = types
        self._zones = itertools.count(40_117)

    def new_device(self) -> str:
        return str(next(self._zones))

    def words(self, *heard: Heard) -> list[Any]:
        return [self._alert(one) for one in heard]

    def _alert(self, heard: Heard) -> dict[str, Any]:
        return {
            "NoiseawarePropertyID": 8001,
            "NoiseawarePropertyName": "example_prop",
            "PartnerPropertyID": 1,
            "PartnerOrgID": 1,
            "NoiseawareAZID": int(heard.device),
            "NoiseawareAZName": "living room",
            "AlertTime": written(heard.at),
            "AlertType": self._type(heard),
        }

    def aside(self, device: str, at: datetime) -> list[Any]:
        said = self._alert(Heard(device=device, at=at, is_online=True))
        return [
            {**said, "AlertType": kind} for kind in ("newLowBattery", "newTamper", "newSomething")
        ]

    def _type(self, heard: Heard) -> str:
        if heard.is_online is not None:
            return "resolvedDisconnect" if heard.is_online else "newDisconnect"
        return self.types["quiet" if heard.is_quiet else f"notice {heard.notice}"]

    def is_content(self, status: int, answer: bytes) -> bool:
        return status == 200 and json.loads(answer) == {"message": "Message sent"}


def written(at: datetime) -> str:
    """With microseconds and an offset, not in UTC."""
    return at.astimezone(_CENTRAL).isoformat(timespec="microseconds")
