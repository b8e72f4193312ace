"""Text messages to guests, for phone networks that can send them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from callassist.errors import PermanentError, TransientError
from callassist.ports.webhook import WebhookRequest


@dataclass(frozen=True, kw_only=True)
class SendText:
    """One text; the network reports what becomes of it at `callback_url`."""

    to: str
    sender: str | None  # the network's own number where none is named
    body: str
    callback_url: str


@dataclass(frozen=True, kw_only=True)
class SentText:
    """The network's own id of a text that it accepted."""

    text_id: str


class TextStatus(StrEnum):
    """What became of a text."""

    ACCEPTED = "accepted"  # on its way
    DELIVERED = "delivered"  # on the phone
    UNDELIVERED = "undelivered"


@dataclass(frozen=True, kw_only=True)
class TextReport:
    """One report about one text."""

    text_id: str
    status: TextStatus
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class IncomingText:
    """A text that somebody wrote to us."""

    text_id: str
    sender: str  # E.164; a network may send other things for senders without a number
    body: str


class TextRefusal(StrEnum):
    """Why a network does not send a text; written to the log as it is."""

    STOPPED = "stopped"  # the number told the network that it wants no texts
    INVALID_NUMBER = "invalid_number"  # no such number, or none that takes texts
    NOT_ALLOWED = "not_allowed"  # ours: credentials, sender, country, account


class RefusedText(PermanentError):
    """The network refused the text for good."""

    def __init__(self, detail: str, reason: TextRefusal) -> None:
        super().__init__(detail)
        self.reason = reason


class TextNotSent(TransientError):
    """429, or never connected: nothing was sent, and it may safely be asked for again."""


class TextInDoubt(TransientError):
    """Time-out, lost answer or 5xx: the text may arrive. Never send it again blindly."""


class Texting(Protocol):
    """A network that sends texts."""

    def send(self, request: SendText) -> SentText:
        """Send once. Raises RefusedText, TextNotSent or TextInDoubt."""
        ...

    def parse_report(self, request: WebhookRequest) -> TextReport:
        """Of a verified callback; InvalidInput for one that makes no sense."""
        ...

    def parse_incoming(self, request: WebhookRequest) -> IncomingText:
        """Of a verified request; InvalidInput for one that makes no sense."""
        ...
