"""A supervisor page always ends at a reachable person; each step on the way is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from callassist import roster
from callassist.domain.phone_ring import DUTY_PHONE
from callassist.models import Desk, NotificationChannel
from callassist.notifications.duty_phone import Rung, rung_lately
from callassist.notifications.recipients import (
    owner_channels,
    person_channels,
    shared_desk_channels,
    supervisor_channels,
)
from callassist.notifications.telling import Telling, queue, ring_duty_phone, skip, wants

_log = structlog.get_logger()

SAID_THERE = "the duty phone was rung for the same a short while ago"
Channels = list[NotificationChannel]


def page(session: Session, telling: Telling, now: datetime) -> None:
    """Supervisors on shift, else the desk's duty phone, the account's duty rota, its owners.

    Channels that the desk's supervisors share are told as well, but a page does not rest there:
    nobody knows who reads them. Nor does it rest at the duty phone until somebody has pressed 1
    there: the same page comes again, to go on `after` it. `via` says which step was reached.
    """
    desk = None if telling.desk_id is None else session.get(Desk, telling.desk_id)
    if telling.facts.get("after") != DUTY_PHONE:
        if desk is not None:
            _tell(session, shared_desk_channels(session, desk.id), telling, "desk_channel", now)
            on_shift = supervisor_channels(session, desk.id, on_shift_at=now)
            if _tell(session, on_shift, telling, "on_shift", now):
                return
        if desk is not None and desk.duty_phone is not None and _rings(session, telling, desk, now):
            return
    for via, find in _later_steps(session, telling, desk, now):
        if _tell(session, find(), telling, via, now):
            return
    _log.error("nobody to page", action="supervisor_page", incident=telling.incident_id)
    reason = "nobody can be reached: no supervisor, duty rota or owner has a channel"
    skip(session, telling, reason, now=now)


def _rings(session: Session, telling: Telling, desk: Desk, now: datetime) -> bool:
    """Whether the duty phone has it; a page about no account has nobody who pays for it.

    It rings once for each alarm of an incident: see `duty_phone`.
    """
    step = replace(telling.knowing(via=DUTY_PHONE), key=f"{telling.key}:{DUTY_PHONE}")
    if telling.account_id is None and desk.account_id is None:
        reason = "the desk's duty phone was not rung: this page is about no account"
        skip(session, replace(step, account_id=None), reason, now=now)
        return False
    rung = rung_lately(session, telling, now)
    if rung is not Rung.NOT_YET:
        skip(session, step, SAID_THERE, now=now)
        return rung is Rung.HAS_IT
    ring_duty_phone(session, step, now=now)
    return True


def _later_steps(
    session: Session, telling: Telling, desk: Desk | None, now: datetime
) -> Iterator[tuple[str, Callable[[], Channels]]]:
    account_id = telling.account_id or (None if desk is None else desk.account_id)
    if account_id is not None:
        account = account_id
        yield "duty_rota", lambda: _duty_channels(session, account, now)
        yield "owners", lambda: owner_channels(session, account)
    if desk is not None:
        desk_id = desk.id
        yield "off_shift", lambda: supervisor_channels(session, desk_id)


def _duty_channels(session: Session, account_id: int, now: datetime) -> Channels:
    people = [span.person_id for span in roster.duty_now(session, account_id, now)]
    return person_channels(session, account_id, [one for one in people if one is not None])


def _tell(session: Session, channels: Channels, telling: Telling, via: str, now: datetime) -> bool:
    wanting = [channel for channel in channels if wants(channel, telling.kind)]
    for channel in wanting:
        queue(session, channel, telling.knowing(via=via), now=now)
    return bool(wanting)
