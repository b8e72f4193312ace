"""A callback of a phone network as it came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class WebhookRequest:
    """A callback as it came in; `url` is the configured public address plus path and query."""

    url: str
    headers: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
