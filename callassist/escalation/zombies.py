"""Calls that we slept through are not made late, unless it is still loud."""

from __future__ import annotations

from datetime import datetime

from callassist.escalation.context import Escalation
from callassist.models import Breach


def is_zombie(ctx: Escalation, breach: Breach | None, due_at: datetime, now: datetime) -> bool:
    """Due while the service was down, found too late, and nothing loud was heard lately.

    Without a breach (opened by hand) nothing is heard at all.
    """
    was_down = due_at < ctx.up_since()
    late = now - due_at > ctx.settings.zombie_after
    return was_down and late and not is_heard_lately(ctx, breach, now)


def is_heard_lately(ctx: Escalation, breach: Breach | None, now: datetime) -> bool:
    """Whether something loud arrived a short while ago."""
    return breach is not None and breach.last_loud_at >= now - ctx.settings.loud_lately
