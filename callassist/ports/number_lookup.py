"""Asking a phone network about a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from callassist.domain.line_type import LineType


@dataclass(frozen=True, kw_only=True)
class NumberInfo:
    """What the network knows of a number."""

    is_valid: bool
    line_type: LineType


@runtime_checkable
class CanLookUp(Protocol):
    """A network that answers questions about numbers."""

    def look_up(self, e164: str) -> NumberInfo:
        """One question. TransientError when there was no answer, PermanentError when there will
        be none for this number, or from this network."""
        ...
