"""My shift: the calls that I made and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.call_task import Party, TaskState
from callassist.domain.presence import PresenceState
from callassist.domain.reference import as_said
from callassist.domain.results import GUEST_RULES, Disposition, parse_result
from callassist.escalation.notes import CORRECT_FOR
from callassist.models import (
    CallAttempt,
    CallTask,
    Incident,
    Operator,
    Presence,
    Property,
    Shift,
)

_NO_SHIFT = timedelta(hours=12)
_MOST = 100


@dataclass(frozen=True, kw_only=True)
class MadeCall:
    """A call of this shift. The guest's name is not kept: the reference tells calls apart."""

    task_id: str
    party: Party
    reference: str
    attempt: int
    at: datetime
    zone: ZoneInfo
    result: str
    note: str
    correct_until: datetime | None  # None when it is too late


@dataclass(frozen=True, kw_only=True)
class MyShift:
    """One operator's shift so far."""

    since: datetime
    until: datetime | None
    calls: tuple[MadeCall, ...]
    reached: int
    talk_seconds: float | None  # mean of the calls in which somebody talked


@dataclass(frozen=True, kw_only=True)
class Tonight:
    """Who else is there, and which of the desk's languages are spoken."""

    there: tuple[tuple[str, str], ...]  # desk name, state
    languages: tuple[tuple[str, bool], ...]  # code, whether somebody who is there speaks it


def my_shift(session: Session, operator: Operator, now: datetime) -> MyShift:
    """The shift that runs now, else the last 12 hours."""
    running = session.scalars(
        select(Shift)
        .where(Shift.operator_id == operator.id, Shift.starts_at <= now, Shift.ends_at > now)
        .limit(1)
    ).first()
    since = running.starts_at if running else now - _NO_SHIFT
    rows = session.execute(
        select(CallTask, Incident.reference, Property.timezone)
        .join(Incident, Incident.id == CallTask.incident_id)
        .join(Property, Property.id == Incident.property_id)
        .where(
            CallTask.operator_id == operator.id,
            Incident.practice.is_(False),
            CallTask.state == TaskState.COMPLETED,
            CallTask.completed_at >= since,
        )
        .order_by(CallTask.completed_at.desc())
        .limit(_MOST)
    ).all()
    calls = tuple(_call(task, reference, zone, now) for task, reference, zone in rows)
    return MyShift(
        since=since,
        until=running.ends_at if running else None,
        calls=calls,
        reached=sum(is_reached(call.result) for call in calls),
        talk_seconds=_mean_talk(session, [task.id for task, _reference, _zone in rows]),
    )


def tonight(session: Session, operator: Operator, now: datetime) -> Tonight:
    """Everybody of the desk who is not offline."""
    rows = session.execute(
        select(Operator, Presence.state)
        .join(Presence, Presence.operator_id == Operator.id)
        .where(
            Operator.desk_id == operator.desk_id,
            Operator.active.is_(True),
            Presence.state != PresenceState.OFFLINE,
        )
        .order_by(Operator.desk_name)
    ).all()
    spoken = {code for one, _state in rows for code in one.languages} | set(operator.languages)
    return Tonight(
        there=tuple((one.desk_name, state) for one, state in rows if one.id != operator.id),
        languages=tuple((code, code in spoken) for code in operator.desk.languages),
    )


def is_reached(result: str) -> bool:
    """Whether somebody was spoken to."""
    if result == Disposition.HOST_REACHED:
        return True
    rule = GUEST_RULES.get(parse_result(result)) if result else None
    return rule is not None and rule.reached


def _call(task: CallTask, reference: str, zone: str, now: datetime) -> MadeCall:
    done = task.completed_at or now
    return MadeCall(
        task_id=task.public_id,
        party=Party(task.party),
        reference=as_said(reference),
        attempt=task.attempt_number,
        at=done,
        zone=ZoneInfo(zone),
        result=task.result or "",
        note=task.note or "",
        correct_until=done + CORRECT_FOR if now <= done + CORRECT_FOR else None,
    )


def _mean_talk(session: Session, task_ids: list[int]) -> float | None:
    talks = [
        seconds
        for seconds in session.scalars(
            select(CallAttempt.talk_seconds).where(
                CallAttempt.task_id.in_(task_ids), CallAttempt.talk_seconds > 0
            )
        )
        if seconds is not None
    ]
    return sum(talks) / len(talks) if talks else None
