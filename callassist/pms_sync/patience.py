"""Asking through a connection, counted, with patience where its system says: not so fast."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from callassist.errors import TransientError
from callassist.ports.pms_access import Access, Answer, RateLimited, Token

PATIENCE = 120.0  # seconds
# Of a run: a longer wait suspends it, and it begins at its first page again. So it waits out the
# five minutes in which Beds24 and OwnerRez count: an account whose pages take more than one such
# span would never be read to its end.
PATIENCE_OF_A_RUN = 420.0
_ALIVE_EVERY = 30.0


class Stopped(TransientError):
    """The process is ending; what is stored stays, the rest comes with the next run."""

    def __init__(self) -> None:
        super().__init__("the service is ending; this goes on when it is back")


@dataclass
class Patient:
    """An Access that waits a while when it is told to, and knows what was asked last."""

    access: Access
    stopping: threading.Event
    alive: Callable[[], None]  # called with each request, and while waiting: renews the claim
    patience: float = PATIENCE
    asked: int = field(default=0, init=False)
    last: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.credentials: Mapping[str, str] = self.access.credentials
        self.options: Mapping[str, Any] = self.access.options
        self.base_url: str = self.access.base_url

    def now(self) -> datetime:
        """Real time."""
        return self.access.now()

    def call(self, method: str, path: str, **asked: Any) -> Answer:
        """Ask, and once more for as long as the system says when; Stopped when we are to end."""
        began = time.monotonic()
        while True:
            if self.stopping.is_set():
                raise Stopped
            self.alive()
            self.asked += 1
            # of an address that a host chose nothing is kept: it may hold a key
            self.last = f"{method} {path.partition('?')[0] if path.startswith('/') else '…'}"
            try:
                return self.access.call(method, path, **asked)
            except RateLimited as limited:
                wait = limited.retry_after or 1.0
                if time.monotonic() - began + wait > self.patience:
                    raise
                self._wait(wait)

    def _wait(self, seconds: float) -> None:
        while seconds > 0 and not self.stopping.wait(min(seconds, _ALIVE_EVERY)):
            seconds -= _ALIVE_EVERY
            self.alive()

    def token(self, fetch: Callable[[], Token], *, most_a_day: int | None = None) -> str:
        """The shared token."""
        return self.access.token(fetch, most_a_day=most_a_day)

    def refresh_token(self) -> str | None:
        """What a new one may be fetched with."""
        return self.access.refresh_token()

    def forget_token(self) -> None:
        """The system refused it."""
        self.access.forget_token()
