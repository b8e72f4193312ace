"""Re-reading a stay right before a call, from wherever it was imported."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class FreshContact(Protocol):
    """Asks the stay's source again; at most five seconds, then go on with what is stored."""

    def refresh(self, stay_id: int, now: datetime) -> bool:
        """True when the source was read; False when it was not needed or did not answer."""
        ...

    def known_at(self, stay_id: int) -> datetime | None:
        """When the stay was last known to be as its source says; None for one that was typed."""
        ...
