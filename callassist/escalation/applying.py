"""Carrying out what a saved result decided: one move, its tasks, its messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import roster, timers
from callassist.domain.call_task import Party
from callassist.domain.dial import DialMode
from callassist.domain.incident import IncidentEvent, IncidentState
from callassist.domain.message_kind import MessageKind
from callassist.escalation.choosing import host_contacts
from callassist.escalation.closing import calling_ended, close
from callassist.escalation.context import Escalation, policy_of
from callassist.escalation.deadlines import Deadline
from callassist.escalation.moves import move_incident, state_of
from callassist.escalation.policy import (
    CallAgain,
    CallHostAgain,
    CloseQuiet,
    GuestDecision,
    HostDecision,
    HostReason,
    NobodyReached,
    PhoneHost,
    Reached,
)
from callassist.escalation.tasks import cancel_task, queue_task
from callassist.escalation.telling import needs_you, page_supervisor, tell_host
from callassist.models import CallTask, HostContact, Incident

_NEEDS_YOU = {
    HostReason.REFUSED: "guest_refused",
    HostReason.EMERGENCY: "emergency",
}
_PAGES = {
    HostReason.EMERGENCY: "emergency",
    HostReason.OUR_FAULT: "dialling_fails",
}


def apply_guest(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    decision: GuestDecision,
    *,
    now: datetime,
) -> None:
    """Do what follows the result of a guest task."""
    if isinstance(decision, Reached):
        reached(session, incident, Party.GUEST, now=now)
    elif isinstance(decision, CloseQuiet):
        close(session, incident, IncidentEvent.NOISE_ENDED, now=now)
    elif isinstance(decision, CallAgain):
        _call_again(session, ctx, incident, task, decision, now)
    elif decision.reason is HostReason.ATTEMPTS_USED and _phoned_back_since(task):
        # they phoned while we rang them for the last time, and were promised a call
        once_more = CallAgain(attempt_number=task.attempt_number, available_at=now)
        _call_again(session, ctx, incident, task, once_more, now)
    else:
        if decision.guest_was_reached:
            _note_contact(incident, Party.GUEST, now)
            tell_host(session, incident, MessageKind.GUEST_REACHED, now=now)
        phone_host(session, ctx, incident, decision, now=now)


def apply_host(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    decision: HostDecision,
    *,
    now: datetime,
) -> None:
    """Do what follows the result of a host task."""
    if isinstance(decision, Reached):
        reached(session, incident, Party.HOST, now=now)
    elif isinstance(decision, CloseQuiet):
        close(session, incident, IncidentEvent.NOISE_ENDED, now=now)
    elif isinstance(decision, NobodyReached):
        host_exhausted(session, incident, now=now)
    else:
        _call_host_again(session, ctx, incident, decision, now)


def reached(session: Session, incident: Incident, party: Party, *, now: datetime) -> None:
    """Somebody was spoken to: follow up until it is quiet or the follow-up is over."""
    _note_contact(incident, party, now)
    event = IncidentEvent.GUEST_REACHED
    if party is Party.HOST:
        event = IncidentEvent.HOST_REACHED
    move_incident(session, incident, event, now=now)
    calling_ended(session, incident, now)
    _arm_follow_up(session, incident, now)
    if party is Party.GUEST:
        tell_host(session, incident, MessageKind.GUEST_REACHED, now=now)


def phone_host(
    session: Session, ctx: Escalation, incident: Incident, decision: PhoneHost, *, now: datetime
) -> None:
    """Move to calling the host, tell why, and queue the first contact."""
    if state_of(incident) is not IncidentState.CALLING_HOST:  # a guest may phone back meanwhile
        move_incident(session, incident, IncidentEvent.CALL_HOST, now=now)
    # trouble on the way to the guest must not cost the host's dials their repeats
    incident.cancel_redials = incident.provider_errors = 0
    reason = decision.reason
    if incident.first_contact is None:
        tell_host(session, incident, MessageKind.GUEST_NOT_REACHED, now=now, reason=str(reason))
    if reason in _NEEDS_YOU:
        needs_you(session, incident, _NEEDS_YOU[reason], now=now)
    if reason in _PAGES:
        page_supervisor(session, incident, _PAGES[reason], now=now)
    contacts = host_contacts(session, incident)
    if contacts:
        _queue_host(session, ctx, incident, contacts[0], dial=1, available_at=now, now=now)
    else:
        needs_you(session, incident, "no_host_contact", now=now)
        # nothing to dial: the next move closes it in a transaction of its own
        timers.arm(session, Deadline.NOBODY_GIVE_UP, f"incident:{incident.id}", now, now=now)


def phone_host_instead(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    reason: HostReason,
    *,
    now: datetime,
) -> None:
    """Drop the guest's task and phone the host: the guest cannot or must not be called."""
    cancel_task(session, incident, task, str(reason), now=now)
    phone_host(session, ctx, incident, PhoneHost(reason), now=now)


