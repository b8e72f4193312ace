"""Logs: one line per move, UTC, and nothing personal even when something breaks."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Any run of digits long enough to be a phone number, and anything that looks like an address.
_NUMBER = re.compile(r"\+\d[\d ]{6,17}\d")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def set_up_logs(level: str) -> None:
    """Write lines of `level` and above to standard error; call it once at the start."""
    level = level.upper()
    logging.basicConfig(stream=sys.stderr, format="%(message)s", level=level, force=True)
    for chatty in ("apscheduler", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # plain tracebacks: one with the values of local variables would show numbers
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.KeyValueRenderer(
                key_order=["timestamp", "level", "event", "action", "incident"], drop_missing=True
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def redact(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Mask phone numbers and addresses in every text of a line, also inside tracebacks."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _ADDRESS.sub("•••@•••", _NUMBER.sub("+•••••", value))
    return event
