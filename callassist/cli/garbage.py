"""How often a serving process looks for garbage that refers to itself; pages leave some."""

from __future__ import annotations

import gc

# Python's own 700, 10, 10 take a tenth of storing a reading. With 50,000 young ones everybody
# waited for 60 ms every 20 seconds of calls and pages.
_YOUNG, _MIDDLE, _OLD = 5_000, 20, 50


def look_rarely() -> None:
    """Call it once all is made: that stays, and is never looked through again."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
    gc.enable()
