"""What waits for the host to take it, with the home that it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import Incident, NeedsYou, Property


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """Something that waits for the host."""

    alarm_id: str
    reason: str
    home: str
    incident_id: str | None
    opened_at: datetime
    zone: ZoneInfo


def find_alarm(session: Session, viewer: Viewer, public_id: str) -> tuple[NeedsYou, Alarm]:
    """An alarm of one of the viewer's accounts; NotFound for anything else."""
    query = select(NeedsYou).where(
        NeedsYou.account_id.in_(viewer.account_ids), NeedsYou.public_id == public_id
    )
    alarm = session.scalars(query).first()
    if alarm is None:
        raise NotFound("no such alarm")
    return alarm, next(iter(alarm_lines(session, viewer, [alarm])))


def alarm_lines(session: Session, viewer: Viewer, alarms: Iterable[NeedsYou]) -> Iterable[Alarm]:
    rows = list(alarms)
    if not rows:
        return
    wanted = {row.incident_id for row in rows}
    incidents = {
        one.id: one for one in session.scalars(select(Incident).where(Incident.id.in_(wanted)))
    }
    home_ids = {row.property_id for row in rows}
    home_ids |= {incident.property_id for incident in incidents.values()}
    homes = {
        one.id: one for one in session.scalars(select(Property).where(Property.id.in_(home_ids)))
    }
    for row in rows:
        incident = incidents.get(row.incident_id or 0)
        home = homes.get(row.property_id or (incident.property_id if incident else 0))
        yield Alarm(
            alarm_id=row.public_id,
            reason=row.reason,
            home=home.name if home else "",
            incident_id=incident.public_id if incident else None,
            opened_at=row.opened_at,
            zone=ZoneInfo(home.timezone if home else "UTC"),
        )
