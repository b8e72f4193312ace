"""How many threads a serving process has besides those for pages, and how they take turns."""

from __future__ import annotations

import sys

SPARE_THREADS = 8  # that tell a browser that there are enough streams
CALL_THREADS = 16  # for phone networks, whatever pages do: somebody holds a phone and waits
_TURN_SECONDS = 0.0005


def take_short_turns() -> None:
    """Let a thread go on for half a millisecond while others wait; Python's own five are too long.

    An answer gives way at each of its dozen statements. Beside a page that is being drawn it would
    get back only after five milliseconds, each time.
    """
    sys.setswitchinterval(_TURN_SECONDS)
