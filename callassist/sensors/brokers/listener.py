"""Keeps a line open to each broker that is this process's to listen to."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from callassist.clock import Clock
from callassist.ports.sensors import Intake, Samples
from callassist.sensors.brokers import rows
from callassist.sensors.brokers.line import BrokerLine
from callassist.sensors.brokers.rows import BrokerPlan, LineNews
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault

LOOK_SECONDS = 2.0

_log = structlog.get_logger()


def real_now() -> datetime:
    """Real time, for claims."""
    return datetime.now(UTC)


class BrokerListener:
    """One per worker process. `start` and `stop`, or `look` by hand."""

    def __init__(
        self,
        sessions: Sessions,
        vault: Vault,
        clock: Clock,
        intake: Intake,
        samples: Samples,
        *,
        allow_private: bool,
        now_real: Callable[[], datetime] = real_now,
    ) -> None:
        self._sessions = sessions
        self._vault = vault
        self._clock = clock
        self._intake = intake
        self._samples = samples
        self._allow_private = allow_private
        self._now_real = now_real
        self._me = uuid.uuid4().hex
        self._lines: dict[int, BrokerLine] = {}
        self._noted: dict[int, LineNews] = {}
        self._held_until: datetime | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen from now on, in threads."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="brokers", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let go of every broker, so that another process may listen at once."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if not self._lines:
            return
        self._close(set(self._lines))
        try:
            with self._sessions.write() as session:
                rows.release(session, self._me)
        except Exception as error:
            _log.warning("brokers not let go", action="broker_release", error=str(error)[:300])

    def look(self) -> None:
        """Claim, open and close lines as the database says, and keep how they stand."""
        now = self._now_real()
        with self._sessions.read() as session:
            is_due = rows.needs_look(session, self._me, now)
        if is_due:
            with self._sessions.write() as session:
                rows.claim(session, self._me, now)
                self._held_until = now + rows.HELD_FOR
        if is_due or self._lines:
            with self._sessions.read() as session:
                plans = rows.held(session, self._vault, self._me, now)
            self._follow({plan.connection_id: plan for plan in plans})
            self._note(now, everything=is_due)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception as error:
                _log.warning("brokers not looked at", action="broker_look", error=str(error)[:300])
                self._close_when_lost()
            self._stopping.wait(LOOK_SECONDS)

    def _close_when_lost(self) -> None:
        """Without the database a claim cannot be renewed: somebody else may hold it then."""
        if self._held_until is not None and self._held_until < self._now_real():
            self._close(set(self._lines))

    def _follow(self, plans: dict[int, BrokerPlan]) -> None:
        changed = {number for number, line in self._lines.items() if plans.get(number) != line.plan}
        self._close(changed, for_good=changed - plans.keys())
        for number, plan in plans.items():
            if number not in self._lines:
                line = BrokerLine(
                    plan,
                    self._intake,
                    self._samples,
                    self._clock.now,
                    allow_private=self._allow_private,
                )
                self._lines[number] = line
                line.start()

    def _close(self, numbers: set[int], for_good: set[int] | None = None) -> None:
        for number in numbers:
            line = self._lines.pop(number)
            self._noted.pop(number, None)
            line.stop(for_good=number in (for_good or ()))

    def _note(self, now: datetime, *, everything: bool) -> None:
        news = {number: line.news() for number, line in self._lines.items()}
        fresh = {
            number: told
            for number, told in news.items()
            if everything or _differs(told, self._noted.get(number))
        }
        if fresh:
            with self._sessions.write() as session:
                for number, told in fresh.items():
                    rows.note(session, self._me, number, told, now)
            self._noted |= fresh


def _differs(told: LineNews, noted: LineNews | None) -> bool:
    """Whether more changed than how long it has been connected; that is kept with the claim."""
    return noted is None or (told.state, told.subscribed) != (noted.state, noted.subscribed)
