"""The clock that section 3 of the design runs on, as this database remembers it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from callassist.clock import Clock, ScaledClock, SystemClock
from callassist.models.types import from_micros, to_micros
from callassist.settings import Settings
from callassist.storage.engine import is_sqlite
from callassist.storage.facts import get_fact, put_fact
from callassist.storage.sessions import Sessions

_FACT = "clock"


def load_clock(sessions: Sessions, settings: Settings, *, epoch: datetime | None = None) -> Clock:
    """The system's clock, or a scaled one that goes on where it was before the restart.

    `epoch` is what a scaled clock shows at its first start (default: the real instant). A changed
    speed holds from now on; the clock never jumps and never goes back, even when it becomes 1.
    """
    speed = settings.service.clock_speed
    real_now = datetime.now(UTC)
    with sessions.write() as session:
        fact = get_fact(session, _FACT)
        if fact is None and speed == 1 and epoch is None:
            clock = SystemClock()
            clock.offset = _offset(sessions)
            return clock
        if fact is None:
            origin, shown = real_now, epoch or real_now
        else:
            origin, shown = from_micros(fact["origin"]), from_micros(fact["epoch"])
            if fact["speed"] != speed:
                shown += (real_now - origin) * fact["speed"]
                origin = real_now
        put_fact(
            session,
            _FACT,
            {"origin": to_micros(origin), "epoch": to_micros(shown), "speed": speed},
            now=real_now,
        )
    return ScaledClock(speed=speed, origin=origin, epoch=shown)


def _offset(sessions: Sessions) -> timedelta:
    """How far the database server's clock is ahead of ours: all workers go by the server's."""
    if is_sqlite(sessions.engine):
        return timedelta()
    with sessions.engine.connect() as connection:
        before = datetime.now(UTC)
        server: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        after = datetime.now(UTC)
    return server.astimezone(UTC) - (before + (after - before) / 2)
