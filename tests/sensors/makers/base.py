"""What all makers have in common: devices that hear something, and requests that say so."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What a device noticed: a level, a notice of noise (1 to 3), quiet again, or its own state."""

    device: str
    at: datetime
    level: float | None = None
    notice: int = 0
    is_quiet: bool = False
    is_online: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Post:
    """A request as the maker sends it."""

    body: bytes
    headers: Mapping[str, str]


class Maker(ABC):
    """One customer's devices. `secret` is what both sides know, however the maker uses it."""

    def __init__(self, secret: str = "") -> None:
        self.secret = secret

    @abstractmethod
    def new_device(self) -> str:
        """A device more, by the maker's own name for it."""

    @abstractmethod
    def words(self, *heard: Heard) -> list[Any]:
        """The documents that say it: one for all, or one for each, as the maker does."""

    def aside(self, device: str, at: datetime) -> list[Any]:
        """Documents that say nothing about noise."""
        return []

    def proof(self, body: bytes, at: datetime) -> dict[str, str]:
        """The headers that prove who sent `body` at that time."""
        return {}

    def post(self, document: Any, at: datetime) -> Post:
        """A document as it goes out at that time."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return Post(body=body, headers={"Content-Type": "application/json", **self.proof(body, at)})

    def is_content(self, status: int, answer: bytes) -> bool:
        """Whether the maker takes the answer for "received", else it sends again."""
        return 200 <= status < 300
