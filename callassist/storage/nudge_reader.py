"""Reads nudges in the order in which they become visible, each once."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from sqlalchemy import func, select

from callassist.domain.nudge import NudgeKind
from callassist.models import Nudge
from callassist.storage.engine import is_sqlite
from callassist.storage.sessions import Sessions
from callassist.storage.told import Told

# PostgreSQL gives ids out at the insert and shows rows at the commit: a higher id may be seen
# first. So the last seconds are looked at again; a transaction waits for locks 5 s at most.
OVERLAP_SECONDS = 15.0
_LOOK_BACK = 1_000  # ids, at the beginning
_table = Nudge.__table__


class NudgeReader:
    """What was committed since it was made. One thread uses it."""

    def __init__(self, sessions: Sessions, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._sessions = sessions
        self._monotonic = monotonic
        self._overlap = 0.0 if is_sqlite(sessions.engine) else OVERLAP_SECONDS
        self._after = newest(sessions)
        if self._overlap:
            self._after = max(0, self._after - _LOOK_BACK)
        self._seen: set[int] = set()
        self._when: deque[tuple[float, int]] = deque()
        self.fresh()

    def fresh(self) -> list[tuple[int, Told]]:
        """Those that became visible since the last time, with their numbers."""
        query = select(_table).where(_table.c.id > self._after).order_by(_table.c.id)
        with self._sessions.read() as session:
            rows = session.connection().execute(query).all()
        new = [row for row in rows if row.id not in self._seen]
        now = self._monotonic()
        self._seen.update(row.id for row in new)
        self._when.extend((now, row.id) for row in new)
        self._forget(now - self._overlap)
        return [
            (
                row.id,
                Told(
                    kind=NudgeKind(row.kind),
                    public_id=row.public_id,
                    account_id=row.account_id,
                    desk_id=row.desk_id,
                    person_id=row.person_id,
                ),
            )
            for row in new
        ]

    def _forget(self, before: float) -> None:
        while self._when and self._when[0][0] <= before:
            self._after = max(self._after, self._when.popleft()[1])
        self._seen = {known for known in self._seen if known > self._after}


def newest(sessions: Sessions) -> int:
    """The number of the newest nudge that is visible; 0 before the first."""
    with sessions.read() as session:
        found: int | None = session.connection().execute(select(func.max(_table.c.id))).scalar()
    return found or 0
