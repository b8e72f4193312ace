"""Takes in what sensors post: many requests, one commit, an answer only after it."""

from __future__ import annotations

from callassist.ingest.answer import HookAnswer
from callassist.ingest.connections import Connections
from callassist.ingest.flood import FloodLimit
from callassist.ingest.hook import SensorHook
from callassist.ingest.intake import ReadingsIntake
from callassist.ingest.samples import SampleKeeper
from callassist.ingest.writer import IngestWriter

__all__ = [
    "Connections",
    "FloodLimit",
    "HookAnswer",
    "IngestWriter",
    "ReadingsIntake",
    "SampleKeeper",
    "SensorHook",
]
