"""Live pages: a stream that says what changed, never how; the browser asks for the rest itself."""

from __future__ import annotations

from callassist.live.application import Live, LiveAlone, LiveFirst
from callassist.live.hub import Hub

__all__ = ["Hub", "Live", "LiveAlone", "LiveFirst"]
