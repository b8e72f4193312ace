"""Somebody was spoken to: noted, told, and followed up until it is quiet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import timers
from callassist.domain.call_task import Party
from callassist.domain.incident import IncidentEvent
from callassist.domain.message_kind import MessageKind
from callassist.escalation.closing import calling_ended
from callassist.escalation.context import policy_of
from callassist.escalation.deadlines import Deadline
from callassist.escalation.moves import move_incident
from callassist.escalation.telling import tell_host
from callassist.models import Incident

_REACHED = {Party.GUEST: IncidentEvent.GUEST_REACHED, Party.HOST: IncidentEvent.HOST_REACHED}


def reached(session: Session, incident: Incident, party: Party, *, now: datetime) -> None:
    """Somebody was spoken to: follow up until it is quiet or the follow-up is over."""
    note_contact(incident, party, now)
    begin_follow_up(session, incident, party, now)
    if party is Party.GUEST:
        tell_host(session, incident, MessageKind.GUEST_REACHED, now=now)


def note_contact(incident: Incident, party: Party, now: datetime) -> None:
    """When somebody was spoken to last, and who was the first."""
    incident.latest_contact_at = now
    if incident.first_contact is None:
        incident.first_contact = str(party)
        incident.contact_at = now


def begin_follow_up(session: Session, incident: Incident, first: Party, now: datetime) -> None:
    """Nobody is called any more; what it closes as depends on who was spoken to."""
    move_incident(session, incident, _REACHED[first], now=now)
    calling_ended(session, incident, now)
    _arm_follow_up(session, incident, now)


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
