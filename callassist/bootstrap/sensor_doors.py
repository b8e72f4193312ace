"""The ways by which readings come in: posted to us, asked for, or heard at a broker."""

from __future__ import annotations

from dataclasses import dataclass

from callassist.clock import Clock
from callassist.ingest import (
    Connections,
    IngestWriter,
    ReadingsIntake,
    SampleKeeper,
    SensorHook,
)
from callassist.sensors.brokers import BrokerListener
from callassist.sensors.registry import ADAPTERS
from callassist.settings import Settings
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class SensorDoors:
    """One process's doors; all lead to its one writer."""

    hook: SensorHook
    intake: ReadingsIntake
    samples: SampleKeeper
    brokers: BrokerListener


def open_doors(
    settings: Settings,
    sessions: Sessions,
    vault: Vault,
    clock: Clock,
    ingest: IngestWriter,
) -> SensorDoors:
    """Build them; starts nothing."""
    connections = Connections(sessions, vault)
    samples = SampleKeeper(sessions, vault, clock)
    intake = ReadingsIntake(ADAPTERS, connections, ingest, clock)
    return SensorDoors(
        hook=SensorHook(ADAPTERS, connections, ingest, clock, samples=samples),
        intake=intake,
        samples=samples,
        brokers=BrokerListener(
            sessions,
            vault,
            clock,
            intake,
            samples,
            allow_private=settings.mqtt.private_brokers,
        ),
    )
