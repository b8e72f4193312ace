"""One account: who may come in, which numbers it owns, and what it is allowed."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from decimal import Decimal

from tests.twilio_server.far_ends import MAGIC_FROM
from tests.twilio_server.shapes import new_sid


@dataclass
class Hooks:
    """Where the network asks what to do: of a number of ours or of a TwiML App."""

    sid: str
    friendly_name: str = ""
    phone_number: str = ""
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_application_sid: str = ""
    sms_url: str = ""
    sms_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"


@dataclass
class Account:
    """Credentials and belongings; a test changes any of them while the server runs."""

    layout: str = "twilio"
    sid: str = ""
    auth_tokens: list[str] = field(default_factory=lambda: [new_sid("")])
    api_keys: dict[str, str] = field(default_factory=lambda: {new_sid("SK"): new_sid("")})
    signing_key: str = field(default_factory=lambda: "PSK_" + new_sid(""))
    numbers: dict[str, Hooks] = field(default_factory=dict)
    verified: set[str] = field(default_factory=set)
    applications: dict[str, Hooks] = field(default_factory=dict)
    messaging_services: dict[str, list[str]] = field(default_factory=dict)
    advanced_opt_out: bool = False  # of a Messaging Service: texts come with OptOutType
    is_trial: bool = False
    countries: set[str] | None = None  # None: all may be dialled
    fraud_blocked: set[str] = field(default_factory=set)
    calls_per_second: float | None = None  # None: no queue
    concurrent_calls: int | None = None
    balance: Decimal = Decimal("20.00")

    def __post_init__(self) -> None:
        self.sid = self.sid or new_sid("AC", as_uuid=self.is_signalwire)
        if not self.numbers:
            self.own(MAGIC_FROM)

    @property
    def is_signalwire(self) -> bool:
        return self.layout == "signalwire"

    @property
    def auth_token(self) -> str:
        """The primary token: the one that signs."""
        return self.auth_tokens[0]

    @property
    def webhook_secret(self) -> str:
        """What webhooks are signed with: SignalWire has a key of its own for that."""
        return self.signing_key if self.is_signalwire else self.auth_token

    def own(self, number: str, **hooks: str) -> Hooks:
        """Buy a number."""
        bought = Hooks(new_sid("PN"), friendly_name=number, phone_number=number, **hooks)
        self.numbers[number] = bought
        return bought

    def add_application(self, voice_url: str, **hooks: str) -> Hooks:
        """A TwiML App, as the softphone's token names one."""
        made = Hooks(new_sid("AP"), friendly_name="Softphone", voice_url=voice_url, **hooks)
        self.applications[made.sid] = made
        return made

    def add_messaging_service(self, *senders: str) -> str:
        """A Messaging Service that picks the first of its senders; its SID."""
        sid = new_sid("MG")
        self.messaging_services[sid] = list(senders)
        return sid

    def rotate_token(self) -> str:
        """A new primary token; the old one still opens the door until `retire_tokens`."""
        self.auth_tokens.insert(0, new_sid(""))
        return self.auth_token

    def retire_tokens(self) -> None:
        """Only the primary token counts from now on."""
        del self.auth_tokens[1:]

    def admits(self, user: str | None, password: str | None) -> bool:
        """Whether basic auth opens the door."""
        if user == self.sid:
            return any(hmac.compare_digest(token, password or "") for token in self.auth_tokens)
        secret = self.api_keys.get(user or "")
        return secret is not None and hmac.compare_digest(secret, password or "")

    def may_show(self, caller_id: str) -> bool:
        """Whether a call may show this number: one of ours, or one proved to be ours."""
        return caller_id in self.numbers or caller_id in self.verified

    def asks_for_number(self, number: str) -> tuple[str, str]:
        """Where to ask when somebody phones a number of ours: address and method."""
        hooks = self.numbers[number]
        application = self.applications.get(hooks.voice_application_sid)
        chosen = application or hooks
        return chosen.voice_url, chosen.voice_method
