"""What the pages of one home show; NotFound outside the viewer's accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.accounts.properties import find_property, is_paused
from callassist.bootstrap import Service
from callassist.domain.coverage import Coverage
from callassist.domain.policy import EscalationPolicy
from callassist.domain.reference import as_said
from callassist.domain.viewer import Viewer
from callassist.escalation.coverage import coverage_tonight
from callassist.models import Incident, Property, Sensor, SensorConnection
from callassist.web.pages.host.home_rules import rules_by_preset
from callassist.web.pages.host.live import LiveIncident, live_incidents
from callassist.web.pages.host.noise_lately import Heard, Lately, heard, noise_lately
from callassist.web.pages.host.own_roster import roster_url_if_lacking

PER_PAGE = 25


@dataclass(frozen=True, kw_only=True)
class HomeHead:
    """What stands above every tab of a home."""

    home: Property
    zone: ZoneInfo
    coverage: Coverage
    paused_until: datetime | None
    incident: LiveIncident | None
    lately: Lately
    may_write: bool
    roster_url: str  # where a night that nobody has is filled


@dataclass(frozen=True, kw_only=True)
class PastIncident:
    """One line of a home's history."""

    incident_id: str
    reference: str
    opened_at: datetime
    closed_at: datetime | None
    call_requested_at: datetime | None
    resolution: str | None
    state: str
    practice: bool
    shadow: bool


def home_head(
    session: Session, service: Service, viewer: Viewer, public_id: str, now: datetime
) -> HomeHead:
    """The home with its night."""
    home = find_property(session, viewer, public_id)
    coverage = coverage_tonight(session, viewer, home, service.surroundings, now)
    return HomeHead(
        home=home,
        zone=ZoneInfo(home.timezone),
        coverage=coverage,
        paused_until=home.paused_until if is_paused(home, now) else None,
        incident=next(iter(live_incidents(session, viewer, now, home.id)), None),
        lately=noise_lately(session, [home], service.surroundings, now)[home.id],
        may_write=viewer.can_write(home.account_id),
        roster_url=roster_url_if_lacking(session, home.account_id, coverage),
    )


def home_sensors(session: Session, home: Property, now: datetime) -> list[Heard]:
    """The home's sensors with what they said last."""
    return heard(session, [home.id], now).get(home.id, [])


def sensor_lines(
    session: Session, account_ids: Sequence[int]
) -> list[tuple[Sensor, SensorConnection, Property | None]]:
    """Sensors of accounts with their connection and home; those in no home first."""
    query = (
        select(Sensor, SensorConnection, Property)
        .join(SensorConnection, SensorConnection.id == Sensor.connection_id)
        .outerjoin(Property, Property.id == Sensor.property_id)
        .where(Sensor.account_id.in_(account_ids))
        .order_by(Property.name.is_not(None), Property.name, Sensor.name, Sensor.id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def home_policy(session: Session, home: Property) -> EscalationPolicy:
    """The rules that apply to a home from its next breach on."""
    return rules_by_preset(session, [home.policy_id])[home.policy_id]


def history(session: Session, home: Property, before: int | None) -> list[tuple[int, PastIncident]]:
    """The home's incidents, newest first, with their place for paging; one more than a page."""
    query = (
        select(Incident)
        .where(Incident.property_id == home.id)
        .order_by(Incident.id.desc())
        .limit(PER_PAGE + 1)
    )
    if before is not None:
        query = query.where(Incident.id < before)
    return [
        (
            one.id,
            PastIncident(
                incident_id=one.public_id,
                reference=as_said(one.reference),
                opened_at=one.opened_at,
                closed_at=one.closed_at,
                call_requested_at=one.call_requested_at,
                resolution=one.resolution,
                state=one.state,
                practice=one.practice,
                shadow=one.shadow,
            ),
        )
        for one in session.scalars(query)
    ]
