"""One call a second for each account, whatever it is for, in turn (DESIGN 3.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist.domain.dial import DialMode, DialState
from callassist.errors import NotYet
from callassist.escalation.context import Escalation
from callassist.models import CallAttempt, PhoneRing

_LEAST_SECONDS = 0.02


def await_turn(
    session: Session, ctx: Escalation, account_id: int, requested_at: datetime, now: datetime
) -> None:
    """Go on when this account may ask for a call now; else NotYet, with the seconds until its turn.

    The turn is behind everything of the account that waits for longer; what was put off for another
    reason holds nobody up, as whoever comes at a free moment goes.
    """
    # what lies further ahead was asked for before the clock was set back, and would stop everything
    spacing = ctx.network(timedelta(seconds=1 / ctx.settings.calls_per_second))
    latest = [
        session.scalar(
            select(func.max(kind.dial_at)).where(
                kind.account_id == account_id,
                kind.dial_at > now - spacing,
                kind.dial_at <= now + spacing,
            )
        )
        for kind in (CallAttempt, PhoneRing)
    ]
    known = [one for one in latest if one is not None]
    if not known:
        return
    free_at = max(known) + spacing + spacing * _ahead(session, account_id, requested_at)
    wait = max(ctx.pace.real_seconds(free_at - now), _LEAST_SECONDS)
    raise NotYet(f"{ctx.settings.calls_per_second:g} calls a second for each account", wait)


def _ahead(session: Session, account_id: int, requested_at: datetime) -> int:
    """How many of the account's calls wait for longer."""
    attempts = select(func.count(CallAttempt.id)).where(
        CallAttempt.account_id == account_id,
        CallAttempt.state == DialState.WAITING,
        CallAttempt.mode.not_in((DialMode.SOFTPHONE, DialMode.OPERATOR)),  # others ask for those
        CallAttempt.requested_at < requested_at,
    )
    rings = select(func.count(PhoneRing.id)).where(
        PhoneRing.account_id == account_id,
        PhoneRing.state == DialState.WAITING,
        PhoneRing.requested_at < requested_at,
    )
    return sum(session.scalar(query) or 0 for query in (attempts, rings))
