"""What a process that ended in the middle of something may have lost: asked for at a start."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import timers
from callassist.domain.dial import DialState
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.models import CallAttempt, PhoneRing


def look_up_doubts(session: Session, ctx: Escalation, now: datetime) -> int:
    """Every doubt is looked up now: a look-up under way ended with the process that made it.

    Never sooner after the dial than a doubt has to wait: the network may still take the call.
    Asking twice is harmless, as an answer counts once. Says how many there were.
    """
    found = 0
    for table, kind in ((CallAttempt, Deadline.ATTEMPT_DOUBT), (PhoneRing, Deadline.RING_DOUBT)):
        doubtful = select(table.id, table.dial_at, table.requested_at).where(
            table.state == DialState.IN_DOUBT, table.provider_call_id.is_(None)
        )
        for row in session.execute(doubtful):
            due = max(now, (row.dial_at or row.requested_at) + ctx.doubt_wait)
            timers.arm(session, kind, row.id, due, now=now)
            found += 1
    return found
