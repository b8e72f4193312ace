"""What a desk's boards show. No name of a guest, a home or a host is among it (DESIGN 3.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist import roster
from callassist.domain.call_task import OPEN_TASK_STATES, Party, TaskState
from callassist.domain.presence import PresenceState
from callassist.escalation.handing_out import queue_order
from callassist.models import CallAttempt, CallTask, Desk, Incident, Operator, Presence

LOOKS_BACK = timedelta(hours=24)
FIRST_CALL_WITHIN = timedelta(minutes=5)  # the promise to hosts (DESIGN 3.5)
COMING = timedelta(minutes=15)
_WATCH_FROM, _LOUD_FROM = 0.6, 1.0  # of the promised time
_LONG_CALL, _VERY_LONG_CALL = timedelta(minutes=3), timedelta(minutes=5)
_AT_WORK = frozenset({PresenceState.ON_A_CALL, PresenceState.WRAP_UP})


class Tone(StrEnum):
    """How a figure stands to what was promised."""

    CALM = "calm"
    WATCH = "watch"
    LOUD = "loud"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One open call: what it is, when it is late, who has it or could take it."""

    task_id: str
    reference: str
    party: Party
    attempt: int
    language: str
    state: TaskState
    is_due: bool
    available_at: datetime
    promised_by: datetime
    tone: Tone
    holder: str | None
    could_take: tuple[str, ...]
    practice: bool


@dataclass(frozen=True, kw_only=True)
class Member:
    """One operator of the desk."""

    operator_id: str
    desk_name: str
    languages: tuple[str, ...]
    state: PresenceState
    since: datetime | None
    on_shift: bool
    tone: Tone | None


@dataclass(frozen=True, kw_only=True)
class Board:
    """A desk at one moment."""

    lines: tuple[Line, ...]
    members: tuple[Member, ...]
    waiting: int
    oldest: Line | None
    in_time: int | None  # per cent of first calls within the promised time; None: no call yet
    reached: int | None  # per cent of finished callings
    coming: int  # calls that become due soon
    free: int

    @property
    def in_time_tone(self) -> Tone:
        """How the promise was kept."""
        return _of_share(self.in_time)

    @property
    def reached_tone(self) -> Tone:
        """How many were reached."""
        return Tone.CALM


def board(session: Session, desk: Desk, late_after: timedelta, now: datetime) -> Board:
    """All figures of a desk; `late_after`: how long a call may wait for somebody to take it."""
    members = _members(session, desk, now)
    free = [one for one in members if one.state is PresenceState.AVAILABLE]
    lines = _lines(session, desk, free, late_after, now)
    waiting = [one for one in lines if one.is_due and one.state in _WAITING]
    in_time, reached = _shares(session, desk, now)
    return Board(
        lines=lines,
        members=tuple(members),
        waiting=len(waiting),
        oldest=min(waiting, key=lambda one: one.available_at, default=None),
        in_time=in_time,
        reached=reached,
        coming=sum(1 for one in lines if not one.is_due and one.available_at <= now + COMING),
        free=len(free),
    )


_WAITING = (TaskState.PENDING, TaskState.OFFERED)


def _members(session: Session, desk: Desk, now: datetime) -> list[Member]:
    on_shift = {operator.id for operator in roster.on_shift(session, desk.id, now)}
    query = (
        select(Operator, Presence)
        .outerjoin(Presence, Presence.operator_id == Operator.id)
        .where(Operator.desk_id == desk.id, Operator.active.is_(True))
        .order_by(Operator.desk_name, Operator.id)
    )
    found = []
    for operator, presence in session.execute(query):
        state = PresenceState(presence.state) if presence else PresenceState.OFFLINE
        since = presence.since if presence else None
        found.append(
            Member(
                operator_id=operator.public_id,
                desk_name=operator.desk_name,
                languages=tuple(str(each) for each in operator.languages),
                state=state,
                since=since,
                on_shift=operator.id in on_shift,
                tone=_of_work(state, since, now),
            )
        )
    # who works or could work stands above who is away
    return sorted(found, key=lambda one: (one.state is PresenceState.OFFLINE, not one.on_shift))


