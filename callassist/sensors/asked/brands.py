"""What differs between the brands that we ask, and what asking needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import requests

from callassist.clock import Clock
from callassist.errors import NotFound
from callassist.ports.sensors import Intake
from callassist.safe_http import trusted_session
from callassist.settings.sensors import BrandSettings
from callassist.storage.request_budget import Window
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

MINUT, NETATMO = "minut", "netatmo"
TITLES = {MINUT: "Minut", NETATMO: "Netatmo"}
BACK = "/connections/back"  # a page: where the brand sends the host after giving permission

# (requests, span, per connection): Minut counts by client, Netatmo by its user
_RATES = {
    MINUT: ((5, timedelta(seconds=1), False), (120, timedelta(minutes=1), False)),
    NETATMO: ((50, timedelta(seconds=10), True), (500, timedelta(hours=1), True)),
}


def system_now() -> datetime:
    """Real time: tokens, rates and schedules of others do not know the service's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Asking:
    """One process's way of asking brands."""

    sessions: Sessions
    vault: Vault
    clock: Clock
    intake: Intake
    settings: Mapping[str, BrandSettings]
    public_url: str
    own_messages_fields: str = ""
    now_real: Callable[[], datetime] = system_now
    sleep: Callable[[float], None] = time.sleep
    # the addresses are the administrator's settings: they may lie in the own network
    http: Callable[[], requests.Session] = field(default=trusted_session)

    def brand(self, name: str) -> BrandSettings:
        """The settings of a brand; NotFound for one that is not asked."""
        found = self.settings.get(name)
        if found is None:
            raise NotFound("there is no such brand to connect")
        return found

    def back_url(self, name: str) -> str:
        """Where the host comes back to from the brand."""
        return f"{self.public_url.rstrip('/')}{BACK}/{name}"


def windows(name: str, connection_id: int) -> list[Window]:
    """The rates that all our processes keep together."""
    return [
        Window(
            key=f"sensors:{name}:{connection_id}" if is_own else f"sensors:{name}",
            span=span,
            most=most,
        )
        for most, span, is_own in _RATES[name]
    ]
