"""How many threads a serving process has besides those for pages."""

from __future__ import annotations

SPARE_THREADS = 8  # that tell a browser that there are enough streams
CALL_THREADS = 16  # for phone networks, whatever pages do: somebody holds a phone and waits
