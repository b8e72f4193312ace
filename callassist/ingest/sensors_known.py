"""Which sensor is in which home, remembered between transactions.

Only of paired sensors: one that is not yet paired is looked up each time, so that pairing shows at
once. That a sensor was moved or removed since is found when its home is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callassist.ingest.submission import SensorKey

MOST_KEPT = 8192


class SensorMoved(Exception):
    """A remembered sensor is not in that home any more: forget, and do all of it again."""


@dataclass(slots=True)
class SensorRow:
    """What a reading has to know of its sensor; `last_heard_at` in microseconds."""

    id: int
    property_id: int | None
    last_heard_at: int | None


class KnownSensors:
    """Used by one writer's thread only."""

    def __init__(self) -> None:
        self._known: dict[SensorKey, SensorRow] = {}

    def recall(self, keys: Sequence[SensorKey]) -> dict[SensorKey, SensorRow]:
        """Those of `keys` that are remembered."""
        known = self._known
        return {key: known[key] for key in keys if key in known}

    def remember(self, found: Mapping[SensorKey, SensorRow]) -> None:
        """Keep those that are paired."""
        if len(self._known) > MOST_KEPT:
            self._known.clear()
        self._known.update({key: row for key, row in found.items() if row.property_id is not None})

    def forget(self) -> None:
        """Look everything up again."""
        self._known.clear()
