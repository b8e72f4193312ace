"""What one request hands to the writer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from callassist.domain.noise import SourceKind
from callassist.ingest.connections import KnownConnection
from callassist.ports.sensors import Parsed

SensorKey = tuple[int, str]  # connection id, the brand's id


@dataclass(frozen=True, slots=True)
class Newcomers:
    """What a sensor is taken for that is heard for the first time."""

    kind: SourceKind = SourceKind.LEVEL
    reports_every: timedelta = timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class Submission:
    """The readings of one request."""

    connection: KnownConnection
    readings: Sequence[Parsed]
    received_at: datetime
    newcomers: Newcomers
