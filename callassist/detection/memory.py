"""States that were decoded lately: most homes are heard again soon, and decoding costs as much as
the rule does. The stored bytes are compared each time, so what another process wrote is seen.
"""

from __future__ import annotations

from callassist.domain import noise
from callassist.domain.noise import PropertyNoise
from callassist.storage.recent import Recent

MOST_KEPT = 8192  # homes; about a kilobyte each


class Memory:
    """Encodes and decodes the states of homes."""

    def __init__(self) -> None:
        self._known: Recent[int, tuple[bytes, PropertyNoise]] = Recent(MOST_KEPT)

    def decode(self, property_id: int, data: bytes) -> PropertyNoise:
        """The state that `data` stands for."""
        known = self._known.get(property_id)
        return known[1] if known is not None and known[0] == data else noise.decode(data)

    def encode(self, property_id: int, state: PropertyNoise) -> bytes:
        """The bytes to store for `state`."""
        data = noise.encode(state)
        self._known.put(property_id, (data, state))
        return data
