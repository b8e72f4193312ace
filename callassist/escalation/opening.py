"""Opening an incident: by noise, as a repeat, or by hand; and why none may open now."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist import incident_log, stays
from callassist.domain.incident import IncidentState, Resolution
from callassist.domain.log_action import LogAction
from callassist.domain.message_kind import MessageKind
from callassist.domain.policy import EscalationPolicy
from callassist.errors import Conflict, InvalidInput
from callassist.escalation.closing import NOT_BEFORE_REARM
from callassist.escalation.context import Escalation, policy_of
from callassist.escalation.ladder import arm_ladder
from callassist.escalation.moves import state_of
from callassist.escalation.new_incident import OpenedBy, new_incident
from callassist.escalation.requesting import request_call
from callassist.escalation.telling import tell_host
from callassist.models import Breach, Incident, Property

_CONTACT = (str(Resolution.GUEST_REACHED), str(Resolution.HOST_REACHED))
_OLDEST_COMPLAINT = timedelta(days=1)
_NOON = timedelta(hours=12)  # a night runs from noon to noon, property time


class Refusal(StrEnum):
    """Why noise opens no incident now."""

    PAUSED = "paused"
    OPEN_ALREADY = "open_already"
    TOO_EARLY = "too_early"  # not before 60 min after the last one without contact
    NIGHT_IS_FULL = "night_is_full"  # three calls in this stay and night: the host alone is told


def open_for_noise(
    session: Session, ctx: Escalation, breach: Breach, by: OpenedBy, *, now: datetime
) -> Incident | Refusal:
    """Open an incident in `watching` for a running breach, unless something forbids it."""
    home = session.get_one(Property, breach.property_id, with_for_update=True)
    refusal = why_not(session, home, now)
    if refusal is not None:
        return refusal
    if tell_night_is_full(session, ctx, home, breach, now):
        return Refusal.NIGHT_IS_FULL
    policy = EscalationPolicy.from_dict(breach.policy)
    return _open(session, home, policy, breach, by, at=breach.began_at, now=now)


def open_by_hand(
    session: Session,
    ctx: Escalation,
    home: Property,
    by: OpenedBy,
    *,
    now: datetime,
    complaint: str | None = None,
    complaint_at: datetime | None = None,
) -> Incident:
    """ "A neighbour rang", "call now": attempt 1 is available at once, sensor or not.

    An incident that is still watching is called for at once. Raises Conflict when the home is
    being called about already or is in shadow mode, InvalidInput for a complaint in the future or
    more than a day back.
    """
    session.get_one(Property, home.id, with_for_update=True, populate_existing=True)
    if home.shadow_since is not None:
        raise Conflict(
            "this home is in shadow mode, so nothing leaves the house; end shadow mode first"
        )
    if complaint_at is not None and complaint_at > now + timedelta(minutes=5):
        raise InvalidInput("the complaint lies in the future; check its time", "complaint_at")
    if complaint_at is not None and complaint_at < now - _OLDEST_COMPLAINT:
        raise InvalidInput("the complaint is more than a day old; check its time", "complaint_at")
    incident = open_incident_of(session, home.id)
    if incident is not None and state_of(incident) is not IncidentState.WATCHING:
        raise Conflict(f"calls about this home are already running (incident {incident.reference})")
    if incident is None:
        breach = running_breach(session, home.id)
        policy = EscalationPolicy.from_dict(breach.policy) if breach else home_policy(home)
        incident = _open(session, home, policy, breach, by, at=complaint_at or now, now=now)
    incident.complaint = complaint
    incident.complaint_at = complaint_at
    request_call(session, ctx, incident, str(by), now=now)
    return incident


def why_not(session: Session, home: Property, now: datetime) -> Refusal | None:
    """Why noise may open no incident for this home now; None when it may."""
    if home.paused_until is not None and home.paused_until > now:
        return Refusal.PAUSED
    if open_incident_of(session, home.id) is not None:
        return Refusal.OPEN_ALREADY
    last = session.scalar(
        select(Incident)
        .where(
            Incident.property_id == home.id,
            Incident.closed_at.is_not(None),
            Incident.practice.is_(False),
            Incident.shadow == _is_shadow(home),
        )
        .order_by(Incident.closed_at.desc())
        .limit(1)
    )
    if last is not None and _too_early(last, now):
        return Refusal.TOO_EARLY
    return None


def tell_night_is_full(
    session: Session, ctx: Escalation, home: Property, breach: Breach, now: datetime
) -> bool:
    """Three calls in this stay and night already: the host alone is told, once per breach."""
    called = _called_tonight(session, home, now)
    if len(called) < ctx.settings.incidents_per_night:
        return False
    last = called[-1]
    tell_host(
        session,
        last,
        MessageKind.NEEDS_YOU,
        now=now,
        once_per=f"night_is_full:{breach.id}",
        reason="night_is_full",
    )
    return True


def open_incident_of(session: Session, property_id: int) -> Incident | None:
    """The home's open incident; there is at most one besides a practice alert."""
    return session.scalar(
        select(Incident).where(
            Incident.property_id == property_id,
            Incident.closed_at.is_(None),
            Incident.practice.is_(False),
        )
    )


