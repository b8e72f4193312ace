"""What a verb answers when the document does not simply go on."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class GoTo:
    """Ask this address for the next document."""

    url: str
    method: str = "POST"
    form: dict[str, str] = field(default_factory=dict)
    kind: str = "document"


class HangUp:
    """The leg is over."""


HANG_UP = HangUp()
