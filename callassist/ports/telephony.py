"""The phone network as we need it. Words are ours; a vendor's stop at its adapter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from callassist.domain.dial import DialMode, LegEvent
from callassist.domain.results import AttemptOutcome
from callassist.errors import PermanentError, TransientError
from callassist.ports.pricing import Pricing
from callassist.ports.texting import Texting
from callassist.ports.webhook import WebhookRequest as WebhookRequest


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a network can do; pages and rules ask this, never a name."""

    modes: tuple[DialMode, ...]  # the first is taken unless the operator chose another
    simulated: bool
    callbacks: bool  # reports progress by signed webhook
    find_calls: bool  # can look a doubtful call up
    on_service_clock: bool = False  # its waits run on our clock (simulated), not on real time


@dataclass(frozen=True, kw_only=True)
class PlaceCall:
    """One dial: `attempt_id` is our idempotency key, `callback_url` carries the dial token.

    With an `answer_url` the network asks that address what to do once the phone at `to` is picked
    up (`Step`); without one it puts the two parties through by itself.
    """

    attempt_id: str
    to: str
    caller_id: str | None
    callback_url: str
    ring_timeout_seconds: int = 30
    answer_url: str | None = None
    hears_mailbox: bool = False  # a mailbox is listened for, where that is set up


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


class RefusedCall(PermanentError):
    """The network refused the call for good; `outcome` says what that means for the attempt."""

    def __init__(
        self, detail: str, outcome: AttemptOutcome, code: str = "", *, is_account: bool = False
    ) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.code = code
        self.is_account = is_account  # nothing of this account works, not this call alone


class RateLimited(TransientError):
    """429: the call was not placed and may safely be asked for again after `retry_after`."""


class CallInDoubt(TransientError):
    """Time-out, lost answer or 5xx: the call may ring. Look it up, never dial again blindly."""


@dataclass(frozen=True, kw_only=True)
class AskKey:
    """A spoken menu of one key: the key that is pressed is told to `pressed_url`.

    A key pressed in mid-sentence counts. When none was, all is said again, `times` in all; then
    comes `otherwise`, and nobody is asked.
    """

    say: str
    language: str
    pressed_url: str
    then: tuple[str, ...] = ()  # further sentences, each after a breath: one for each key
    times: int = 2
    otherwise: str = ""  # said before the call ends
    goes_on: bool = False  # without a key `pressed_url` is asked all the same, with none


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """Said to both sides before they hear each other: to the operator, then, by the document at
    `ask_url`, to whoever answers."""

    say: str
    language: str
    ask_url: str


@dataclass(frozen=True, kw_only=True)
class Connect:
    """Dial `to` and put the two together; handing this out is the dial (DESIGN 3.4)."""

    to: str
    caller_id: str | None
    callback_url: str  # reports the called leg
    after_url: str  # asked when that leg is over
    ring_timeout_seconds: int
    identity: str = ""  # instead of `to`: the browser that is known by this
    picks_up: bool = False  # no browser is there; a network that is not real picks up for it
    ask_url: str | None = None  # asked when it is picked up, before the two are put together
    announcement: Announcement | None = None


@dataclass(frozen=True, kw_only=True)
class GoOn:
    """Let the called party and the operator hear each other, after a sentence."""

    say: str
    language: str


@dataclass(frozen=True, kw_only=True)
class HangUp:
    """End the call, after a sentence where there is one to say."""

    say: str = ""
    language: str = "en"


Step = AskKey | Connect | GoOn | HangUp


@dataclass(frozen=True, kw_only=True)
class Document:
    """What the network is told to do next, in its own markup."""

    mimetype: str
    body: str


@dataclass(frozen=True, kw_only=True)
class BridgeRequest:
    """The network asks what to do with a leg that it rang for us."""

    call_id: str
    digits: str = ""
    identity: str = ""  # who the browser said it is, proved by its grant
    attempt_id: str = ""  # what the browser asks to be connected for; never a number
    called: LegEvent | None = None  # after `Connect`: how the called leg ended
    caller: str = ""  # who phones us, E.164; empty where no number is shown


@dataclass(frozen=True, kw_only=True)
class SoftphoneGrant:
    """Lets one operator's browser place calls through us until `expires_at`."""

    token: str
    expires_at: datetime


class Bridge(Protocol):
    """A network that joins two legs: the operator's own, and the one called from it."""

    def document(self, step: Step) -> Document:
        """The step in the network's markup."""
        ...

    def parse_request(self, request: WebhookRequest) -> BridgeRequest:
        """Of a verified question; InvalidInput for one that makes no sense."""
        ...

    def called_leg(self, operator_call_id: str) -> LegEvent | None:
        """The leg dialled from this one, as the network knows it now; None when there is none.

        Raises TransientError when the network is down.
        """
        ...

    def softphone_grant(self, identity: str) -> SoftphoneGrant:
        """A token for that operator's browser; SettingsError when softphones are not set up."""
        ...


@runtime_checkable
class RingsDesks(Protocol):
    """A network whose browsers answer through the service: there is no line to them."""

    def desk_answers(self, call_id: str) -> None:
        """Who is rung from this call picks up; NotFound when nobody is rung any more."""
        ...

    def desk_declines(self, call_id: str) -> None:
        """Who is rung from this call does not want it; as above."""
        ...


class Telephony(Protocol):
    """A phone network."""

    name: str

    @property
    def bridge(self) -> Bridge | None:
        """How it joins two legs; None for a network that dials the called party itself."""
        ...

    @property
    def texting(self) -> Texting | None:
        """How it sends texts; None for a network that sends none."""
        ...

    @property
    def pricing(self) -> Pricing | None:
        """What it charges; None for a network that does not say."""
        ...

    def owns(self, number: str) -> bool:
        """Whether calls may show this number; raises TransientError when that cannot be asked."""
        ...

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
