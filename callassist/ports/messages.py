"""Ways to reach people: one small protocol, one adapter per kind of channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from callassist.errors import PermanentError


@dataclass(frozen=True, kw_only=True)
class Message:
    """A finished message; `key` lets the receiver collapse a repeated delivery."""

    key: str
    title: str
    text: str
    html: str | None = None
    url: str | None = None
    urgent: bool = False
    language: str = "en"
    stop_url: str | None = None  # one POST to it and there are no more of these (RFC 8058)


class ChannelGone(PermanentError):
    """The address does not exist any more (404 or 410): disable the channel."""


class MessageChannel(Protocol):
    """Sends one message to one address. Raises TransientError, PermanentError, ChannelGone."""

    def send(self, address: str, message: Message) -> None:
        """Hand the message over; returning means that the next hop accepted it."""
        ...
