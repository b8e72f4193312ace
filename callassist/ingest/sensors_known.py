"""Which sensor is in which home, remembered between transactions.

Only of paired sensors: one that is not yet paired is looked up each time, so that pairing shows at
once. That a sensor was moved or removed since is found when its home is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callassist.ingest.submission import SensorKey
from callassist.storage.recent import Recent

MOST_KEPT = 200_000  # a third of a kilobyte each; halves of it are forgotten


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
        self._known: Recent[SensorKey, SensorRow] = Recent(MOST_KEPT)

    def recall(self, keys: Sequence[SensorKey]) -> dict[SensorKey, SensorRow]:
        """Those of `keys` that are remembered."""
        recall = self._known.get
        return {key: row for key in keys if (row := recall(key)) is not None}

    def remember(self, found: Mapping[SensorKey, SensorRow]) -> None:
        """Keep those that are paired."""
        for key, row in found.items():
            if row.property_id is not None:
                self._known.put(key, row)

    def forget(self) -> None:
        """Look everything up again."""
        self._known.clear()
