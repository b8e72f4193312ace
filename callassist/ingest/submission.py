"""What one request hands to the writer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from callassist.domain.noise import SourceKind
from callassist.ingest.connections import KnownConnection
from callassist.ports.sensors import AT_ARRIVAL, Parsed, ParsedReading

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


def stamped(readings: Sequence[Parsed], now: datetime) -> Sequence[Parsed]:
    """The readings, those without a time of their own with that of their arrival."""
    if not any(type(one) is ParsedReading and one.at is AT_ARRIVAL for one in readings):
        return readings
    return [
        msgspec.structs.replace(one, at=now)
        if isinstance(one, ParsedReading) and one.at is AT_ARRIVAL
        else one
        for one in readings
    ]
