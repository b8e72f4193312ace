"""A callback of a phone network as it came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import parse_qsl

_MOST_FIELDS = 500


@dataclass(frozen=True, kw_only=True)
class WebhookRequest:
    """A callback as it came in; `url` is the configured public address plus path and query."""

    url: str
    headers: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @cached_property
    def fields(self) -> list[tuple[str, str]]:
        """Every field, repeated ones too, which `form` loses; ValueError for what is no form."""
        if not self.body:
            return list(self.form.items())
        text = self.body.decode("utf-8")
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
