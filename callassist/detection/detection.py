"""Moves homes by readings and by the clock; shared by ingest and by the `noise_tick` timer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callassist.detection.consequences import TICK, Consequences
from callassist.detection.homes import Home, lock_homes
from callassist.detection.memory import Memory
from callassist.detection.moves import HomeMove
from callassist.detection.rulebook import Rulebook
from callassist.domain.noise import NoiseEvent
from callassist.domain.policy import EscalationPolicy
from callassist.models import PropertyNoise
from callassist.ports.detection import NotMoved
from callassist.ports.sensors import SensorAdapter
from callassist.storage.rows import RowsStatement
from callassist.timers import DueTimer, TimerHandler

LOOK_AGAIN = timedelta(milliseconds=200)  # when another process is writing the home right now

# rows: property id, state, breach id, tick_due_at
_SAVE = RowsStatement("""
UPDATE property_noise SET state = {binary}k.value ->> 1{as_binary},
  breach_id = CAST(k.value ->> 2 AS BIGINT), tick_due_at = CAST(k.value ->> 3 AS BIGINT)
FROM {rows} WHERE property_id = CAST(k.value ->> 0 AS BIGINT)
""")
# rows: breach id, last_loud_at, peak_db
_SAVE_LOUDNESS = RowsStatement("""
UPDATE breach SET last_loud_at = CAST(k.value ->> 1 AS BIGINT),
  peak_db = CAST(k.value ->> 2 AS FLOAT)
FROM {rows} WHERE id = CAST(k.value ->> 0 AS BIGINT)
""")


class Detection:
    """`up_since` says since when this service runs: what was not heard before is no silence."""

    def __init__(
        self,
        default_policy: EscalationPolicy,
        adapters: Mapping[str, SensorAdapter],
        up_since: Callable[[], datetime],
    ) -> None:
        self._rulebook = Rulebook(default_policy, adapters)
        self._memory = Memory()
        self._up_since = up_since

    def apply(
        self, session: Session, heard: Mapping[int, Sequence[NoiseEvent]], now: datetime
    ) -> dict[int, list[str]]:
        """As `ports.detection.Detector.apply`."""
        self._rulebook.forget_old()
        homes = lock_homes(session, heard.keys())
        consequences = Consequences(session, now)
        moves = []
        verdicts: dict[int, list[str]] = {}
        for property_id in sorted(heard):
            events = heard[property_id]
            home = homes.get(property_id)
            if home is None or not home.listens_to(events):
                verdicts[property_id] = [NotMoved.ELSEWHERE] * len(events)
                continue
            if home.archived_at is not None:
                verdicts[property_id] = [NotMoved.ARCHIVED] * len(events)
                continue
            move = self._begin(session, home, consequences, now)
            verdicts[property_id] = move.apply(events)
            moves.append(move)
        self._save(session, moves, consequences)
        return verdicts

    def on_tick(self) -> TimerHandler:
        """The handler of `noise_tick`: does for one home what is due by the clock alone.

        Running twice is safe: ticking early, late or again changes nothing that is not due.
        """

        def handle(session: Session, timer: DueTimer, now: datetime) -> None:
            property_id = int(timer.subject)
            self._rulebook.forget_old()
            consequences = Consequences(session, now)
            home = lock_homes(session, [property_id], skip_locked=True).get(property_id)
            if home is None:
                # Never waits for a home while it holds timers: ingest holds homes and arms timers.
                if session.get(PropertyNoise, property_id) is not None:
                    consequences.arm(TICK, property_id, now + LOOK_AGAIN)
                    consequences.finish()
                return
            home.tick_due_at = None
            if home.archived_at is not None:
                return
            move = self._begin(session, home, consequences, now)
            move.tick()
            self._save(session, [move], consequences)

        return handle

    def _begin(
        self, session: Session, home: Home, consequences: Consequences, now: datetime
    ) -> HomeMove:
        return HomeMove(
            session,
            home,
            self._rulebook,
            self._memory,
            consequences,
            now=now,
            up_since=self._up_since(),
        )

    def _save(
        self, session: Session, moves: Sequence[HomeMove], consequences: Consequences
    ) -> None:
        states = [row for move in moves if (row := move.changed_state()) is not None]
        loudness = [row for move in moves if (row := move.changed_loudness()) is not None]
        consequences.finish()
        if states:
            _SAVE.run(session.connection(), states)
        if loudness:
            _SAVE_LOUDNESS.run(session.connection(), sorted(loudness))
