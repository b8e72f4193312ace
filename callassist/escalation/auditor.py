"""Distrusts the engine: every open incident has a future deadline or a person at work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.call_task import OPEN_TASK_STATES, TaskState
from callassist.domain.dial import UNSETTLED
from callassist.domain.incident import IncidentState
from callassist.domain.log_action import LogAction
from callassist.escalation.deadlines import Deadline
from callassist.escalation.joined import leader_of
from callassist.escalation.telling import page_supervisor
from callassist.models import (
    CallAttempt,
    CallTask,
    Incident,
    IncidentLogEntry,
    PropertyNoise,
    Timer,
)

_MOVED_ON_BY = {
    TaskState.PENDING: Deadline.NOBODY_GIVE_UP,
    TaskState.OFFERED: Deadline.OFFER_EXPIRED,
    TaskState.ASSIGNED: Deadline.ASSIGNED_IDLE,
    TaskState.WRAPPING_UP: Deadline.WRAP_UP_CLOSED,
}
_DIAL_DEADLINES = (Deadline.ATTEMPT_DOUBT, Deadline.ATTEMPT_POLL)
_OF_BREACHES = tuple(each for each in Deadline if each.startswith("breach_"))
_KINDS = (
    *_MOVED_ON_BY.values(),
    *_DIAL_DEADLINES,
    *_OF_BREACHES,
    Deadline.FOLLOW_UP_OVER,
    Deadline.PRACTICE_STEP,
    Deadline.LEADER_LEFT,
)
_OPEN_TASKS = [str(state) for state in OPEN_TASK_STATES]
OVERDUE = timedelta(minutes=2)  # a deadline this late is as good as none
_SAID_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Finding:
    """An open incident for which nothing will ever happen by itself."""

    incident_id: int
    reference: str
    what: str


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What holds of all open incidents, read together: there may be a thousand on a bad night."""

    tasks: Mapping[int, CallTask]  # by incident; of each the open one
    dialled: Set[int]  # tasks
    dials: Mapping[int, tuple[int, str]]  # by task: the one that is not settled, and its state
    armed: Set[tuple[str, str]]  # kind and subject of deadlines to come

    def is_armed(self, kinds: Iterable[str], subject: str | int | None) -> bool:
        """Whether one of these deadlines is to come."""
        return any((str(kind), str(subject)) in self.armed for kind in kinds)


def audit(session: Session, now: datetime) -> list[Finding]:
    """Incidents without a future deadline or a person at work; reads only."""
    findings = []
    seen = _look(session, now)
    for incident in session.scalars(select(Incident).where(Incident.closed_at.is_(None))):
        what = _what_is_wrong(session, seen, incident, now)
        if what is not None:
            findings.append(Finding(incident.id, incident.reference, what))
    return findings


def alarm(session: Session, findings: list[Finding], now: datetime) -> None:
    """Write each finding down and page, both at most once an hour while it stays the same."""
    for finding in findings:
        incident = session.get_one(Incident, finding.incident_id)
        if not _is_written(session, finding, now):
            data = {"finding": finding.what}
            incident_log.append(session, incident.id, LogAction.AUDIT_ALARM, data, now=now)
        page_supervisor(session, incident, "audit_alarm", now=now, once_per=str(_hour(now)))


def _is_written(session: Session, finding: Finding, now: datetime) -> bool:
    """Whether the incident's log says this already, as its last word in this hour."""
    written = select(IncidentLogEntry.at, IncidentLogEntry.data).where(
        IncidentLogEntry.incident_id == finding.incident_id,
        IncidentLogEntry.action == LogAction.AUDIT_ALARM,
    )
    last = session.execute(written.order_by(IncidentLogEntry.seq.desc()).limit(1)).first()
    if last is None or _hour(last.at) != _hour(now):
        return False
    return bool(last.data["finding"] == finding.what)


def _hour(at: datetime) -> int:
    return int(at.timestamp() // _SAID_AGAIN_AFTER.total_seconds())


def _look(session: Session, now: datetime) -> _Seen:
    tasks = session.scalars(select(CallTask).where(CallTask.state.in_(_OPEN_TASKS)))
    attempts = (
        select(CallAttempt.task_id, CallAttempt.id, CallAttempt.state)
        .join(CallTask, CallTask.id == CallAttempt.task_id)
        .where(CallTask.state == TaskState.ASSIGNED)
    )
    made = session.execute(attempts).all()
    return _Seen(
        tasks={task.incident_id: task for task in tasks},
        dialled={row.task_id for row in made},
        dials={row.task_id: (row.id, row.state) for row in made if row.state in UNSETTLED},
        armed=_armed(session, [str(kind) for kind in _KINDS], now),
    )


def _armed(
    session: Session, kinds: Sequence[str], now: datetime, subject: str | None = None
) -> set[tuple[str, str]]:
    """Deadlines to come of these kinds; of one subject, where it is named."""
    armed = select(Timer.kind, Timer.subject).where(
        Timer.kind.in_(kinds), Timer.fired_at.is_(None), Timer.due_at > now - OVERDUE
    )
    if subject is not None:
        armed = armed.where(Timer.subject == subject)
    return {(row.kind, row.subject) for row in session.execute(armed)}


def _what_is_wrong(session: Session, seen: _Seen, incident: Incident, now: datetime) -> str | None:
    task = seen.tasks.get(incident.id)
    state = incident.state
    if state in (IncidentState.CALLING_GUEST, IncidentState.CALLING_HOST):
        return _wrong_with_calling(session, seen, incident, task)
    if task is not None:
        return f"{state} with an open call task"
    if state == IncidentState.FOLLOWING_UP:
        if seen.is_armed([Deadline.FOLLOW_UP_OVER], incident.id):
            return None
        return "following up without a deadline"
    if seen.is_armed([Deadline.PRACTICE_STEP], incident.id):
        return None
    return None if _noise_moves(session, seen, incident, now) else "watching without a deadline"


def _wrong_with_calling(
    session: Session, seen: _Seen, incident: Incident, task: CallTask | None
) -> str | None:
    if task is not None:
        return _wrong_with_task(seen, task)
    if seen.is_armed([Deadline.NOBODY_GIVE_UP], f"incident:{incident.id}"):
        return None
    if leader_of(session, incident) is not None:
        return None  # the leader is looked at itself
    if seen.is_armed([Deadline.LEADER_LEFT], incident.led_by_id):
        return None
    return "calling without work or deadline"


def _wrong_with_task(seen: _Seen, task: CallTask) -> str | None:
    """Each state of a task has one deadline that moves it on by itself."""
    if task.state == TaskState.ASSIGNED and task.id in seen.dialled:
        if task.id not in seen.dials:
            return "a call that has ended without a wrap-up"
        attempt_id, state = seen.dials[task.id]
        if seen.is_armed(_DIAL_DEADLINES, attempt_id):
            return None
        return f"a dial that is {state} without a deadline"
    if seen.is_armed([_MOVED_ON_BY[TaskState(task.state)]], task.id):
        return None
    return f"a call task that is {task.state} without a deadline"


def _noise_moves(session: Session, seen: _Seen, incident: Incident, now: datetime) -> bool:
    if incident.breach_id is not None and seen.is_armed(_OF_BREACHES, incident.breach_id):
        return True
    noise = session.get(PropertyNoise, incident.property_id)
    if noise is None or noise.breach_id is None:
        return False
    return bool(_armed(session, ["noise_tick"], now, str(incident.property_id)))
