"""Three operators with a shift each to give away, and a chief."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import roster
from callassist.domain.viewer import Role, Viewer
from callassist.models import Operator, Shift, ShiftSwap
from callassist.roster import swaps
from callassist.roster.swaps import SwapInput
from callassist.storage.sessions import Sessions
from tests.accounts.scenes import ADMIN, NOW, desk_with, operator

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TONIGHT, TOMORROW = NOW + 2 * HOUR, NOW + DAY


@dataclass
class Team:
    """Ana (English, French), Bea and Cleo (English) at one desk; ids live on between sessions."""

    sessions: Sessions
    desk: int
    ana: int
    bea: int
    cleo: int
    anas: str  # Ana's shift of tonight
    beas: str  # Bea's of tomorrow

    @contextmanager
    def at_work(self) -> Iterator[Session]:
        with self.sessions.write() as session:
            yield session

    def one(self, session: Session, who: int) -> Operator:
        return session.get_one(Operator, who)

    def chief(self) -> Viewer:
        return Viewer(name="chief", desk_roles={self.desk: frozenset({Role.SUPERVISOR})})

    def ask(
        self, *, back: bool = False, who: int = 0, now: datetime = NOW, reason: str = ""
    ) -> str:
        """Ana asks Bea about tonight; the request's id."""
        with self.at_work() as session:
            colleague = self.one(session, who or self.bea)
            typed = SwapInput(
                shift_id=self.anas,
                colleague_id=colleague.public_id,
                return_id=self.beas if back else None,
                reason=reason,
            )
            return swaps.ask(session, self.one(session, self.ana), typed, now).public_id

    def agree(self, swap: str, now: datetime = NOW) -> None:
        with self.at_work() as session:
            swaps.agree(session, self.one(session, self.bea), swap, now)

    def withdraw(self, swap: str) -> None:
        with self.at_work() as session:
            swaps.withdraw(session, self.one(session, self.ana), swap, NOW)

    def decline(self, swap: str, answer: str = "") -> None:
        with self.at_work() as session:
            swaps.decline(session, self.one(session, self.bea), swap, answer, NOW)

    def confirm(self, swap: str, now: datetime = NOW) -> None:
        with self.at_work() as session:
            swaps.confirm(session, self.chief(), swap, now)

    def refuse(self, swap: str, answer: str) -> None:
        with self.at_work() as session:
            swaps.refuse(session, self.chief(), swap, answer, NOW)

    def state(self, swap: str) -> str:
        return self.row(swap).state

    def row(self, swap: str) -> ShiftSwap:
        with self.sessions.read() as session:
            return session.scalars(select(ShiftSwap).where(ShiftSwap.public_id == swap)).one()

    def works(self, shift: str) -> int:
        """Whose a shift is."""
        with self.sessions.read() as session:
            query = select(Shift.operator_id).where(Shift.public_id == shift)
            return session.scalars(query).one()

    def add(self, who: int, starts_at: datetime, hours: int = 8) -> str:
        with self.at_work() as session:
            public_id = self.one(session, who).public_id
            end = starts_at + hours * HOUR
            return roster.add_shift(session, ADMIN, public_id, starts_at, end).public_id


def make_team(sessions: Sessions) -> Team:
    """Ana works tonight, Bea tomorrow."""
    with sessions.write() as session:
        desk = desk_with(session)
        desk.languages = ["en", "fr"]
        ana = operator(session, desk, "Ana", "en", "fr")
        bea, cleo = (operator(session, desk, name, "en") for name in ("Bea", "Cleo"))
        tonight = roster.add_shift(session, ADMIN, ana.public_id, TONIGHT, TONIGHT + 8 * HOUR)
        later = roster.add_shift(session, ADMIN, bea.public_id, TOMORROW, TOMORROW + 8 * HOUR)
        return Team(sessions, desk.id, ana.id, bea.id, cleo.id, tonight.public_id, later.public_id)
