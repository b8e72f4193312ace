"""One call a second for each account, whatever it is for (DESIGN 3.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist.escalation.context import Escalation
from callassist.models import CallAttempt, PhoneRing


def rate_wait(session: Session, ctx: Escalation, account_id: int, now: datetime) -> float | None:
    """Real seconds to wait before this account may ask for a call again; None when it may now."""
    spacing = ctx.network(timedelta(seconds=1 / ctx.settings.calls_per_second))
    latest = [
        session.scalar(
            select(func.max(kind.dial_at)).where(
                kind.account_id == account_id, kind.dial_at > now - spacing
            )
        )
        for kind in (CallAttempt, PhoneRing)
    ]
    known = [one for one in latest if one is not None]
    if not known:
        return None
    return max(ctx.pace.real_seconds(max(known) + spacing - now), 0.02)
