"""Reads what the database says has changed and hands it to the open streams that it concerns."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from queue import Empty, SimpleQueue

import structlog

from callassist.clock import Clock
from callassist.domain.nudge import NudgeKind
from callassist.live import frames
from callassist.live.frames import Bye
from callassist.live.scope import Scope
from callassist.storage import nudges
from callassist.storage.nudge_reader import NudgeReader, newest
from callassist.storage.sessions import Sessions
from callassist.storage.told import Told

# What this process commits is heard at once, what others commit at the next look.
LOOK_EVERY_SECONDS = 0.1
AFTER_FAULT_SECONDS = 1.0
MOST_WAITING = 200  # pieces that a browser has not fetched yet
_STOP_SECONDS = 5.0

_log = structlog.get_logger()


class Subscription:
    """One open stream: what it hears, and what it has not sent yet."""

    def __init__(self, scope: Scope, tab: str, since: int) -> None:
        self.scope = scope
        self.since = since  # older changes of what the person may see are in the scope
        self.tab = tab
        self.bye: Bye | None = None
        self._waiting: SimpleQueue[bytes] = SimpleQueue()

    def put(self, piece: bytes) -> None:
        """Send this next; a browser that has stopped reading is told to begin again."""
        if self._waiting.qsize() >= MOST_WAITING:
            self.end(Bye.BEHIND)
        elif self.bye is None:
            self._waiting.put(piece)

    def end(self, why: Bye) -> None:
        """End the stream, at once."""
        if self.bye is None:
            self.bye = why
            self._waiting.put(b"")

    def next(self, timeout: float) -> bytes:
        """The next piece; empty when there was none in `timeout` seconds, or at the end."""
        try:
            return self._waiting.get(timeout=max(timeout, 0.0))
        except Empty:
            return b""


class Hub:
    """At most `limit` streams; looks into the database only while there is one."""

    def __init__(
        self, sessions: Sessions, clock: Clock, *, limit: int, look_every: float | None = None
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._limit = limit
        self._look_every = LOOK_EVERY_SECONDS if look_every is None else look_every
        self._open: set[Subscription] = set()
        self._guard = threading.Condition()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._reader: NudgeReader | None = None

    def start(self) -> None:
        """Hear what is committed from now on."""
        self._reader = NudgeReader(self._sessions)
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye to every stream; harmless when it does not run."""
        with self._guard:
            self._stopping = True
            for one in self._open:
                one.end(Bye.STOP)
            self._guard.notify_all()
        self._sessions.hints.ring(nudges.LOOP)
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def newest(self) -> int:
        """The number of the newest nudge: ask before finding out what somebody may see."""
        return newest(self._sessions)

    def subscribe(self, scope: Scope, tab: str, since: int) -> Subscription | None:
        """A new stream; None when there are as many as allowed.

        One of the same person and `tab` makes room: a browser that has left a page is noticed
        only when the next beat does not reach it.
        """
        new = Subscription(scope, tab, since)
        with self._guard:
            if self._stopping:
                return None
            for one in list(self._open) if tab else ():
                if one.tab == tab and one.scope.person_id == scope.person_id:
                    one.end(Bye.MOVED)
                    self._open.discard(one)
            if len(self._open) >= self._limit:
                return None
            self._open.add(new)
            self._guard.notify_all()
        return new

    def leave(self, subscription: Subscription) -> None:
        """The stream has ended."""
        with self._guard:
            self._open.discard(subscription)

    @property
    def has_stopped(self) -> bool:
        """Whether no stream is accepted any more."""
        return self._stopping

    def tell_time(self) -> None:
        """The clock runs at another speed: tell every open page, long before the next beat."""
        with self._guard:
            everybody = list(self._open)
        for listener in everybody:
            listener.put(frames.beat(self._clock))

    def amount(self) -> int:
        """How many streams are open."""
        with self._guard:
            return len(self._open)

    def _run(self) -> None:
        assert self._reader is not None
        hints = self._sessions.hints
        while self._has_listeners():
            hints.forget(nudges.LOOP)
            wait = self._look_every
            try:
                self._hand_out(self._reader.fresh())
            except Exception as error:  # the loop must outlive whatever happens in it
                _log.error("live loop failed", action="live_failed", exc_info=error)
                wait = AFTER_FAULT_SECONDS
            if self._stopping:
                return
            hints.wait(nudges.LOOP, None, self._clock, wait)

    def _has_listeners(self) -> bool:
        """Wait for a stream; False when it is time to stop."""
        with self._guard:
            self._guard.wait_for(lambda: self._stopping or self._open)
            return not self._stopping

    def _hand_out(self, fresh: Iterable[tuple[int, Told]]) -> None:
        pieces: dict[Told, bytes] = {}
        changed: dict[int, int] = {}  # person → number of the newest change of their rights
        for number, told in fresh:
            if told.kind is not NudgeKind.ACCESS:
                pieces[told] = frames.nudge(told)
            elif told.person_id is not None:
                changed[told.person_id] = number
        with self._guard:
            everybody = list(self._open)
        for listener in everybody:
            if changed.get(listener.scope.person_id, 0) > listener.since:
                listener.end(Bye.ACCESS)
                continue
            heard = [piece for told, piece in pieces.items() if listener.scope.hears(told)]
            if heard:
                listener.put(b"".join(dict.fromkeys(heard)))
