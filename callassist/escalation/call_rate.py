"""One call a second for each account at a network, whatever it is for, in turn (DESIGN 3.4).

Who phones over the service's own shares its account, and so its second.
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
        CallAttempt.provider == bindparam("network"),
        WAITS_FOR_A_TURN,
        CallAttempt.requested_at < bindparam("before"),
    ),
    select(func.count(PhoneRing.id)).where(
        PhoneRing.provider == bindparam("network"),
        PhoneRing.state == DialState.WAITING,
        PhoneRing.requested_at < bindparam("before"),
    ),
]
_LAST = select(CallRate.asked_at).where(CallRate.network == bindparam("network"))


def _taking(insert: sqlite.Insert | postgresql.Insert) -> Executable:
    """One statement that takes a free moment; without a row, it is somebody else's."""
    free = or_(CallRate.asked_at <= bindparam("over"), CallRate.asked_at > bindparam("wrong"))
    return (
        insert.values(network=bindparam("network"), asked_at=bindparam("now"))
        .on_conflict_do_update(
            index_elements=["network"],
            set_={"asked_at": insert.excluded.asked_at},
            where=free,
        )
        .returning(CallRate.network)
    )


_TAKEN = {
    "sqlite": _taking(sqlite.insert(CallRate)),
    "postgresql": _taking(postgresql.insert(CallRate)),
}


def take_turn(
    session: Session, ctx: Escalation, network: str, requested_at: datetime, now: datetime
) -> None:
    """This network is asked for a call now; else NotYet, with the instant of its turn.

    The turn is behind everything that waits there for longer; what was put off for another
    reason holds nobody up, as whoever comes at a free moment goes. Two who come at the same moment
    are told apart by the network's row.
    """
    spacing = _spacing(ctx)
    asked = {"network": network, "now": now, "over": now - spacing, "wrong": now + spacing}
    statement = _TAKEN[session.get_bind().dialect.name]
    if session.connection().execute(statement, asked).scalar() is None:
        turn_at = next_turn(session, ctx, network, requested_at, now)
        rate = f"{ctx.settings.calls_per_second:g} calls a second are allowed"
        raise NotYet(rate, ctx.pace.real_seconds(turn_at - now), turn_at=turn_at)


def next_turn(
    session: Session, ctx: Escalation, network: str, requested_at: datetime, now: datetime
) -> datetime:
    """When a call asked for at `requested_at` is about to be placed; `now` at a free moment."""
    spacing = _spacing(ctx)
    last = session.scalar(_LAST, {"network": network})
    # what lies further ahead was asked for before the clock was set back, and would stop everything
    if last is None or not now - spacing < last <= now + spacing:
        return now
    return last + spacing * (1 + ahead_of(session, network, requested_at))


def turn_of(
    session: Session, ctx: Escalation, attempt: CallAttempt, now: datetime
) -> datetime | None:
    """When an attempt will about be dialled that others go before; None when it goes at once."""
    if attempt.state != DialState.WAITING or attempt.mode in _ASKED_FOR_BY_OTHERS:
        return None
    before = ahead_of(session, attempt.provider, attempt.requested_at)
    return now + _spacing(ctx) * (before + 1) if before else None


def _spacing(ctx: Escalation) -> timedelta:
    return ctx.network(timedelta(seconds=1 / ctx.settings.calls_per_second))


def ahead_of(session: Session, network: str, requested_at: datetime) -> int:
    """How many of the network's calls wait for longer."""
    asked = {"network": network, "before": requested_at}
    return sum(session.scalar(query, asked) or 0 for query in _AHEAD)
