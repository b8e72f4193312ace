"""News of a shift that is given away or swapped, to those whom the news concerns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.message_kind import MessageKind
from callassist.domain.shift_swap import SwapState
from callassist.models import (
    Desk,
    Notification,
    NotificationChannel,
    Operator,
    Person,
    ShiftSwap,
)
from callassist.notifications.quiet_people import HELD_BACK, may_wake, resting
from callassist.notifications.recipients import desk_people_channels, supervisor_channels
from callassist.notifications.telling import Telling, queue, skip, wants
from callassist.roster.desks import desk_zone

_KIND = MessageKind.SHIFT_SWAP
_TO_ASKER = frozenset({SwapState.DECLINED, SwapState.CONFIRMED, SwapState.REFUSED})
_TO_COLLEAGUE = frozenset(
    {SwapState.ASKED, SwapState.WITHDRAWN, SwapState.CONFIRMED, SwapState.REFUSED}
)


def tell_of_swap(session: Session, swap: ShiftSwap, now: datetime) -> None:
    """Queue the news of the state that a request has come to, once for each state."""
    desk = session.get_one(Desk, swap.desk_id)
    telling = Telling(
        kind=_KIND,
        key=f"swap:{swap.public_id}:{swap.state}",
        desk_id=desk.id,
        facts={"swap": swap.id, "reason": swap.state},
    )
    channels = [one for one in _concerned(session, swap) if wants(one, _KIND)]
    asleep = resting(session, desk.account_id, [one.person_id for one in channels], now)
    for channel in channels:
        if channel.person_id in asleep and not may_wake(_KIND, channel.kind):
            skip(session, telling, HELD_BACK, now=now, channel=channel)
        else:
            queue(session, channel, telling, now=now)


def swap_facts(session: Session, notification: Notification) -> dict[str, object]:
    """Who it is about, and when, for the message as it is sent; nothing once it is gone."""
    swap = session.get(ShiftSwap, notification.facts.get("swap") or 0)
    if swap is None:
        return {}
    channel = session.get(NotificationChannel, notification.channel_id or 0)
    reader = None if channel is None else channel.person_id
    return {
        "who": _other(session, swap, reader),
        "starts_at": swap.starts_at.isoformat(),
        "back_at": swap.return_starts_at.isoformat() if swap.return_starts_at else None,
        "timezone": _zone(session, swap, reader),
    }


def swap_page(facts: Mapping[str, object]) -> str:
    """Where the news is answered: on the board while it waits for a supervisor."""
    return "/board/shifts" if facts.get("reason") == SwapState.AGREED else "/desk/shift"


def _concerned(session: Session, swap: ShiftSwap) -> list[NotificationChannel]:
    state = SwapState(swap.state)
    if state is SwapState.AGREED:
        return supervisor_channels(session, swap.desk_id)
    ids = [swap.asker_id] if state in _TO_ASKER else []
    ids += [swap.colleague_id] if state in _TO_COLLEAGUE else []
    people = session.scalars(select(Operator.person_id).where(Operator.id.in_(ids)))
    return desk_people_channels(session, swap.desk_id, [one for one in people if one is not None])


def _other(session: Session, swap: ShiftSwap, reader: int | None) -> str:
    """The desk name of the one of the two who is not the reader; who asked, for others."""
    asker = session.get_one(Operator, swap.asker_id)
    colleague = session.get_one(Operator, swap.colleague_id)
    return (colleague if asker.person_id == reader else asker).desk_name


def _zone(session: Session, swap: ShiftSwap, reader: int | None) -> str:
    person = None if reader is None else session.get(Person, reader)
    if person is not None and person.timezone:
        return person.timezone
    return desk_zone(session, session.get_one(Desk, swap.desk_id)).key
