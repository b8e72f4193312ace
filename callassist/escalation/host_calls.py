"""Calls to the host: why they begin, contact after contact, until nobody is left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import roster, timers
from callassist.domain.call_task import Party
from callassist.domain.incident import IncidentEvent, IncidentState
from callassist.domain.message_kind import MessageKind
from callassist.escalation.choosing import host_contacts
from callassist.escalation.closing import close
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.moves import move_incident, state_of
from callassist.escalation.policy import CallHostAgain, HostReason, PhoneHost
from callassist.escalation.reaching import begin_follow_up
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


def call_host_again(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    decision: CallHostAgain,
    now: datetime,
) -> None:
    """Dial the contact that was decided on, or the next one that is left."""
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


def host_exhausted(session: Session, incident: Incident, *, now: datetime) -> None:
    """Every contact was tried: told on every channel; after a talk with the guest, follow up."""
    needs_you(session, incident, "nobody_reached", now=now)
    if incident.first_contact is not None:
        begin_follow_up(session, incident, Party(incident.first_contact), now)
    else:
        close(session, incident, IncidentEvent.HOST_EXHAUSTED, now=now)


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
