"""What a night needs from outside the escalation: fresh contacts, and detection's own timer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callassist import timers
from callassist.models import PropertyNoise


class NobodyElse:
    """Nothing imported, nothing to refresh; remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def refresh(self, stay_id: int, now: datetime) -> bool:
        self.asked.append(stay_id)
        return False

    def known_at(self, stay_id: int) -> datetime | None:
        return None


def noise_tick(session: Session, timer: timers.DueTimer, now: datetime) -> None:
    """Detection looks at the home again while noise runs."""
    noise = session.get(PropertyNoise, int(timer.subject))
    if noise is not None and noise.breach_id is not None:
        timers.arm(session, timer.kind, timer.subject, now + timedelta(days=1), now=now)
