"""The call is requested: guest or host, at once, and the host is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.call_task import Party
from callassist.domain.incident import IncidentEvent
from callassist.domain.log_action import LogAction
from callassist.domain.message_kind import MessageKind
from callassist.escalation.choosing import guest_target
from callassist.escalation.context import Escalation
from callassist.escalation.guest_calls import call_guest
from callassist.escalation.host_calls import phone_host
from callassist.escalation.moves import move_incident
from callassist.escalation.policy import HostReason, PhoneHost
from callassist.escalation.telling import tell_host
from callassist.models import Breach, Incident, Property


def request_call(
    session: Session, ctx: Escalation, incident: Incident, why: str, *, now: datetime
) -> None:
    """Leave watching: phone the guest, or the host when the guest cannot or must not be phoned.

    In shadow mode it is only written down that we would have, once, and watching goes on.
    """
    if incident.shadow and incident.call_requested_at is not None:
        return
    incident.call_requested_at = now
    reason = _why_host(session, incident, now)
    party = Party.GUEST if reason is None else Party.HOST
    minutes = noise_minutes(session, incident, now)
    incident_log.append(
        session,
        incident.id,
        LogAction.CALL_REQUESTED,
        {
            "party": str(party),
            "reason": why,
            "minutes": minutes,
            "stay_id": incident.stay_id,
        },
        now=now,
    )
    if incident.shadow:
        return
    tell_host(
        session,
        incident,
        MessageKind.CALL_REQUESTED,
        now=now,
        minutes=minutes,
        party=str(party),
        **({"reason": str(reason)} if reason else {"why": why}),
    )
    if reason is not None:
        phone_host(session, ctx, incident, PhoneHost(reason), now=now)
        return
    move_incident(session, incident, IncidentEvent.CALL_GUEST, now=now)
    call_guest(session, ctx, incident, now=now)


def noise_minutes(session: Session, incident: Incident, now: datetime) -> int | None:
    """Whole minutes of measured noise so far; None without a breach."""
    if incident.breach_id is None:
        return None
    breach = session.get_one(Breach, incident.breach_id)
    span = (breach.ended_at or now) - breach.began_at
    return int(span.total_seconds() // 60)


def _why_host(session: Session, incident: Incident, now: datetime) -> HostReason | None:
    home = session.get_one(Property, incident.property_id)
    if home.host_only and not incident.practice:
        return HostReason.HOST_ONLY
    target = guest_target(session, incident, now)
    return target if isinstance(target, HostReason) else None
