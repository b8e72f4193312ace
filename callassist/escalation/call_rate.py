"""One call a second for each account, whatever it is for, in turn (DESIGN 3.4).

What counts is what a network is asked to call. Whom it connects to a call that is up already (a
browser's, an operator's own phone's) it does not count, and neither do we.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Executable, and_, bindparam, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from callassist.domain.dial import DialMode, DialState
from callassist.errors import NotYet
from callassist.escalation.context import Escalation
from callassist.models import CallAttempt, CallRate, PhoneRing

_ASKED_FOR_BY_OTHERS = (DialMode.SOFTPHONE, DialMode.OPERATOR)  # a browser, a hand
WAITS_FOR_A_TURN = and_(
    CallAttempt.state == DialState.WAITING, CallAttempt.mode.not_in(_ASKED_FOR_BY_OTHERS)
)
_AHEAD = [
    select(func.count(CallAttempt.id)).where(
        CallAttempt.account_id == bindparam("account"),
        WAITS_FOR_A_TURN,
        CallAttempt.requested_at < bindparam("before"),
    ),
    select(func.count(PhoneRing.id)).where(
        PhoneRing.account_id == bindparam("account"),
        PhoneRing.state == DialState.WAITING,
        PhoneRing.requested_at < bindparam("before"),
    ),
]
_LAST = select(CallRate.asked_at).where(CallRate.account_id == bindparam("account"))


def _taking(insert: sqlite.Insert | postgresql.Insert) -> Executable:
    """One statement that takes a free moment; without a row, it is somebody else's."""
    free = or_(CallRate.asked_at <= bindparam("over"), CallRate.asked_at > bindparam("wrong"))
    return (
        insert.values(account_id=bindparam("account"), asked_at=bindparam("now"))
        .on_conflict_do_update(
            index_elements=["account_id"],
            set_={"asked_at": insert.excluded.asked_at},
            where=free,
        )
        .returning(CallRate.account_id)
    )


_TAKEN = {
    "sqlite": _taking(sqlite.insert(CallRate)),
    "postgresql": _taking(postgresql.insert(CallRate)),
}


def take_turn(
    session: Session, ctx: Escalation, account_id: int, requested_at: datetime, now: datetime
) -> None:
    """The account's network is asked for a call now; else NotYet, with the instant of its turn.

    The turn is behind everything of the account that waits for longer; what was put off for another
    reason holds nobody up, as whoever comes at a free moment goes. Two who come at the same moment
    are told apart by the account's row.
    """
    spacing = _spacing(ctx)
    asked = {"account": account_id, "now": now, "over": now - spacing, "wrong": now + spacing}
    statement = _TAKEN[session.get_bind().dialect.name]
    if session.connection().execute(statement, asked).scalar() is None:
        turn_at = next_turn(session, ctx, account_id, requested_at, now)
        rate = f"{ctx.settings.calls_per_second:g} calls a second for each account"
        raise NotYet(rate, ctx.pace.real_seconds(turn_at - now), turn_at=turn_at)


def next_turn(
    session: Session, ctx: Escalation, account_id: int, requested_at: datetime, now: datetime
) -> datetime:
    """When a call asked for at `requested_at` is about to be placed; `now` at a free moment."""
    spacing = _spacing(ctx)
    last = session.scalar(_LAST, {"account": account_id})
    # what lies further ahead was asked for before the clock was set back, and would stop everything
    if last is None or not now - spacing < last <= now + spacing:
        return now
    return last + spacing * (1 + ahead_of(session, account_id, requested_at))


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


def ahead_of(session: Session, account_id: int, requested_at: datetime) -> int:
    """How many of the account's calls wait for longer."""
    asked = {"account": account_id, "before": requested_at}
    return sum(session.scalar(query, asked) or 0 for query in _AHEAD)