def running_breach(session: Session, property_id: int) -> Breach | None:
    """The home's breach that has not ended."""
    return session.scalar(
        select(Breach)
        .where(Breach.property_id == property_id, Breach.ended_at.is_(None))
        .order_by(Breach.began_at.desc())
        .limit(1)
    )


def home_policy(home: Property) -> EscalationPolicy:
    """The policy that a new breach of this home would be stamped with."""
    if home.policy is None:
        return EscalationPolicy()
    return EscalationPolicy.from_dict(home.policy.rules)


def _open(
    session: Session,
    home: Property,
    policy: EscalationPolicy,
    breach: Breach | None,
    by: OpenedBy,
    *,
    at: datetime,
    now: datetime,
) -> Incident:
    before = _called_tonight(session, home, now)
    incident = new_incident(
        session,
        home,
        policy,
        by,
        at=at,
        now=now,
        stay=stays.staying_now(session, home.id, now),
        breach_id=breach.id if breach else None,
        repeat_of_id=before[-1].id if before else None,
        shadow=_is_shadow(home),
    )
    incident_log.append(
        session,
        incident.id,
        LogAction.INCIDENT_OPENED,
        {
            "by": str(by),
            "breach_id": incident.breach_id,
            "began_at": breach.began_at.isoformat() if breach else None,
            "stay_id": incident.stay_id,
            "repeat_of": incident.repeat_of_id,
        },
        now=now,
    )
    if breach is not None:
        arm_ladder(session, incident, breach, now)
    if by is OpenedBy.NOISE:
        tell_host(session, incident, MessageKind.NOISE_STARTED, now=now)
    return incident


def _is_shadow(home: Property) -> bool:
    return home.shadow_since is not None


def _too_early(last: Incident, now: datetime) -> bool:
    assert last.closed_at is not None
    policy = policy_of(last)
    if last.resolution in [str(each) for each in NOT_BEFORE_REARM]:
        return now < last.closed_at + policy.rearm_after
    if last.resolution in _CONTACT and last.noise_ended_at is None:
        contact = last.latest_contact_at or last.closed_at
        return now < contact + policy.repeat_after
    return False


def _called_tonight(session: Session, home: Property, now: datetime) -> list[Incident]:
    """This night's incidents of the same stay for which a call was requested, oldest first."""
    zone = ZoneInfo(home.timezone)
    local = (now.astimezone(zone) - _NOON).replace(hour=0, minute=0, second=0, microsecond=0)
    night_began = local + _NOON
    stay = stays.staying_now(session, home.id, now)
    query = (
        select(Incident)
        .where(
            Incident.property_id == home.id,
            Incident.call_requested_at.is_not(None),
            Incident.opened_at >= night_began,
            Incident.practice.is_(False),
            Incident.shadow == _is_shadow(home),
        )
        .order_by(Incident.opened_at)
    )
    if stay is not None:
        query = query.where(func.coalesce(Incident.stay_id, stay.id) == stay.id)
    return list(session.scalars(query))
