"""One call a second for each account, whatever it is for, in turn (DESIGN 3.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, func, select
from sqlalchemy.orm import Session

from callassist.domain.dial import DialMode, DialState
from callassist.errors import NotYet
from callassist.escalation.context import Escalation
from callassist.models import CallAttempt, PhoneRing

_LEAST_SECONDS = 0.02
_ASKED_FOR_BY_OTHERS = (DialMode.SOFTPHONE, DialMode.OPERATOR)  # a browser, a hand
_WAITS = and_(CallAttempt.state == DialState.WAITING, CallAttempt.mode.not_in(_ASKED_FOR_BY_OTHERS))
_LAST = [
    select(func.max(kind.dial_at)).where(
        kind.account_id == bindparam("account"),
        kind.dial_at > bindparam("after"),
        kind.dial_at <= bindparam("until"),
    )
    for kind in (CallAttempt, PhoneRing)
]
_AHEAD = [
    select(func.count(CallAttempt.id)).where(
        CallAttempt.account_id == bindparam("account"),
        _WAITS,
        CallAttempt.requested_at < bindparam("before"),
    ),
    select(func.count(PhoneRing.id)).where(
        PhoneRing.account_id == bindparam("account"),
        PhoneRing.state == DialState.WAITING,
        PhoneRing.requested_at < bindparam("before"),
    ),
]


def await_turn(
    session: Session, ctx: Escalation, account_id: int, requested_at: datetime, now: datetime
) -> None:
    """Go on when this account may ask for a call now; else NotYet, with the seconds until its turn.

    The turn is behind everything of the account that waits for longer; what was put off for another
    reason holds nobody up, as whoever comes at a free moment goes.
    """
    spacing = _spacing(ctx)
    # what lies further ahead was asked for before the clock was set back, and would stop everything
    around = {"account": account_id, "after": now - spacing, "until": now + spacing}
    latest = [session.scalar(query, around) for query in _LAST]
    known = [one for one in latest if one is not None]
    if not known:
        return
    free_at = max(known) + spacing + spacing * ahead_of(session, account_id, requested_at)
    wait = max(ctx.pace.real_seconds(free_at - now), _LEAST_SECONDS)
    rate = f"{ctx.settings.calls_per_second:g} calls a second for each account"
    raise NotYet(rate, wait, turn_at=free_at)


def turn_of(
    session: Session, ctx: Escalation, attempt: CallAttempt, now: datetime
) -> datetime | None:
    """When an attempt will about be dialled that others go before; None when it goes at once."""
    if attempt.state != DialState.WAITING or attempt.mode in _ASKED_FOR_BY_OTHERS:
        return None
    before = ahead_of(session, attempt.account_id, attempt.requested_at)
    return now + _spacing(ctx) * (before + 1) if before else None


def _spacing(ctx: Escalation) -> timedelta:
    return ctx.network(timedelta(seconds=1 / ctx.settings.calls_per_second))


def waits_for_a_turn() -> ColumnElement[bool]:
    """The condition that an attempt is asked for and not dialled yet."""
    return _WAITS


def ahead_of(session: Session, account_id: int, requested_at: datetime) -> int:
    """How many of the account's calls wait for longer."""
    asked = {"account": account_id, "before": requested_at}
    return sum(session.scalar(query, asked) or 0 for query in _AHEAD)
