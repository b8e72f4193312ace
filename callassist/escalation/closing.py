"""Closing an incident: resolution, messages, report, and when the home may open another."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callassist import incident_log, outbox, timers
from callassist.domain.dial import DialState
from callassist.domain.incident import IncidentEvent, IncidentState, Resolution
from callassist.domain.log_action import LogAction
from callassist.domain.message_kind import MessageKind
from callassist.escalation.context import policy_of
from callassist.escalation.deadlines import FOLLOW_UP_DEADLINES, Deadline
from callassist.escalation.moves import move_incident, state_of
from callassist.escalation.tasks import (
    cancel_task,
    open_task,
    request_hang_up,
    unsettled_attempt,
)
from callassist.escalation.telling import tell_host
from callassist.models import Breach, CallTask, Incident

NOT_BEFORE_REARM = frozenset(
    {Resolution.NOBODY_REACHED, Resolution.HOST_TOOK_OVER, Resolution.CANCELLED}
)
_CONTACT_RESOLUTIONS = {"guest": Resolution.GUEST_REACHED, "host": Resolution.HOST_REACHED}


def work_in_hand(session: Session, task: CallTask | None) -> bool:
    """Whether a dial of the task is live or in doubt, or its wrap-up is open."""
    if task is None:
        return False
    if task.state == "wrapping_up":
        return True
    attempt = unsettled_attempt(session, task.id)
    return attempt is not None and attempt.state != DialState.WAITING


def close(session: Session, incident: Incident, event: IncidentEvent, *, now: datetime) -> None:
    """Move to closed, drop all work and deadlines, tell the host, ask for the report."""
    called = incident.call_requested_at is not None
    was_calling = state_of(incident) in (IncidentState.CALLING_GUEST, IncidentState.CALLING_HOST)
    _drop_work(session, incident, str(event), now)
    made = move_incident(session, incident, event, now=now)
    resolution = made.resolution or Resolution.GUEST_REACHED
    contact = _CONTACT_RESOLUTIONS.get(incident.first_contact or "")
    if contact and (made.resolution is None or made.resolution is Resolution.WENT_QUIET):
        resolution = contact
    incident.resolution = str(resolution)
    incident.closed_at = now
    if was_calling:
        incident.calling_ended_at = now
    minutes = minutes_to_quiet(incident)
    incident_log.append(
        session,
        incident.id,
        LogAction.INCIDENT_CLOSED,
        {"resolution": str(resolution), "minutes_to_quiet": minutes},
        now=now,
    )
    if called and was_calling:
        _ask_report(session, incident, "calling_ended", now)
    _ask_report(session, incident, "closed", now)
    if called and resolution is Resolution.WENT_QUIET:
        tell_host(session, incident, MessageKind.WENT_QUIET, now=now)
    _arm_next(session, incident, resolution, now)


def _arm_next(session: Session, incident: Incident, resolution: Resolution, now: datetime) -> None:
    """When noise that still runs may open another incident for this home."""
    if incident.practice or incident.shadow:
        return  # nobody was called about this noise
    policy = policy_of(incident)
    due: datetime | None = None
    if resolution in NOT_BEFORE_REARM or resolution is Resolution.MISSED:
        due = now + policy.rearm_after
    elif incident.latest_contact_at is not None and incident.noise_ended_at is None:
        due = incident.latest_contact_at + policy.repeat_after  # past: tells how late we are
    if due is not None:
        timers.arm(session, Deadline.REARM_DUE, incident.property_id, due, now=now)


def calling_ended(session: Session, incident: Incident, now: datetime) -> None:
    """Note that nobody is phoned any more and ask for the report's first version."""
    if incident.calling_ended_at is None:
        incident.calling_ended_at = now
        _ask_report(session, incident, "calling_ended", now)


def minutes_to_quiet(incident: Incident) -> int | None:
    """Whole minutes from the first contact to the end of the noise; None if unknown."""
    if incident.contact_at is None or incident.noise_ended_at is None:
        return None
    span = max(incident.noise_ended_at - incident.contact_at, timedelta())
    return round(span.total_seconds() / 60)


def note_noise_end(session: Session, incident: Incident) -> bool:
    """Copy the breach's calm end onto the incident; False while it runs or is unknown."""
    if incident.breach_id is None:
        return False
    breach = session.get(Breach, incident.breach_id, populate_existing=True)
    if breach is None or breach.ended_at is None or breach.end_reason != "calm":
        return False
    incident.noise_ended_at = breach.ended_at
    return True


def _ask_report(session: Session, incident: Incident, reason: str, now: datetime) -> None:
    if incident.shadow:
        return  # what would have been done is listed, not reported
    outbox.put(
        session,
        "report",
        f"{incident.public_id}:{reason}",
        {"incident_id": incident.id, "reason": reason},
        now=now,
    )


def _drop_work(session: Session, incident: Incident, reason: str, now: datetime) -> None:
    task = open_task(session, incident.id)
    if task is not None:
        attempt = unsettled_attempt(session, task.id)
        if attempt is not None:
            request_hang_up(session, attempt, now)
        cancel_task(session, incident, task, reason, now=now)
    timers.disarm_all(session, FOLLOW_UP_DEADLINES, incident.id)
