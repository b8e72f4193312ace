"""What each operator does now: raw, conditional moves. Escalation decides which to make."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, or_, select, update
from sqlalchemy.orm import Session

from callassist.domain.presence import PresenceState
from callassist.models import Operator, Presence
from callassist.roster.breaks import note_break
from callassist.storage import nudges

_FRESH_START = frozenset({PresenceState.OFFLINE, PresenceState.BREAK})


def set_presence(
    session: Session,
    operator_id: int,
    state: PresenceState,
    now: datetime,
    *,
    expect: Collection[PresenceState] | None = None,
) -> bool:
    """Move an operator to `state`, only from one of `expect` when given; True when it moved.

    Being in `state` already is no move: `since` and the place among the idle stay as they were.
    Misses are forgotten by a call taken and by coming back from a break or from outside.
    """
    presence = session.get(Presence, operator_id)
    if presence is None:
        presence = Presence(operator_id=operator_id, state=PresenceState.OFFLINE, since=now)
        session.add(presence)
        session.flush()
    conditions = [Presence.operator_id == operator_id, Presence.state != state]
    if expect is not None:
        conditions.append(Presence.state.in_([str(one) for one in expect]))
    moved = session.execute(
        update(Presence)
        .where(*conditions)
        .values(**_values(state, now))
        .returning(Presence.operator_id)
        .execution_options(synchronize_session=False)
    ).first()
    session.refresh(presence)
    if moved is not None:
        note_break(session, operator_id, state, now)
        nudges.changed(session, Presence, operator_id)
    return moved is not None


def _values(state: PresenceState, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"state": str(state), "since": now, "idle_since": None}
    if state is PresenceState.AVAILABLE:
        fresh = Presence.state.in_([str(one) for one in _FRESH_START])
        values |= {"idle_since": now, "misses": case((fresh, 0), else_=Presence.misses)}
    elif state is PresenceState.ON_A_CALL:
        values["misses"] = 0
    return values


def count_miss(session: Session, operator_id: int) -> int:
    """Count one missed offer and return how many there were in a row."""
    missed = session.execute(
        update(Presence)
        .where(Presence.operator_id == operator_id)
        .values(misses=Presence.misses + 1)
        .returning(Presence.misses)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    session.refresh(session.get_one(Presence, operator_id))
    return missed


def heartbeat(session: Session, operator_id: int, now: datetime) -> None:
    """Note that the operator's screen is there; the state does not move."""
    presence = session.get(Presence, operator_id)
    if presence is None:
        presence = Presence(operator_id=operator_id, state=PresenceState.OFFLINE, since=now)
        session.add(presence)
    presence.heartbeat_at = now
    session.flush()


def lost(session: Session, now: datetime, after: timedelta) -> list[Operator]:
    """Operators who are not offline but whose last heartbeat is `after` or longer ago."""
    limit = now - after
    silent = or_(
        Presence.heartbeat_at <= limit,
        and_(Presence.heartbeat_at.is_(None), Presence.since <= limit),
    )
    gone = (
        select(Operator)
        .join(Presence, Presence.operator_id == Operator.id)
        .where(Presence.state != PresenceState.OFFLINE, silent)
        .order_by(Operator.id)
    )
    return list(session.scalars(gone))


def available(session: Session, desk_id: int, now: datetime) -> list[tuple[Operator, Presence]]:
    """Operators of a desk who can get an offer now, the longest idle first."""
    ready = (
        select(Operator, Presence)
        .join(Presence, Presence.operator_id == Operator.id)
        .where(
            Operator.desk_id == desk_id,
            Operator.active.is_(True),
            Presence.state == PresenceState.AVAILABLE,
            or_(Presence.idle_since.is_(None), Presence.idle_since <= now),
        )
        .order_by(Presence.idle_since, Operator.id)
    )
    return [(operator, presence) for operator, presence in session.execute(ready)]
