"""Distrusts the engine: every open incident has a future deadline or a person at work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.call_task import TaskState
from callassist.domain.incident import IncidentState
from callassist.domain.log_action import LogAction
from callassist.escalation.deadlines import Deadline
from callassist.escalation.joined import leader_of
from callassist.escalation.tasks import open_task, unsettled_attempt
from callassist.escalation.telling import page_supervisor
from callassist.models import CallTask, Incident, PropertyNoise, Timer

_MOVED_ON_BY = {
    TaskState.PENDING: Deadline.NOBODY_GIVE_UP,
    TaskState.OFFERED: Deadline.OFFER_EXPIRED,
    TaskState.ASSIGNED: Deadline.ASSIGNED_IDLE,
    TaskState.WRAPPING_UP: Deadline.WRAP_UP_CLOSED,
}
_DIAL_DEADLINES = [Deadline.ATTEMPT_DOUBT, Deadline.ATTEMPT_POLL]
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
    task = open_task(session, incident.id)
    state = incident.state
    if state in (IncidentState.CALLING_GUEST, IncidentState.CALLING_HOST):
        return _wrong_with_calling(session, incident, task, now)
    if task is not None:
        return f"{state} with an open call task"
    if state == IncidentState.FOLLOWING_UP:
        if _armed(session, [Deadline.FOLLOW_UP_OVER], str(incident.id), now):
            return None
        return "following up without a deadline"
    if _armed(session, [Deadline.PRACTICE_STEP], str(incident.id), now):
        return None
    return None if _noise_moves(session, incident, now) else "watching without a deadline"


def _wrong_with_calling(
    session: Session, incident: Incident, task: CallTask | None, now: datetime
) -> str | None:
    if task is not None:
        return _wrong_with_task(session, task, now)
    if _armed(session, [Deadline.NOBODY_GIVE_UP], f"incident:{incident.id}", now):
        return None
    if leader_of(session, incident) is not None:
        return None  # the leader is looked at itself
    if _armed(session, [Deadline.LEADER_LEFT], str(incident.led_by_id), now):
        return None
    return "calling without work or deadline"


def _wrong_with_task(session: Session, task: CallTask, now: datetime) -> str | None:
    """Each state of a task has one deadline that moves it on by itself."""
    needed = _MOVED_ON_BY[TaskState(task.state)]
    if task.state == TaskState.ASSIGNED and task.attempts:
        attempt = unsettled_attempt(session, task.id)
        if attempt is None:
            return "a call that has ended without a wrap-up"
        if _armed(session, _DIAL_DEADLINES, str(attempt.id), now):
            return None
        return f"a dial that is {attempt.state} without a deadline"
    if _armed(session, [needed], str(task.id), now):
        return None
    return f"a call task that is {task.state} without a deadline"


def _noise_moves(session: Session, incident: Incident, now: datetime) -> bool:
    kinds = [each for each in Deadline if each.startswith("breach_")]
    if incident.breach_id is not None and _armed(session, kinds, str(incident.breach_id), now):
        return True
    noise = session.get(PropertyNoise, incident.property_id)
    if noise is None or noise.breach_id is None:
        return False
    return _armed(session, ["noise_tick"], str(incident.property_id), now)


def _armed(session: Session, kinds: Sequence[str], subject: str, now: datetime) -> bool:
    found = session.scalar(
        select(Timer.id)
        .where(
            Timer.kind.in_([str(kind) for kind in kinds]),
            Timer.subject == subject,
            Timer.fired_at.is_(None),
            Timer.due_at > now - OVERDUE,
        )
        .limit(1)
    )
    return found is not None
