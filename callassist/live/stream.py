"""The body of one answer: hello, then nudges and beats until somebody ends it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Iterator
from datetime import timedelta

import structlog

from callassist.clock import Clock
from callassist.errors import CallAssistError
from callassist.live import frames
from callassist.live.frames import Bye
from callassist.live.hub import Hub, Subscription
from callassist.live.scope import Scope

CHECK_EVERY_BEATS = 2
_SPREAD = 0.2  # of the age, so that not all streams of one start are renewed together

_log = structlog.get_logger()


class Stream:
    """Asks at every second beat whether the person may still hear what was promised.

    A change of rights ends the stream at once (hub); this is for what nobody told of.
    """

    def __init__(
        self,
        hub: Hub,
        subscription: Subscription,
        scope_now: Callable[[], Scope | None],
        *,
        clock: Clock,
        hello: bytes,
        beat_seconds: float,
        max_age: timedelta,
    ) -> None:
        self._hub = hub
        self._subscription = subscription
        self._scope_now = scope_now
        self._clock = clock
        self._beat_seconds = beat_seconds
        age = max_age.total_seconds() * (1 - _SPREAD * random.random())  # noqa: S311 no secret
        self._ends_at = time.monotonic() + age
        self._pieces = self._speak(hello)

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        """The browser has gone, or all was said."""
        self._hub.leave(self._subscription)
        self._pieces.close()

    def _speak(self, hello: bytes) -> Generator[bytes]:
        yield hello
        beats = 0
        beat_at = time.monotonic() + self._beat_seconds
        while self._subscription.bye is None:
            piece = self._subscription.next(beat_at - time.monotonic())
            if piece:
                yield piece
            if time.monotonic() >= beat_at and self._subscription.bye is None:
                beat_at = time.monotonic() + self._beat_seconds
                beats += 1
                self._check(beats)
                yield frames.beat(self._clock)
        yield frames.bye(self._subscription.bye)

    def _check(self, beats: int) -> None:
        if time.monotonic() >= self._ends_at:
            self._subscription.end(Bye.AGE)
        elif beats % CHECK_EVERY_BEATS == 0 and self._now() != self._subscription.scope:
            self._subscription.end(Bye.ACCESS)

    def _now(self) -> Scope | None:
        try:
            return self._scope_now()
        except CallAssistError as error:
            _log.warning("stream ends", action="live_unchecked", detail=error.detail)
            return None
