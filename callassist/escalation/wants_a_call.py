"""Somebody phoned back and asked for a person: first in the queue, as often as they ask, once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.call_task import Party, TaskState
from callassist.domain.incident import IncidentState
from callassist.domain.log_action import LogAction
from callassist.escalation.context import Escalation, cadence_of
from callassist.escalation.joined import counted_attempts, leader_of
from callassist.escalation.locks import lock_incident
from callassist.escalation.moves import state_of
from callassist.escalation.requesting import request_call
from callassist.escalation.tasks import arm_waiting, cancel_task, open_task, queue_task
from callassist.models import CallTask, HostContact, Incident, IncomingCall


def queue_for_a_person(session: Session, ctx: Escalation, row: IncomingCall, now: datetime) -> bool:
    """Have the caller phoned next, on the phone they called from; False when nobody would.

    What the guest asked for by phoning back is no further attempt and lifts the five minutes
    between two dials (DESIGN 3.3); a task that somebody has in hand already is marked for them.
    """
    assert row.incident_id is not None
    incident = lock_incident(session, row.incident_id)
    task = task_for(session, ctx, incident, row, now)
    if task is None:
        return False
    is_new = task.phoned_back_at is None
    task.phoned_back_at, task.guest_asked = now, True
    if row.host_contact_id is not None:
        contact = session.get(HostContact, row.host_contact_id)
        if contact is not None:  # else taken away while they listened to the menu
            task.contact_position = contact.position
    if row.party == Party.GUEST:
        session.get_one(Incident, task.incident_id).held_until = None
    if task.state == TaskState.PENDING and task.available_at > now:
        task.available_at = now
        arm_waiting(session, ctx, task, now)
    if is_new:
        data = {"answer": "call_me", "via": "phone"}
        incident_log.append(session, incident.id, LogAction.GUEST_ANSWERED, data, now=now)
    return True


def task_for(
    session: Session, ctx: Escalation, incident: Incident, row: IncomingCall, now: datetime
) -> CallTask | None:
    """The open task in which this caller is phoned, made if need be; None when nobody would."""
    if row.party == Party.GUEST and state_of(incident) is IncidentState.WATCHING:
        request_call(session, ctx, incident, "guest_asked", now=now)
        session.flush()
    leader = leader_of(session, incident)
    held = incident if leader is None else lock_incident(session, leader.id)
    task = open_task(session, held.id)
    if task is not None and task.party == row.party:
        return task
    if row.party != Party.GUEST or state_of(incident) is not IncidentState.CALLING_HOST:
        return None
    return _guest_before_host(session, ctx, incident, task, now)


def _guest_before_host(
    session: Session, ctx: Escalation, incident: Incident, task: CallTask | None, now: datetime
) -> CallTask | None:
    """The host was to be phoned because the guest could not be; here the guest is after all."""
    if task is None or task.state != TaskState.PENDING:
        return None
    made, most = counted_attempts(session, incident), cadence_of(incident).attempts
    cancel_task(session, incident, task, "guest_phones_back", now=now)
    session.flush()
    return queue_task(
        session,
        ctx,
        incident,
        Party.GUEST,
        attempt_number=min(made + 1, most),
        available_at=now,
        now=now,
        continuation=made >= most,  # uncounted: there are three counted attempts at most
        guest_asked=True,
    )
