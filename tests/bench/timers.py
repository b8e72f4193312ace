"""A million armed timers, ten thousand of them due within one second: how late, how idle?"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from callassist import migrations, timers
from callassist.clock import SystemClock
from callassist.storage.engine import make_engine
from callassist.storage.sessions import Sessions
from tests.bench.figures import Figure, percentile, report

_BATCH = 10_000
_IDLE_SECONDS = 10.0
_PATIENCE = 120.0


class Burst:
    """The handler of the due ones: notes how late each came."""

    def __init__(self, clock: SystemClock, amount: int) -> None:
        self.late: list[float] = []
        self.subjects: list[str] = []
        self.is_over = threading.Event()
        self._clock = clock
        self._amount = amount

    def __call__(self, session: Session, timer: timers.DueTimer, now: datetime) -> None:
        self.late.append((self._clock.now() - timer.due_at).total_seconds())
        self.subjects.append(timer.subject)
        if len(self.subjects) >= self._amount:
            self.is_over.set()


def main(argv: list[str]) -> dict[str, Any]:
    """Arm, wait for the burst, then watch the loop do nothing."""
    parser = argparse.ArgumentParser(prog="scripts/bench timers --")
    parser.add_argument("--armed", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=10_000, help="within one second")
    parser.add_argument("--database-url", help="an empty one; default: a new SQLite file")
    arguments = parser.parse_args(argv)
    with _database(arguments.database_url) as sessions:
        return report(_measure(sessions, arguments.armed, arguments.due))


def _measure(sessions: Sessions, armed: int, due: int) -> list[Figure]:
    clock = SystemClock()
    started = time.monotonic()
    day = clock.now() + timedelta(days=1)
    _arm(sessions, clock, "later", armed, day, timedelta(days=30) / armed)
    arming_seconds = time.monotonic() - started
    burst = Burst(clock, due)
    loop = timers.TimerLoop(sessions, clock, {"burst": burst})
    loop.start()
    begins = clock.now() + timedelta(seconds=3)
    _arm(sessions, clock, "burst", due, begins, timedelta(seconds=1) / due)
    everything = burst.is_over.wait(_PATIENCE)
    cpu, begin = time.process_time(), time.monotonic()
    threading.Event().wait(_IDLE_SECONDS)
    idle = (time.process_time() - cpu) / (time.monotonic() - begin)
    loop.stop()
    milliseconds = [1000 * late for late in burst.late]
    return [
        Figure(name="timers armed per second", figure=armed / arming_seconds, unit="/s"),
        Figure(
            name="timers that fired early",
            figure=sum(ms < 0 for ms in milliseconds),
            unit="timers",
            limit=0,
        ),
        Figure(
            name="timers lost",
            figure=due - len(set(burst.subjects)) if not everything else 0,
            unit="timers",
            limit=0,
        ),
        Figure(
            name="timers that fired twice",
            figure=len(burst.subjects) - len(set(burst.subjects)),
            unit="timers",
            limit=0,
        ),
        Figure(
            name=f"lateness p50, {due:,} due in 1 s of {armed:,} armed",
            figure=percentile(milliseconds, 0.5),
            unit="ms",
        ),
        Figure(name="lateness p99", figure=percentile(milliseconds, 0.99), unit="ms", limit=50),
        Figure(name="lateness, the worst", figure=max(milliseconds), unit="ms"),
        Figure(name="idle CPU of one core", figure=100 * idle, unit="%", limit=1),
    ]


def _arm(
    sessions: Sessions, clock: SystemClock, kind: str, amount: int, first: datetime, gap: timedelta
) -> None:
    for begin in range(0, amount, _BATCH):
        numbers = range(begin, min(begin + _BATCH, amount))
        with sessions.write() as session:
            timers.arm_many(
                session,
                [timers.Arming(kind=kind, subject=n, due_at=first + n * gap) for n in numbers],
                now=clock.now(),
            )


@contextmanager
def _database(url: str | None) -> Iterator[Sessions]:
    with tempfile.TemporaryDirectory() as directory:
        engine = make_engine(url or f"sqlite:///{Path(directory) / 'bench.db'}")
        migrations.upgrade(engine)
        yield Sessions(engine)
        engine.dispose()
