"""The one handler of `POST /hooks/pms/<vendor>/<token>`: check, note what it names, answer.

Nothing of a hook is believed: what it names is read again. So a hook that is lost, doubled or
out of order changes nothing but when that happens.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import structlog
from sqlalchemy import update

from callassist.errors import ServiceBusy
from callassist.models import PmsConnection
from callassist.pms_sync.connections import of_hook_token
from callassist.pms_sync.hints import note_hint
from callassist.pms_sync.hook_registering import secrets_of
from callassist.pms_sync.sync import real_now
from callassist.ports.pms import Hint, PmsConnector
from callassist.ports.pms_access import BadHook, HookRequest
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

KEPT_SECONDS = 5.0  # a rotated address or secret is known after that
MOST_KEPT = 20_000
LONGEST_TOKEN = 200
_NOTED_EVERY = 60.0  # seconds: when a hook was last heard of is no log

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class _Known:
    id: int
    vendor: str
    secrets: tuple[str, ...]


class PmsHook:
    """Answers hooks; never raises."""

    def __init__(
        self,
        sessions: Sessions,
        vault: Vault,
        connectors: Mapping[str, PmsConnector],
        now_real: Callable[[], datetime] = real_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sessions = sessions
        self._vault = vault
        self._connectors = connectors
        self._now_real = now_real
        self._monotonic = monotonic
        self._known: dict[str, tuple[float, _Known | None]] = {}
        self._noted: dict[int, float] = {}
        self._lock = threading.Lock()

    def answer(
        self,
        vendor: str,
        token: str,
        body: bytes,
        headers: Mapping[str, str],
        query: Mapping[str, str],
    ) -> HTTPStatus:
        """404 for an address that nobody has, 401 for a hook that nothing proves, 400 for one that
        cannot be read, 503 when it should come again; else 204."""
        connector = self._connectors.get(vendor)
        known = None if connector is None else self._find(vendor, token)
        if connector is None or known is None or known.vendor != vendor:
            return HTTPStatus.NOT_FOUND
        request = HookRequest(body=body, headers=headers, query=query, now=self._now_real())
        try:
            hint = connector.parse_webhook(request, known.secrets)
            self._note(known, hint)
        except BadHook as bad:
            _log.warning(
                "hook refused", action="pms_hook_refused", connection=known.id, detail=bad.detail
            )
            return HTTPStatus.UNAUTHORIZED if bad.is_unsigned else HTTPStatus.BAD_REQUEST
        except ServiceBusy:
            return HTTPStatus.SERVICE_UNAVAILABLE
        except Exception:
            _log.exception("hook failed", action="pms_hook_failed", connection=known.id)
            return HTTPStatus.INTERNAL_SERVER_ERROR
        return HTTPStatus.NO_CONTENT

    def _note(self, known: _Known, hint: Hint) -> None:
        is_news = self._monotonic() - self._noted.get(known.id, -_NOTED_EVERY) >= _NOTED_EVERY
        if not is_news and hint == Hint():
            return
        now = self._now_real()
        with self._sessions.write() as session:
            note_hint(session, known.id, hint, now)
            if is_news:
                session.execute(
                    update(PmsConnection)
                    .where(PmsConnection.id == known.id)
                    .values(last_hook_at=now)
                    .execution_options(synchronize_session=False)
                )
        if is_news:
            self._noted[known.id] = self._monotonic()

    def _find(self, vendor: str, token: str) -> _Known | None:
        """Unknown tokens are remembered too: a flood stays cheap."""
        if len(token) > LONGEST_TOKEN:
            return None
        now = self._monotonic()
        kept = self._known.get(token)
        if kept is not None and kept[0] > now:
            return kept[1]
        found = self._read(vendor, token)
        with self._lock:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[token] = (now + KEPT_SECONDS, found)
        return found

    def _read(self, vendor: str, token: str) -> _Known | None:
        with self._sessions.read() as session:
            row = of_hook_token(session, vendor, token)
        if row is None:
            return None
        return _Known(id=row.id, vendor=row.vendor, secrets=secrets_of(self._vault, row))
