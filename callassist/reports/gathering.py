"""Gathers what a report is built from; the rows of one incident, nothing of another account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.call_task import Party
from callassist.domain.incident import IncidentState, Resolution
from callassist.domain.log_action import LogAction
from callassist.domain.noise import SourceKind
from callassist.domain.policy import EscalationPolicy
from callassist.domain.thresholds import limits
from callassist.errors import Conflict
from callassist.models import Breach, Incident, Property, Stay
from callassist.reports.facts import (
    LEAD,
    BreachFacts,
    LogFacts,
    ReportFacts,
    ThresholdSpan,
)
from callassist.reports.gathering_calls import attempts, messages
from callassist.reports.gathering_levels import sensors
from callassist.reports.version_reason import VersionReason

_CALM = "calm"


def gather(session: Session, incident: Incident, reason: VersionReason) -> ReportFacts:
    """Facts of `incident` as they were when calling ended, or at closing.

    Conflict while it is not that far yet. Gathered again from the same rows they are the same.
    """
    as_of = _as_of(incident, reason)
    home = session.get_one(Property, incident.property_id)
    breach = _breach(session, incident, as_of)
    closed = incident.closed_at is not None and incident.closed_at <= as_of
    loud_at = breach.first_loud_at if breach else None
    known = (loud_at, incident.complaint_at, incident.opened_at)
    began_at = min(at for at in known if at is not None)
    heard = sensors(session, incident.property_id, began_at - LEAD, as_of)
    ended_at = breach.ended_at if breach and breach.end_reason == _CALM else None
    return ReportFacts(
        as_of=as_of,
        incident_id=incident.public_id,
        reference=incident.reference,
        home_id=home.public_id,
        timezone=home.timezone,
        stay_id=_public_id(session, Stay, incident.stay_id),
        state=IncidentState.CLOSED if closed else IncidentState.FOLLOWING_UP,
        resolution=Resolution(incident.resolution) if closed and incident.resolution else None,
        opened_at=incident.opened_at,
        opened_by=incident.opened_by,
        complaint_at=incident.complaint_at,
        repeat_of=_public_id(session, Incident, incident.repeat_of_id),
        led_by=_public_id(session, Incident, incident.led_by_id),
        practice=incident.practice,
        call_requested_at=incident.call_requested_at,
        first_contact=Party(incident.first_contact) if incident.first_contact else None,
        contact_at=incident.contact_at,
        calling_ended_at=incident.calling_ended_at,
        closed_at=incident.closed_at if closed else None,
        noise_ended_at=_until(incident.noise_ended_at, as_of) or ended_at,
        breach=breach,
        thresholds=tuple(_thresholds(incident, home, began_at - LEAD, as_of))
        if any(sensor.kind == SourceKind.LEVEL for sensor in heard)
        else (),
        sensors=heard,
        attempts=attempts(session, incident, as_of),
        messages=messages(session, incident, None if closed else incident.closed_at),
        log=_log(session, incident, as_of),
    )


def _as_of(incident: Incident, reason: VersionReason) -> datetime:
    as_of = incident.closed_at
    if reason is VersionReason.CALLING_ENDED:
        as_of = incident.calling_ended_at or as_of
    if as_of is None:
        raise Conflict("the incident is still open; its report follows when it is over")
    return as_of


def _until(at: datetime | None, as_of: datetime) -> datetime | None:
    return at if at is not None and at <= as_of else None


def _breach(session: Session, incident: Incident, as_of: datetime) -> BreachFacts | None:
    row = None if incident.breach_id is None else session.get(Breach, incident.breach_id)
    if row is None:
        return None
    ended_at = _until(row.ended_at, as_of)
    return BreachFacts(
        first_loud_at=row.first_loud_at,
        began_at=row.began_at,
        last_loud_at=min(row.last_loud_at, as_of),
        ended_at=ended_at,
        end_reason=row.end_reason if ended_at else None,
        peak_db=row.peak_db,
        frozen_since=_until(row.frozen_since, as_of),
    )


def _public_id(session: Session, kind: type[Stay | Incident], key: int | None) -> str | None:
    if key is None:
        return None
    return session.scalar(select(kind.public_id).where(kind.id == key))


def _thresholds(
    incident: Incident, home: Property, starts_at: datetime, ends_at: datetime
) -> Iterator[ThresholdSpan]:
    """The limits of the stamped policy, cut where quiet hours begin or end."""
    policy, tz = EscalationPolicy.from_dict(incident.policy), ZoneInfo(home.timezone)
    for limit in limits(policy, tz, starts_at, ends_at):
        yield ThresholdSpan(limit.starts_at, limit.ends_at, limit.db)


def _log(session: Session, incident: Incident, as_of: datetime) -> tuple[LogFacts, ...]:
    return tuple(
        LogFacts(at=entry.at, action=LogAction(entry.action), data=entry.data)
        for entry in incident_log.entries(session, incident.id)
        if entry.at <= as_of
    )
