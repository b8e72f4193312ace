"""Phone networks that accounts bring themselves: read, opened and kept for a moment."""

from __future__ import annotations

import importlib
import threading
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from callassist.clock import Clock
from callassist.domain.own_network import Kind, is_used, name_of
from callassist.models import OwnNetwork
from callassist.ports.telephony import Telephony
from callassist.settings import MachineDetection, TwilioSettings
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

KEPT_SECONDS = 2.0  # real time; another process's change is noticed within it
_SIGNALWIRE = {
    "path_prefix": "/api/laml",
    "signature_header": "X-SignalWire-Signature",
}


@dataclass(frozen=True, kw_only=True)
class _Known:
    account_id: int
    stamp: tuple[Any, ...]  # of what it was made from
    used: bool
    network: Telephony


class KnownNetworks:
    """Those of the database. A network lives on while nothing about it is changed."""

    def __init__(
        self, sessions: Sessions, vault: Vault, clock: Clock, *, public_url: str, base_url: str
    ) -> None:
        self._sessions = sessions
        self._vault = vault
        self._clock = clock
        self._public_url = public_url
        self._base_url = base_url
        self._known: dict[str, _Known] = {}
        self._of: dict[int, _Known] = {}
        self._read_at: float | None = None
        self._reading = threading.Lock()

    def of(self, account_id: int) -> Telephony | None:
        """The network to phone over for this account; None for the service's own."""
        self._refresh()
        found = self._of.get(account_id)
        return found.network if found is not None and found.used else None

    def named(self, name: str) -> Telephony | None:
        """The network of that name, also while it is broken; None where there is no such."""
        self._refresh()
        found = self._known.get(name)
        return None if found is None else found.network

    def forget(self) -> None:
        """Something was changed: read it again before the next answer."""
        self._read_at = None

    def open(self, row: OwnNetwork) -> Telephony:
        """The network of a row, also of one that is not stored yet: to try it out."""
        module = importlib.import_module("callassist.telephony.twilio.network")
        network: Telephony = module.TwilioNetwork(
            settings_of(row, self._vault, self._base_url),
            self._clock,
            public_url=self._public_url,
            name=name_of(row.public_id),
        )
        return network

    def try_out(self, row: OwnNetwork) -> None:
        """Ask with each of the row's secrets by itself; CallAssistError says what is wrong."""
        module = importlib.import_module("callassist.telephony.twilio.trying_out")
        settings = settings_of(row, self._vault, self._base_url)
        module.try_out(settings, self._public_url, name_of(row.public_id))

    def _refresh(self) -> None:
        first = self._read_at is None
        if not first and time.monotonic() - (self._read_at or 0.0) < KEPT_SECONDS:
            return
        if not self._reading.acquire(blocking=first):
            return  # somebody reads; what is known is as old as two seconds
        try:
            with self._sessions.read() as session:
                rows = list(session.scalars(select(OwnNetwork)))
            known = {name_of(row.public_id): self._kept(row) for row in rows}
            self._of = {one.account_id: one for one in known.values()}
            self._known = known
            self._read_at = time.monotonic()
        finally:
            self._reading.release()

    def _kept(self, row: OwnNetwork) -> _Known:
        before = self._known.get(name_of(row.public_id))
        stamp = _stamp(row)
        same = before is not None and before.stamp == stamp
        return _Known(
            account_id=row.account_id,
            stamp=stamp,
            used=is_used(is_wrong=row.wrong_since is not None, may_fall_back=row.may_fall_back),
            network=before.network if before is not None and same else self.open(row),
        )


def settings_of(row: OwnNetwork, vault: Vault, base_url: str) -> TwilioSettings:
    """The row as the adapter's settings; the address follows from the kind, nobody types one."""
    is_signalwire = row.kind == Kind.SIGNALWIRE
    own_url = f"https://{row.space}.signalwire.com" if is_signalwire else ""
    layout = _SIGNALWIRE if is_signalwire else {}
    return TwilioSettings(
        account_sid=row.account_sid,
        auth_token=vault.open(row.auth_token),
        auth_token_secondary=_opened(vault, row.auth_token_secondary),
        api_key_sid=row.api_key_sid,
        api_key_secret=_opened(vault, row.api_key_secret),
        application_sid=row.application_sid,
        caller_id=row.caller_id,
        base_url=base_url or own_url,
        path_prefix=layout.get("path_prefix", ""),
        signature_header=layout.get("signature_header", "X-Twilio-Signature"),
        signing_key=_opened(vault, row.signing_key),
        machine_detection=MachineDetection.OFF,
        messaging_service_sid=row.messaging_service_sid,
    )


def _opened(vault: Vault, sealed: bytes | None) -> str:
    return "" if sealed is None else vault.open(sealed)


def _stamp(row: OwnNetwork) -> tuple[Any, ...]:
    return (
        row.changed_at,
        row.account_sid,
        row.auth_token,
        row.auth_token_secondary,
        row.signing_key,
        row.api_key_secret,
    )
