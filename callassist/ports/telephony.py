"""The phone network as we need it. Words are ours; a vendor's stop at its adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from callassist.domain.dial import LegEvent
from callassist.domain.results import AttemptOutcome
from callassist.errors import PermanentError, TransientError


class DialMode(StrEnum):
    """Who puts the call through."""

    SERVER = "server"  # place_call dials (simulated, own phone)
    OPERATOR = "operator"  # the operator dials a tel: link and presses started / ended
    SOFTPHONE = "softphone"  # the browser; handing out the document is the dial


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a network can do; pages and rules ask this, never a name."""

    mode: DialMode
    simulated: bool
    callbacks: bool  # reports progress by signed webhook
    find_calls: bool  # can look a doubtful call up
    sms: bool = False
    voice_messages: bool = False
    lookup: bool = False
    on_service_clock: bool = False  # its waits run on our clock (simulated), not on real time


@dataclass(frozen=True, kw_only=True)
class PlaceCall:
    """One dial: `attempt_id` is our idempotency key, `callback_url` carries the dial token."""

    attempt_id: str
    to: str
    caller_id: str | None
    callback_url: str
    ring_timeout_seconds: int = 30
    operator_phone: str | None = None


@dataclass(frozen=True, kw_only=True)
class PlacedCall:
    """The network's own id of a call that it accepted."""

    call_id: str


@dataclass(frozen=True, kw_only=True)
class FoundCall:
    """A call that the network remembers, with what became of it so far."""

    call_id: str
    placed_at: datetime
    event: LegEvent
    attempt_id: str | None = None  # when the network can tell


@dataclass(frozen=True, kw_only=True)
class WebhookRequest:
    """A callback as it came in; `url` is the configured public address plus path and query."""

    url: str
    headers: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class RefusedCall(PermanentError):
    """The network refused the call for good; `outcome` says what that means for the attempt."""

    def __init__(self, detail: str, outcome: AttemptOutcome, code: str = "") -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.code = code


class RateLimited(TransientError):
    """429: the call was not placed and may safely be asked for again after `retry_after`."""


class CallInDoubt(TransientError):
    """Time-out, lost answer or 5xx: the call may ring. Look it up, never dial again blindly."""


class Telephony(Protocol):
    """A phone network."""

    name: str

    def capabilities(self) -> Capabilities:
        """What it can do; cheap, no network."""
        ...

    def check(self) -> None:
        """Raise CallAssistError with what is wrong when the network cannot be used now."""
        ...

    def place_call(self, request: PlaceCall) -> PlacedCall:
        """Dial once. Raises RefusedCall, RateLimited or CallInDoubt."""
        ...

    def hang_up(self, call_id: str) -> None:
        """End a ringing or talking call; a call that has ended is fine."""
        ...

    def fetch_call(self, call_id: str) -> LegEvent | None:
        """What became of a call; None when the network does not know it."""
        ...

    def find_calls(self, *, to: str, since: datetime) -> list[FoundCall]:
        """Calls to a number placed at or after `since`; raises TransientError when down."""
        ...

    def verify_webhook(self, request: WebhookRequest) -> bool:
        """Whether the network really sent this; never raises on a missing header."""
        ...

    def parse_webhook(self, request: WebhookRequest) -> list[LegEvent]:
        """Events of a verified callback; InvalidInput for one that makes no sense."""
        ...
