"""What reading property-management systems needs besides a session and `now`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from callassist.clock import Clock
from callassist.models import PmsConnection
from callassist.ports.pms import PmsConnector
from callassist.ports.pms_access import Access
from callassist.settings import TransferSettings
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault


class OpenAccess(Protocol):
    """Opens a connection for requests, until the end of the block."""

    def __call__(
        self, connection_id: int, *, urgent: bool = False
    ) -> AbstractContextManager[Access]:
        """`urgent`: a guest is about to be phoned, so the last of the rate may be used."""
        ...


def real_now() -> datetime:
    """Real time: for claims, and for what systems are asked about since when."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Which connection is read, by which run, and when."""

    connection: PmsConnection
    run_id: int
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Sync:
    """One process's reading: connectors, how they are opened, and both clocks."""

    sessions: Sessions
    vault: Vault
    connectors: Mapping[str, PmsConnector]
    open_access: OpenAccess
    settings: TransferSettings
    clock: Clock
    public_url: str = ""  # where others reach us
    now_real: Callable[[], datetime] = real_now
    stopping: threading.Event = field(default_factory=threading.Event)
