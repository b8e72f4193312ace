"""Sets the pace of the night: in the service by what a visitor presses, elsewhere by the first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import structlog

from callassist.demo.kept_pace import (
    LEAD,
    SKIP_AT_MOST,
    Change,
    KeptPace,
    change_pace,
    kept_pace,
    skipped,
    skipping,
)
from callassist.demo.pace import PacedClock, real_now
from callassist.errors import CallAssistError
from callassist.storage.sessions import Sessions

_LOOK_SECONDS = 0.05
_MOST_LOOKS = round(2 * SKIP_AT_MOST.total_seconds() / _LOOK_SECONDS)
_log = structlog.get_logger()


class Conductor:
    """Changes the pace in the service's process and tells those who wait on its clock."""

    def __init__(
        self,
        sessions: Sessions,
        clock: PacedClock,
        newest: Callable[[], int],
        tell: Callable[[], None],
        *,
        real_now: Callable[[], datetime] = real_now,
    ) -> None:
        """`newest` is the id of the newest caption; `tell` is called when a change holds."""
        self._sessions = sessions
        self._clock = clock
        self._newest = newest
        self._tell = tell
        self._real_now = real_now
        self._watching = threading.Lock()

    def kept(self) -> KeptPace:
        """What was chosen last."""
        with self._sessions.read() as session:
            kept = kept_pace(session)
        assert kept is not None, "the stage has no pace"
        return kept

    def change(self, change: Change) -> threading.Thread:
        """The clock goes by it in a moment, here and in the other process; then all are told."""
        with self._sessions.write() as session:
            kept = change_pace(session, change, self._real_now())
        self._clock.adopt(kept.pieces)
        soon = threading.Timer(LEAD.total_seconds(), self._tell)
        soon.daemon = True
        soon.start()
        return soon

    def skip(self) -> threading.Thread:
        """Run fast until the next thing is told; a thread watches for it and ends."""
        self.change(skipping(self._newest(), self._real_now()))
        return self.go_on()

    def go_on(self) -> threading.Thread:
        """Watch for the end of a skip, also of one that a restart has interrupted."""
        watching = threading.Thread(target=self._watch, name="skip", daemon=True)
        watching.start()
        return watching

    def look(self) -> bool:
        """End the skip if something was told or nothing will be; whether it still runs."""
        skip = self.kept().skip
        if skip is None:
            return False
        if self._newest() <= skip.after and self._real_now() < skip.until:
            return True
        self.change(skipped)
        return False

    def _watch(self) -> None:
        with self._watching:  # one at a time; the next finds nothing left to do, or its own skip
            pause = threading.Event()
            for _ in range(_MOST_LOOKS):
                if not self._looked():
                    return
                pause.wait(_LOOK_SECONDS)

    def _looked(self) -> bool:
        try:
            return self.look()
        except CallAssistError as busy:  # asked again at once; a skip must never run for ever
            _log.debug("skip waits", action="skip_waits", reason=busy.detail)
            return True


class Follower:
    """Keeps the clock of a process by what the conductor has written down."""

    def __init__(self, sessions: Sessions, clock: PacedClock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pace", daemon=True)

    def start(self) -> None:
        """Follow from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Follow no longer."""
        self._stop.set()
        self._thread.join(timeout=5)

    def look(self) -> None:
        """Go by what is written down now."""
        try:
            with self._sessions.read() as session:
                kept = kept_pace(session)
        except CallAssistError as busy:
            _log.debug("pace waits", action="pace_waits", reason=busy.detail)
            return
        if kept is not None:
            self._clock.adopt(kept.pieces)

    def _run(self) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            self.look()
