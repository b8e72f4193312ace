"""Shadow mode: real sensors, all rules run, nothing leaves the house (DESIGN 3.10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist import incident_log, timers
from callassist.accounts.properties import find_property
from callassist.domain.incident import IncidentEvent
from callassist.domain.log_action import LogAction
from callassist.domain.viewer import Viewer
from callassist.escalation.closing import close
from callassist.escalation.deadlines import Deadline
from callassist.escalation.ending import cancel
from callassist.escalation.locks import lock_incident
from callassist.escalation.opening import home_policy, open_incident_of, running_breach
from callassist.models import Breach, Incident, Property

MOST_LISTED = 50


@dataclass(frozen=True, kw_only=True)
class WouldBeCall:
    """A call that we would have made; `ended_at` is when the noise ended by itself."""

    incident_id: str
    at: datetime
    began_at: datetime | None
    ended_at: datetime | None


def begin_shadow(
    session: Session, viewer: Viewer, property_public_id: str, by: str, *, now: datetime
) -> Property:
    """From now on nothing leaves the house; what runs is cancelled. Asking twice is fine."""
    home = _locked(session, viewer, property_public_id)
    if home.shadow_since is None:
        running = open_incident_of(session, home.id)
        if running is not None:
            cancel(session, running.id, by, now=now)
        home.shadow_since = now
    return home


def end_shadow(
    session: Session, viewer: Viewer, property_public_id: str, *, now: datetime
) -> Property:
    """Calls are made again from now on, and for noise that has persisted already at once."""
    home = _locked(session, viewer, property_public_id)
    if home.shadow_since is None:
        return home
    running = open_incident_of(session, home.id)
    if running is not None and running.shadow:
        incident = lock_incident(session, running.id)
        incident_log.append(session, incident.id, LogAction.CANCELLED, {"by": "host"}, now=now)
        close(session, incident, IncidentEvent.CANCEL, now=now)
    home.shadow_since = None
    _look_at_noise(session, home, now)
    return home


def _look_at_noise(session: Session, home: Property, now: datetime) -> None:
    """Let what runs be found again: an incident opens, and the call is requested if it is due."""
    session.flush()
    breach = running_breach(session, home.id)
    if breach is None:
        return
    opens_at = breach.began_at + home_policy(home).cadence.open_after
    timers.arm(session, Deadline.BREACH_OPEN, breach.id, max(opens_at, now), now=now)
    if breach.escalated_at is not None:
        timers.arm(session, Deadline.BREACH_DUE, breach.id, now, now=now)


def would_have_called(
    session: Session, viewer: Viewer, home: Property, since: datetime
) -> tuple[int, list[WouldBeCall]]:
    """How many calls we would have made for a home since then, and the newest of them."""
    mine = (
        Incident.account_id.in_(viewer.account_ids),
        Incident.property_id == home.id,
        Incident.shadow.is_(True),
        Incident.call_requested_at >= since,
    )
    count = session.scalar(select(func.count()).select_from(Incident).where(*mine)) or 0
    rows = session.execute(
        select(Incident, Breach)
        .outerjoin(Breach, Breach.id == Incident.breach_id)
        .where(*mine)
        .order_by(Incident.call_requested_at.desc())
        .limit(MOST_LISTED)
    )
    return count, [_would_be(incident, breach) for incident, breach in rows]


def _would_be(incident: Incident, breach: Breach | None) -> WouldBeCall:
    assert incident.call_requested_at is not None
    return WouldBeCall(
        incident_id=incident.public_id,
        at=incident.call_requested_at,
        began_at=breach.began_at if breach else None,
        ended_at=breach.ended_at if breach else None,
    )


def _locked(session: Session, viewer: Viewer, public_id: str) -> Property:
    home = find_property(session, viewer, public_id)
    viewer.require_write(home.account_id)
    return session.get_one(Property, home.id, with_for_update=True, populate_existing=True)
