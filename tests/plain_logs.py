"""How the tests' own logs are written."""

from __future__ import annotations

import structlog


def log_plainly() -> None:
    """In words: a provoked failure drawn with all its variables takes longer than its test."""
    structlog.reset_defaults()
    plain = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])
