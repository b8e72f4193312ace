"""One incident as its host sees it: where it stands, every call, what happened, who was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.bootstrap import Service
from callassist.domain.call_task import Party
from callassist.domain.log_action import LogAction
from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import CallAttempt, CallTask, Incident, Operator, Property, Stay
from callassist.notifications import Delivery, deliveries
from callassist.reports.display_text import isolated
from callassist.reports.document_parts import hops, sentence
from callassist.reports.facts import LogFacts
from callassist.reports.history import history
from callassist.reports.incident_report import instant_text
from callassist.reports.reading import ReadableReport, report_of_incident
from callassist.reports.words import Words
from callassist.web.languages import language
from callassist.web.pages.host.live import LiveIncident, live_incidents, state_words

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class IncidentLine:
    """One incident in the list."""

    incident_id: str
    reference: str
    home: str
    opened_at: datetime
    zone: ZoneInfo
    is_open: bool
    state: str
    ended_by_itself: bool


@dataclass(frozen=True, kw_only=True)
class CallLine:
    """One dial; `result` is what was saved, or the network's fact."""

    party: Party
    attempt: int
    at: datetime
    talk_seconds: int | None
    result: str | None
    counted: bool | None
    by: str | None
    mask: str
    note: str | None


@dataclass(frozen=True, kw_only=True)
class IncidentScreen:
    """Everything about one incident."""

    incident: Incident
    reference: str
    home: Property
    zone: ZoneInfo
    guest: str | None
    live: LiveIncident | None
    state: str
    story: str | None  # the report's sentence, once there is a report
    calls: tuple[CallLine, ...]
    timeline: Sequence[tuple[str, str]]
    deliveries: Sequence[Delivery]
    report_id: str | None
    may_write: bool


def incident_list(
    session: Session, viewer: Viewer, before: str | None
) -> tuple[list[IncidentLine], str | None]:
    """Incidents of the viewer's accounts, newest first, and where the next page begins."""
    query = (
        select(Incident, Property)
        .join(Property, Property.id == Incident.property_id)
        .where(Incident.account_id.in_(viewer.account_ids))
        .order_by(Incident.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        place = select(Incident.id).where(
            Incident.account_id.in_(viewer.account_ids), Incident.public_id == before
        )
        query = query.where(Incident.id < place.scalar_subquery())
    rows = session.execute(query).all()
    shown = rows[:PAGE]
    lines = [_line(incident, home) for incident, home in shown]
    return lines, shown[-1][0].public_id if len(rows) > PAGE else None


def find_incident(session: Session, viewer: Viewer, public_id: str) -> Incident:
    """An incident of one of the viewer's accounts; NotFound for anything else."""
    query = select(Incident).where(
        Incident.account_id.in_(viewer.account_ids), Incident.public_id == public_id
    )
    incident = session.scalars(query).first()
    if incident is None:
        raise NotFound("no such incident")
    return incident


def incident_screen(
    session: Session, service: Service, viewer: Viewer, public_id: str, now: datetime
) -> IncidentScreen:
    """One incident of the viewer's."""
    incident = find_incident(session, viewer, public_id)
    home = session.get_one(Property, incident.property_id)
    zone = ZoneInfo(home.timezone)
    report = report_of_incident(session, service.vault, viewer, public_id)
    running = live_incidents(session, viewer, now, home.id)
    return IncidentScreen(
        incident=incident,
        reference=incident.reference.replace("-", " "),
        home=home,
        zone=zone,
        guest=_guest(session, service, incident),
        live=next((one for one in running if one.incident_id == public_id), None),
        state=state_words(incident),
        story=_story(report, zone),
        calls=tuple(_calls(session, incident)),
        timeline=_timeline(session, incident, zone),
        deliveries=deliveries(session, viewer, incident.id),
        report_id=report.copy.report_id if report else None,
        may_write=viewer.can_write(incident.account_id),
    )


def _line(incident: Incident, home: Property) -> IncidentLine:
    return IncidentLine(
        incident_id=incident.public_id,
        reference=incident.reference.replace("-", " "),
        home=home.name,
        opened_at=incident.opened_at,
        zone=ZoneInfo(home.timezone),
        is_open=incident.closed_at is None,
        state=state_words(incident),
        ended_by_itself=incident.closed_at is not None and incident.call_requested_at is None,
    )


def _story(report: ReadableReport | None, zone: ZoneInfo) -> str | None:
    if report is None:
        return None
    said = Words(language(), zone)
    guest = report.copy.names.guest
    return sentence(report.copy.body, said, isolated(guest) if guest else said.plain("guest"))


def _guest(session: Session, service: Service, incident: Incident) -> str | None:
    stay = None if incident.stay_id is None else session.get(Stay, incident.stay_id)
    if stay is None or stay.guest_name is None or stay.erased_at is not None:
        return None
    return service.vault.open(stay.guest_name)


def _calls(session: Session, incident: Incident) -> list[CallLine]:
    query = (
        select(CallAttempt, CallTask.note, Operator.desk_name)
        .join(CallTask, CallTask.id == CallAttempt.task_id)
        .outerjoin(Operator, Operator.id == CallAttempt.operator_id)
        .where(CallAttempt.incident_id == incident.id)
        .order_by(CallAttempt.id)
    )
    return [
        CallLine(
            party=Party(attempt.party),
            attempt=attempt.attempt_number,
            at=attempt.dial_at or attempt.requested_at,
            talk_seconds=attempt.talk_seconds,
            result=attempt.disposition or attempt.outcome,
            counted=attempt.counted,
            by=desk_name,
            mask=attempt.number_mask,
            note=note,
        )
        for attempt, note, desk_name in session.execute(query)
    ]


def _timeline(session: Session, incident: Incident, zone: ZoneInfo) -> list[tuple[str, str]]:
    """The log in the report's words, so that page and report never tell two stories."""
    log = tuple(
        LogFacts(at=entry.at, action=LogAction(entry.action), data=entry.data)
        for entry in incident_log.entries(session, incident.id)
    )
    told = [{name: _plain(value) for name, value in hop.items()} for hop in history(log)]
    return hops({"history": told}, Words(language(), zone))


def _plain(value: object) -> object:
    return instant_text(value) if isinstance(value, datetime) else value
