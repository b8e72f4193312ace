"""Several homes, one guest: incidents of an account with the same number share one call task.

The incident that called first leads; the others keep their own state and have no task. A led one
goes its own way as soon as its leader phones the guest no more (DESIGN 3.3).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from callassist.domain.call_task import Party
from callassist.domain.incident import IncidentState
from callassist.escalation.choosing import DialTarget, guest_target
from callassist.escalation.tasks import open_task
from callassist.incident_log import leaders_of
from callassist.models import CallAttempt, Incident, Stay, StayNumber

_LED = (
    select(Incident)
    .where(
        Incident.account_id == bindparam("account"),
        Incident.closed_at.is_(None),
        Incident.led_by_id == bindparam("leader"),
        Incident.state == IncidentState.CALLING_GUEST,
    )
    .order_by(Incident.id)
)


def incidents_of(session: Session, incident: Incident) -> list[Incident]:
    """The incidents that a guest task of `incident` is about: it, then those it leads."""
    return [incident, *followers(session, incident)]


def followers(session: Session, leader: Incident) -> list[Incident]:
    """The incidents led by this one now, oldest first."""
    if leader.state != IncidentState.CALLING_GUEST:
        return []
    return left_behind(session, leader)


def left_behind(session: Session, leader: Incident) -> list[Incident]:
    """Incidents that joined `leader` and still wait for a call, whatever became of it."""
    joined = session.scalars(_LED, {"account": leader.account_id, "leader": leader.id})
    return [each for each in joined if open_task(session, each.id) is None]


def leader_of(session: Session, incident: Incident) -> Incident | None:
    """The incident in whose tasks this one's calls are made now; None when in its own."""
    if incident.led_by_id is None or incident.state != IncidentState.CALLING_GUEST:
        return None
    if open_task(session, incident.id) is not None:
        return None
    leader = session.get_one(Incident, incident.led_by_id)
    return leader if leader.state == IncidentState.CALLING_GUEST else None


def leader_for(
    session: Session, incident: Incident, target: DialTarget, now: datetime
) -> Incident | None:
    """An incident of the same account that is phoning this very number just now."""
    if incident.practice:
        return None
    # on a bad night hundreds of homes are called about: only those with this number are looked at
    homes = (
        select(Stay.property_id)
        .join(StayNumber, StayNumber.stay_id == Stay.id)
        .where(StayNumber.number_index == target.number_index)
    )
    calling = select(Incident).where(
        Incident.account_id == incident.account_id,
        Incident.closed_at.is_(None),
        Incident.practice.is_(False),
        Incident.state == IncidentState.CALLING_GUEST,
        Incident.id != incident.id,
        Incident.property_id.in_(homes),
    )
    for other in session.scalars(calling.order_by(Incident.id)):
        if open_task(session, other.id) is None:
            continue
        phoned = guest_target(session, other, now)
        if isinstance(phoned, DialTarget) and phoned.number_index == target.number_index:
            return other
    return None


def counted_attempts(session: Session, incident: Incident) -> int:
    """Counted dials to the guest for this incident: its own, and its leaders' since it joined."""
    made_for = CallAttempt.incident_id == incident.id
    leaders = leaders_of(session, incident)
    if leaders and incident.call_requested_at is not None:
        since_joined = and_(
            CallAttempt.incident_id.in_(leaders),
            CallAttempt.requested_at >= incident.call_requested_at,
        )
        made_for = or_(made_for, since_joined)
    counted = select(func.count()).where(
        made_for, CallAttempt.party == Party.GUEST, CallAttempt.counted.is_(True)
    )
    return session.scalar(counted) or 0
