"""Property-management systems, put together: how they are opened, read, and asked before a call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from callassist.clock import Clock
from callassist.pms_sync.conversations import BookingConversations
from callassist.pms_sync.fresh import FreshReservation
from callassist.pms_sync.hook import PmsHook
from callassist.pms_sync.opening import Opener
from callassist.pms_sync.registry import CONNECTORS
from callassist.pms_sync.schedule import Readers
from callassist.pms_sync.sync import Sync
from callassist.ports.pms_access import Access
from callassist.settings import Settings
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Systems:
    """What web, worker and commands need to read systems and to be told by them."""

    opener: Opener
    sync: Sync
    readers: Readers
    fresh: FreshReservation
    hook: PmsHook
    conversations: BookingConversations


def make_systems(
    settings: Settings,
    sessions: Sessions,
    vault: Vault,
    clock: Clock,
    *,
    allow_loopback: bool,
) -> Systems:
    """Over the connectors of the registry; nothing runs until the readers are started."""
    opener = Opener(
        sessions=sessions, vault=vault, settings=settings.pms, allow_loopback=allow_loopback
    )

    @contextmanager
    def open_access(connection_id: int, *, urgent: bool = False) -> Iterator[Access]:
        access = opener.open(connection_id, urgent=urgent)
        with access.session:
            yield access

    sync = Sync(
        sessions=sessions,
        vault=vault,
        connectors=CONNECTORS,
        open_access=open_access,
        settings=settings.transfers,
        clock=clock,
        public_url=settings.service.public_url,
    )
    return Systems(
        opener=opener,
        sync=sync,
        readers=Readers(sync),
        fresh=FreshReservation(sync),
        hook=PmsHook(sessions, vault, CONNECTORS),
        conversations=BookingConversations(sync),
    )
