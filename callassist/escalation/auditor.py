"""Distrusts the engine: every open incident has a future deadline or a person at work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.call_task import OPEN_TASK_STATES, TaskState
from callassist.domain.incident import IncidentState
from callassist.domain.log_action import LogAction
from callassist.escalation.deadlines import FOLLOW_UP_DEADLINES, TASK_DEADLINES, Deadline
from callassist.escalation.telling import page_supervisor
from callassist.models import CallTask, Incident, PropertyNoise, Timer

OVERDUE = timedelta(minutes=2)  # a deadline this late is as good as none
_SAID_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Finding:
    """An open incident for which nothing will ever happen by itself."""

    incident_id: int
    reference: str
    what: str


def audit(session: Session, now: datetime) -> list[Finding]:
    """Incidents without a future deadline or a person at work; reads only."""
    findings = []
    for incident in session.scalars(select(Incident).where(Incident.closed_at.is_(None))):
        what = _what_is_wrong(session, incident, now)
        if what is not None:
            findings.append(Finding(incident.id, incident.reference, what))
    return findings


def alarm(session: Session, findings: list[Finding], now: datetime) -> None:
    """Write each finding down and page, at most once an hour for one incident."""
    hour = int(now.timestamp() // _SAID_AGAIN_AFTER.total_seconds())
    for finding in findings:
        incident = session.get_one(Incident, finding.incident_id)
        data = {"finding": finding.what}
        incident_log.append(session, incident.id, LogAction.AUDIT_ALARM, data, now=now)
        page_supervisor(session, incident, "audit_alarm", now=now, once_per=str(hour))


def _what_is_wrong(session: Session, incident: Incident, now: datetime) -> str | None:
    task = session.scalar(
        select(CallTask).where(
            CallTask.incident_id == incident.id,
            CallTask.state.in_([str(each) for each in OPEN_TASK_STATES]),
        )
    )
    if task is not None and _task_moves(session, task, now):
        return None
    state = incident.state
    if state == IncidentState.FOLLOWING_UP:
        if _armed(session, [str(each) for each in FOLLOW_UP_DEADLINES], str(incident.id), now):
            return None
        return "following up without a deadline"
    if state == IncidentState.WATCHING:
        return None if _noise_moves(session, incident, now) else "watching without a deadline"
    own = f"incident:{incident.id}"
    if _armed(session, [str(Deadline.NOBODY_GIVE_UP)], own, now):
        return None
    return "calling without work or deadline"


def _task_moves(session: Session, task: CallTask, now: datetime) -> bool:
    if task.state in (TaskState.ASSIGNED, TaskState.WRAPPING_UP) and task.attempts:
        return True
    return _armed(session, [str(each) for each in TASK_DEADLINES], str(task.id), now)


def _noise_moves(session: Session, incident: Incident, now: datetime) -> bool:
    kinds = [str(each) for each in Deadline if each.startswith("breach_")]
    if incident.breach_id is not None and _armed(session, kinds, str(incident.breach_id), now):
        return True
    noise = session.get(PropertyNoise, incident.property_id)
    if noise is None or noise.breach_id is None:
        return False
    return _armed(session, ["noise_tick"], str(incident.property_id), now)


def _armed(session: Session, kinds: list[str], subject: str, now: datetime) -> bool:
    found = session.scalar(
        select(Timer.id)
        .where(
            Timer.kind.in_(kinds),
            Timer.subject == subject,
            Timer.fired_at.is_(None),
            Timer.due_at > now - OVERDUE,
        )
        .limit(1)
    )
    return found is not None