def next_contact_or_end(
    session: Session, ctx: Escalation, incident: Incident, task: CallTask, *, now: datetime
) -> None:
    """The host contact of this task is gone and no later one is left: nobody was reached."""
    cancel_task(session, incident, task, "no_host_contact", now=now)
    host_exhausted(session, incident, now=now)


def host_exhausted(session: Session, incident: Incident, *, now: datetime) -> None:
    """Every contact was tried: told on every channel; after a talk with the guest, follow up."""
    needs_you(session, incident, "nobody_reached", now=now)
    if incident.first_contact is not None:
        event = IncidentEvent.GUEST_REACHED
        if incident.first_contact == Party.HOST:
            event = IncidentEvent.HOST_REACHED
        move_incident(session, incident, event, now=now)
        calling_ended(session, incident, now)
        _arm_follow_up(session, incident, now)
    else:
        close(session, incident, IncidentEvent.HOST_EXHAUSTED, now=now)


def is_calling(incident: Incident) -> bool:
    """Whether guest or host is being phoned."""
    return state_of(incident) in (IncidentState.CALLING_GUEST, IncidentState.CALLING_HOST)


def _note_contact(incident: Incident, party: Party, now: datetime) -> None:
    incident.latest_contact_at = now
    if incident.first_contact is None:
        incident.first_contact = str(party)
        incident.contact_at = now


def _arm_follow_up(session: Session, incident: Incident, now: datetime) -> None:
    policy = policy_of(incident)
    if incident.noise_ended_at is not None:
        # the breach ended during the call: close in a transaction of its own
        timers.arm(session, Deadline.FOLLOW_UP_OVER, incident.id, now, now=now)
        return
    contact = incident.latest_contact_at or now
    still = contact + policy.still_loud_after
    over = contact + policy.follow_up_after
    if incident.breach_id is not None:
        timers.arm(session, Deadline.STILL_LOUD, incident.id, still, now=now)
    timers.arm(session, Deadline.FOLLOW_UP_OVER, incident.id, over, now=now)


def _call_again(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    decision: CallAgain,
    now: datetime,
) -> None:
    if decision.language is not None:
        incident.language = decision.language
    if decision.continuation:
        incident.continuation_used = True
    waits = _phoned_back_since(task)
    again = queue_task(
        session,
        ctx,
        incident,
        Party.GUEST,
        attempt_number=decision.attempt_number,
        available_at=now if waits else decision.available_at,
        now=now,
        preferred_operator_id=task.operator_id if decision.same_operator else None,
        continuation=decision.continuation,
        guest_asked=decision.guest_asked or waits,
    )
    again.phoned_back_at = task.phoned_back_at if waits else None


def _phoned_back_since(task: CallTask) -> bool:
    """Whether the guest asked for a call by phone after this task's own dial was asked for."""
    asked = [one.requested_at for one in task.attempts if one.mode != DialMode.PHONED_BACK]
    return task.phoned_back_at is not None and bool(asked) and max(asked) < task.phoned_back_at


def _call_host_again(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    decision: CallHostAgain,
    now: datetime,
) -> None:
    contact = next(
        (
            each
            for each in host_contacts(session, incident)
            if each.position >= decision.contact_position
        ),
        None,
    )
    if contact is None:  # removed or flagged while it was being dialled
        host_exhausted(session, incident, now=now)
        return
    _queue_host(
        session,
        ctx,
        incident,
        contact,
        dial=decision.dial if contact.position == decision.contact_position else 1,
        available_at=decision.available_at,
        now=now,
    )


def _queue_host(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    contact: HostContact,
    *,
    dial: int,
    available_at: datetime,
    now: datetime,
) -> None:
    queue_task(
        session,
        ctx,
        incident,
        Party.HOST,
        attempt_number=dial,
        available_at=available_at,
        now=now,
        language=_host_language(session, incident, contact, now),
        contact_position=contact.position,
    )


def _host_language(
    session: Session, incident: Incident, contact: HostContact, now: datetime
) -> str:
    desk = roster.desk_for(session, incident.account_id, now)
    offered = desk.languages if desk else ["en"]
    return next((each for each in contact.languages if each in offered), "en")
