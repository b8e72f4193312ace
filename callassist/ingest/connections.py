"""Who may post: the connection behind a token, remembered for a moment."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, select

from callassist.ingest.tickets import PREFIX, read_ticket
from callassist.models import SensorConnection
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

KEPT_SECONDS = 5.0  # a disabled connection or a rotated secret is known after that
MOST_KEPT = 20_000
LONGEST_TOKEN = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownConnection:
    """One inbound address; `secrets` are opened, the current one first."""

    id: int
    account_id: int
    adapter: str
    secrets: tuple[str, ...]
    options: Mapping[str, object]
    is_test: bool = False  # what comes by it is read and judged in words, and never counts


class Connections:
    """Finds connections by token. Unknown tokens are remembered too: a flood stays cheap."""

    def __init__(
        self, sessions: Sessions, vault: Vault, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._sessions = sessions
        self._vault = vault
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, KnownConnection | None]] = {}
        self._lock = threading.Lock()

    def find(self, adapter: str, token: str) -> KnownConnection | None:
        """The enabled connection of `adapter` with this token, or None."""
        if len(token) > LONGEST_TOKEN:
            return None
        if token.startswith(PREFIX):
            return self._for_test(adapter, token)
        now = self._monotonic()
        known = self._known.get(token)
        if known is None or known[0] < now:
            token_hash = hashlib.sha256(token.encode(errors="replace")).hexdigest()
            found = self._read(SensorConnection.token_hash == token_hash)
            self._remember(token, now + KEPT_SECONDS, found)
        else:
            found = known[1]
        return found if found is not None and found.adapter == adapter else None

    def by_id(self, connection_id: int) -> KnownConnection | None:
        """The enabled connection with this id, or None."""
        return self._read(SensorConnection.id == connection_id)

    def _for_test(self, adapter: str, token: str) -> KnownConnection | None:
        public_id = read_ticket(self._vault, token, time.time())
        if public_id is None:
            return None
        found = self._read(SensorConnection.public_id == public_id)
        if found is None or found.adapter != adapter:
            return None
        return replace(found, is_test=True)

    def _remember(self, token: str, until: float, found: KnownConnection | None) -> None:
        with self._lock:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[token] = (until, found)

    def _read(self, which: ColumnElement[bool]) -> KnownConnection | None:
        with self._sessions.read() as session:
            row = session.execute(
                select(
                    SensorConnection.id,
                    SensorConnection.account_id,
                    SensorConnection.adapter,
                    SensorConnection.secret,
                    SensorConnection.previous_secret,
                    SensorConnection.options,
                ).where(which, SensorConnection.disabled_at.is_(None))
            ).one_or_none()
        if row is None:
            return None
        sealed = [secret for secret in (row[3], row[4]) if secret is not None]
        return KnownConnection(
            id=row[0],
            account_id=row[1],
            adapter=row[2],
            secrets=tuple(self._vault.open(secret) for secret in sealed),
            options=row[5],
        )