def _lines(
    session: Session,
    desk: Desk,
    free: Sequence[Member],
    late_after: timedelta,
    now: datetime,
) -> tuple[Line, ...]:
    query = (
        select(CallTask, Incident, Operator.desk_name)
        .join(Incident, Incident.id == CallTask.incident_id)
        .outerjoin(Operator, Operator.id == CallTask.operator_id)
        .where(
            CallTask.desk_id == desk.id,
            CallTask.state.in_([str(state) for state in OPEN_TASK_STATES]),
        )
    )
    tasks = sorted(
        session.execute(query),
        key=lambda row: (row[0].available_at > now, queue_order(row[0])),
    )
    return tuple(_line(task, incident, by, free, late_after, now) for task, incident, by in tasks)


def _line(
    task: CallTask,
    incident: Incident,
    holder: str | None,
    free: Sequence[Member],
    late_after: timedelta,
    now: datetime,
) -> Line:
    state = TaskState(task.state)
    promised_by = task.available_at + late_after
    is_waiting = state in _WAITING
    return Line(
        task_id=task.public_id,
        reference=incident.reference,
        party=Party(task.party),
        attempt=task.attempt_number,
        language=task.language,
        state=state,
        is_due=task.available_at <= now,
        available_at=task.available_at,
        promised_by=promised_by,
        tone=_of_wait((now - task.available_at) / late_after) if is_waiting else Tone.CALM,
        holder=holder,
        could_take=tuple(
            one.desk_name for one in free if task.any_language or task.language in one.languages
        ),
        practice=incident.practice,
    )


def _shares(session: Session, desk: Desk, now: datetime) -> tuple[int | None, int | None]:
    """Of the incidents of the last 24 hours: called in time, and reached, in per cent."""
    first_dial = (
        select(CallAttempt.incident_id, func.min(CallAttempt.dial_at).label("at"))
        .join(Incident, Incident.id == CallAttempt.incident_id)
        .where(Incident.desk_id == desk.id, Incident.call_requested_at >= now - LOOKS_BACK)
        .group_by(CallAttempt.incident_id)
        .subquery()
    )
    query = (
        select(
            Incident.call_requested_at,
            first_dial.c.at,
            Incident.calling_ended_at,
            Incident.first_contact,
        )
        .outerjoin(first_dial, first_dial.c.incident_id == Incident.id)
        .where(
            Incident.desk_id == desk.id,
            Incident.call_requested_at >= now - LOOKS_BACK,
            Incident.practice.is_(False),
            Incident.shadow.is_(False),
        )
    )
    rows = session.execute(query).all()
    judged = [
        dialled is not None and dialled - requested <= FIRST_CALL_WITHIN
        for requested, dialled, _ended, _contact in rows
        if dialled is not None or requested <= now - FIRST_CALL_WITHIN
    ]
    over = [contact is not None for *_rest, ended, contact in rows if ended is not None]
    return _per_cent(judged), _per_cent(over)


def _per_cent(hits: Sequence[bool]) -> int | None:
    return round(100 * sum(hits) / len(hits)) if hits else None


def _of_wait(share: float) -> Tone:
    if share >= _LOUD_FROM:
        return Tone.LOUD
    return Tone.WATCH if share >= _WATCH_FROM else Tone.CALM


def _of_share(per_cent: int | None) -> Tone:
    if per_cent is None or per_cent >= 95:
        return Tone.CALM
    return Tone.WATCH if per_cent >= 80 else Tone.LOUD


def _of_work(state: PresenceState, since: datetime | None, now: datetime) -> Tone | None:
    """Long handling times stand out."""
    if state not in _AT_WORK or since is None:
        return None
    if now - since >= _VERY_LONG_CALL:
        return Tone.LOUD
    return Tone.WATCH if now - since >= _LONG_CALL else None
