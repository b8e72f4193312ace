"""The guest is to be called: in a task of its own, or in that of an incident with the same number.

What becomes of a shared call is applied to each home that it was made for.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import timers
from callassist.domain.call_task import Party
from callassist.domain.incident import IncidentEvent, IncidentState, Resolution
from callassist.domain.results import Result
from callassist.escalation.applying import apply_guest
from callassist.escalation.choosing import free_from, guest_target
from callassist.escalation.closing import close, note_noise_end
from callassist.escalation.context import Escalation, cadence_of
from callassist.escalation.deadlines import Deadline
from callassist.escalation.flagging import flag_and_stop_joined
from callassist.escalation.host_calls import phone_host
from callassist.escalation.joined import counted_attempts, followers, leader_for, left_behind
from callassist.escalation.locks import lock_incident
from callassist.escalation.moves import state_of
from callassist.escalation.policy import GuestDecision, HostReason, PhoneHost, Reached
from callassist.escalation.tasks import queue_task
from callassist.escalation.telling import needs_you
from callassist.escalation.zombies import is_heard_lately
from callassist.models import Breach, CallAttempt, CallTask, Incident


def call_guest(session: Session, ctx: Escalation, incident: Incident, *, now: datetime) -> None:
    """Have the guest of an incident in `calling_guest` phoned: joined to a call, or in its own.

    Phones the host instead when the guest cannot be phoned, or was phoned three times already.
    """
    target = guest_target(session, incident, now)
    counted = counted_attempts(session, incident)
    if isinstance(target, HostReason):
        phone_host(session, ctx, incident, PhoneHost(target), now=now)
        return
    if counted >= cadence_of(incident).attempts:
        phone_host(session, ctx, incident, PhoneHost(HostReason.ATTEMPTS_USED), now=now)
        return
    leader = leader_for(session, incident, target, now)
    if leader is not None:
        incident.led_by_id = leader.id
        incident.desk_id = leader.desk_id
        return
    due = max(now, incident.held_until or now)  # "we'll turn it down" holds dialling
    if counted:
        gap = cadence_of(incident).attempt_gap
        due = max(due, free_from(session, target.number_index, gap, now) or now)
    queue_task(
        session, ctx, incident, Party.GUEST, attempt_number=counted + 1, available_at=due, now=now
    )


def apply_to_joined(
    session: Session,
    ctx: Escalation,
    leader: Incident,
    joined: list[Incident],
    task: CallTask,
    attempt: CallAttempt,
    result: Result,
    decision: GuestDecision,
    *,
    now: datetime,
) -> None:
    """What a saved result means for the homes that joined the call before it was dialled.

    Homes that joined later were not spoken about: they are called about on their own.
    """
    for each in joined:
        if each.call_requested_at is None or each.call_requested_at > attempt.requested_at:
            continue
        flag_and_stop_joined(session, each, attempt, result, now)
        if _is_for_all(decision):
            lock_incident(session, each.id)
            note_noise_end(session, each)
            apply_guest(session, ctx, each, task, decision, now=now)
    if joined:
        timers.arm(session, Deadline.LEADER_LEFT, leader.id, now, now=now)


def nobody_took_it(session: Session, ctx: Escalation, leader: Incident, *, now: datetime) -> None:
    """The shared task waited for half an hour: the host of each home is phoned."""
    for each in [leader, *followers(session, leader)]:
        reason = PhoneHost(HostReason.NOBODY_TOOK_IT)
        phone_host(session, ctx, lock_incident(session, each.id), reason, now=now)


def on_leader_left(session: Session, ctx: Escalation, leader_id: int, now: datetime) -> None:
    """A leader closed, phones its host, or has another number: whoever it led goes on without it.

    Running twice is safe: those that were seen to have a task or a leader who calls for them.
    """
    leader = lock_incident(session, leader_id)
    for each in left_behind(session, leader):
        incident = lock_incident(session, each.id)
        if leader.resolution == Resolution.MISSED and not _is_heard(session, ctx, incident, now):
            close(session, incident, IncidentEvent.MISS, now=now)
            needs_you(session, incident, "missed", now=now)
        elif not _still_fits(session, leader, incident, now):
            call_guest(session, ctx, incident, now=now)
            session.flush()


def _is_for_all(decision: GuestDecision) -> bool:
    if isinstance(decision, Reached):
        return True
    return isinstance(decision, PhoneHost) and decision.reason is not HostReason.NO_NUMBER


def _still_fits(session: Session, leader: Incident, incident: Incident, now: datetime) -> bool:
    if state_of(leader) is not IncidentState.CALLING_GUEST:
        return False
    target = guest_target(session, incident, now)
    if isinstance(target, HostReason):
        return False
    found = leader_for(session, incident, target, now)
    return found is not None and found.id == leader.id


def _is_heard(session: Session, ctx: Escalation, incident: Incident, now: datetime) -> bool:
    breach = session.get(Breach, incident.breach_id) if incident.breach_id else None
    return is_heard_lately(ctx, breach, now)
