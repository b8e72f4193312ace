"""How often a serving process looks for garbage that refers to itself; there is next to none."""

from __future__ import annotations

import gc

_YOUNG, _MIDDLE, _OLD = 50_000, 20, 50  # Python's own 700, 10, 10: a tenth of storing a reading


def look_rarely() -> None:
    """Call it once all is made: that stays, and is never looked through again."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
    gc.enable()
