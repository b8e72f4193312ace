"""Libraries that would write addresses and tokens into the log."""

from __future__ import annotations

import logging

_NEVER = logging.CRITICAL + 1
# urllib3's debug lines hold the path of each request: for push and chat services it is the secret
_LEVELS = {"apprise": _NEVER, "urllib3.connectionpool": logging.INFO}


def hush_libraries() -> None:
    """Keep them quiet; our own lines and the delivery log say what happened."""
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)
