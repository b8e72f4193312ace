"""What happens to open calls when nobody does anything, and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel.speaklater import LazyString
from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from callassist.domain.call_task import Party
from callassist.escalation.deadlines import TASK_DEADLINES, Deadline
from callassist.models import CallTask, Timer
from callassist.web.translate import lazy_gettext as _l

_WORDS: Mapping[Deadline, LazyString] = {
    Deadline.TASK_AVAILABLE: _l("it is offered to whoever is free then"),
    Deadline.OFFER_EXPIRED: _l("the offer ends, the next operator is asked"),
    Deadline.ASSIGNED_IDLE: _l("it goes back to the queue unless it was dialled"),
    Deadline.WRAP_UP_OVER: _l("you are asked about the result"),
    Deadline.WRAP_UP_CLOSED: _l("the network’s word becomes the result"),
    Deadline.ANY_LANGUAGE: _l("anybody may take it, with the script in English"),
    Deadline.RING_TURN: _l("the next phone of the duty rota rings"),
    Deadline.NOBODY_PAGE: _l("the supervisor on duty is paged"),
    Deadline.NOBODY_TELL: _l("a voice phones the guest where it may, else the host hears of it"),
    Deadline.AUTOMATIC_CALL: _l("a voice phones the guest where it may"),
}
_GIVE_UP: Mapping[Party, LazyString] = {
    Party.GUEST: _l("the guest is given up, the host’s contacts are next"),
    Party.HOST: _l("the calls end, the host is told on every channel"),
}


@dataclass(frozen=True, kw_only=True)
class ByItself:
    """One thing that comes by itself."""

    at: datetime
    what: Deadline
    text: LazyString


def by_itself(session: Session, task_ids: Collection[str]) -> dict[str, list[ByItself]]:
    """By task, the next first."""
    rows = session.execute(
        select(CallTask.public_id, CallTask.party, Timer.kind, Timer.due_at)
        .join(Timer, Timer.subject == cast(CallTask.id, String))
        .where(
            CallTask.public_id.in_(task_ids),
            Timer.kind.in_([str(each) for each in TASK_DEADLINES]),
            Timer.fired_at.is_(None),
        )
        .order_by(Timer.due_at)
    )
    found: dict[str, list[ByItself]] = defaultdict(list)
    for task_id, party, kind, due_at in rows:
        what = Deadline(kind)
        text = _GIVE_UP[Party(party)] if what is Deadline.NOBODY_GIVE_UP else _WORDS[what]
        found[task_id].append(ByItself(at=due_at, what=what, text=text))
    return found
