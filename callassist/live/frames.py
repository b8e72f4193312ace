"""What a stream is made of (Server-Sent Events). Kinds and public ids only: no names, no numbers.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import json
from enum import StrEnum

from callassist.clock import Clock
from callassist.storage.told import Told

RETRY_MS = 2000


class Bye(StrEnum):
    """Why the server ends a stream; the browser may come back in all cases but `moved`."""

    AGE = "age"  # streams are renewed now and then
    ACCESS = "access"  # signed out, or another role: who are you now?
    BEHIND = "behind"  # the browser does not read; it asks for everything again
    MOVED = "moved"  # the same browser has opened a newer stream
    STOP = "stop"  # the server stops


def hello(clock: Clock, beat_seconds: float, version: str) -> bytes:
    """The first words: what time it is, how often a beat comes, which version speaks."""
    facts = {**_time(clock), "beat": beat_seconds, "version": version}
    return f"retry: {RETRY_MS}\n\n".encode() + _event("hello", facts)


def beat(clock: Clock) -> bytes:
    """A sign of life with the service's clock."""
    return _event("beat", _time(clock))


def nudge(told: Told) -> bytes:
    """Something changed."""
    return _event(told.kind.value, {"id": told.public_id})


def bye(why: Bye) -> bytes:
    """The last words."""
    return _event("bye", {"why": why.value})


def _time(clock: Clock) -> dict[str, object]:
    return {"now": clock.now().isoformat(), "rate": clock.speed}


def _event(name: str, data: dict[str, object]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()
