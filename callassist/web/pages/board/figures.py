"""What a desk's boards show. No name of a guest, a home or a host is among it (DESIGN 3.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, exists, select
from sqlalchemy.orm import Session

from callassist import roster
from callassist.domain.call_task import OPEN_TASK_STATES, Party, TaskState
from callassist.domain.presence import PresenceState
from callassist.escalation.call_rate import WAITS_FOR_A_TURN
from callassist.escalation.handing_out import queue_rank
from callassist.models import CallAttempt, CallTask, Desk, Incident, Operator, Presence
from callassist.web.pages.board.shares import shares

COMING = timedelta(minutes=15)
_WATCH_FROM, _LOUD_FROM = 0.6, 1.0  # of the promised time
_LONG_CALL, _VERY_LONG_CALL = timedelta(minutes=3), timedelta(minutes=5)
_AT_WORK = frozenset({PresenceState.ON_A_CALL, PresenceState.WRAP_UP})


class Tone(StrEnum):
    """How a figure stands to what was promised."""

    CALM = "calm"
    WATCH = "watch"
    LOUD = "loud"


class Line(NamedTuple):
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
    waits_to_dial: bool  # asked for, and other calls of the account are dialled first


class Member(NamedTuple):
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
    to_dial: int  # calls that wait for their turn at the phone network

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
    in_time, reached = shares(session, desk, now)
    return Board(
        lines=lines,
        members=tuple(members),
        waiting=len(waiting),
        oldest=min(waiting, key=lambda one: one.available_at, default=None),
        in_time=in_time,
        reached=reached,
        coming=sum(1 for one in lines if not one.is_due and one.available_at <= now + COMING),
        free=len(free),
        to_dial=sum(one.waits_to_dial for one in lines),
    )


_WAITING = (TaskState.PENDING, TaskState.OFFERED)
_MEMBERS = (
    select(
        *(Operator.id, Operator.public_id, Operator.desk_name, Operator.languages),
        *(Presence.state, Presence.since),
    )
    .outerjoin(Presence, Presence.operator_id == Operator.id)
    .where(Operator.desk_id == bindparam("desk"), Operator.active.is_(True))
    .order_by(Operator.desk_name, Operator.id)
)
_LINES = (
    select(
        *(CallTask.id, CallTask.public_id, CallTask.party, CallTask.attempt_number),
        *(CallTask.language, CallTask.state, CallTask.available_at, CallTask.any_language),
        *(CallTask.phoned_back_at, CallTask.guest_asked),
        *(Incident.reference, Incident.practice),
        Operator.desk_name.label("holder"),
        exists().where(CallAttempt.task_id == CallTask.id, WAITS_FOR_A_TURN).label("waits_to_dial"),
    )
    .join(Incident, Incident.id == CallTask.incident_id)
    .outerjoin(Operator, Operator.id == CallTask.operator_id)
    .where(
        CallTask.desk_id == bindparam("desk"),
        CallTask.state.in_([str(state) for state in OPEN_TASK_STATES]),
    )
)


def _members(session: Session, desk: Desk, now: datetime) -> list[Member]:
    on_shift = {operator.id for operator in roster.on_shift(session, desk.id, now)}
    found = []
    for row in session.execute(_MEMBERS, {"desk": desk.id}):
        state = PresenceState(row.state or PresenceState.OFFLINE)
        found.append(
            Member(
                operator_id=row.public_id,
                desk_name=row.desk_name,
                languages=tuple(str(each) for each in row.languages),
                state=state,
                since=row.since,
                on_shift=row.id in on_shift,
                tone=_of_work(state, row.since, now),
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
    tasks = sorted(
        session.execute(_LINES, {"desk": desk.id}),
        key=lambda row: (row.available_at > now, _order(row)),
    )
    return tuple(_line(task, free, late_after, now) for task in tasks)


def _order(row: Row[*tuple[Any, ...]]) -> tuple[int, datetime, int]:
    rank = queue_rank(
        Party(row.party),
        row.attempt_number,
        is_practice=row.practice,
        phones_back=row.phoned_back_at is not None,
        guest_asked=row.guest_asked,
    )
    return rank, row.available_at, row.id


def _line(
    task: Row[*tuple[Any, ...]],
    free: Sequence[Member],
    late_after: timedelta,
    now: datetime,
) -> Line:
    state = TaskState(task.state)
    promised_by = task.available_at + late_after
    is_waiting = state in _WAITING
    return Line(
        task_id=task.public_id,
        reference=task.reference,
        party=Party(task.party),
        attempt=task.attempt_number,
        language=task.language,
        state=state,
        is_due=task.available_at <= now,
        available_at=task.available_at,
        promised_by=promised_by,
        tone=_of_wait((now - task.available_at) / late_after) if is_waiting else Tone.CALM,
        holder=task.holder,
        could_take=tuple(
            one.desk_name for one in free if task.any_language or task.language in one.languages
        ),
        practice=task.practice,
        waits_to_dial=task.waits_to_dial,
    )


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
