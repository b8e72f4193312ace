"""Readings that nobody posts: those that we ask a brand for, or hear at a broker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callassist.clock import Clock
from callassist.errors import NotFound
from callassist.ingest.answer import Receipt
from callassist.ingest.connections import Connections
from callassist.ingest.hook import newcomers
from callassist.ingest.submission import stamped
from callassist.ingest.writer import IngestWriter
from callassist.ports.sensors import Parsed, SensorAdapter


class ReadingsIntake:
    """Hands them to the same writer as the hook does."""

    def __init__(
        self,
        adapters: Mapping[str, SensorAdapter],
        connections: Connections,
        writer: IngestWriter,
        clock: Clock,
    ) -> None:
        self._adapters = adapters
        self._connections = connections
        self._writer = writer
        self._clock = clock

    def take(self, connection_id: int, readings: Sequence[Parsed]) -> Receipt:
        """Store them; see ports.sensors.Intake."""
        connection = self._connections.by_id(connection_id)
        if connection is None:
            raise NotFound("no such sensor connection, or it was closed")
        adapter = self._adapters[connection.adapter]
        now = self._clock.now()
        return self._writer.submit(connection, stamped(readings, now), now, newcomers(adapter))
