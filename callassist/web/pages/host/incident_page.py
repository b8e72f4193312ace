"""One incident as its host sees it: where it stands, every call, what happened, who was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.bootstrap import Service
from callassist.domain.policy import EscalationPolicy
from callassist.domain.reference import as_said
from callassist.domain.viewer import Viewer
from callassist.models import (
    Breach,
    CallAttempt,
    CallTask,
    FalseAlarm,
    Incident,
    Operator,
    Property,
    ReportShare,
    Stay,
)
from callassist.notifications import Delivery, deliveries
from callassist.reports.afterwards import Kind, false_alarm, notes, own_incident
from callassist.reports.display_text import isolated
from callassist.reports.document import VersionLine
from callassist.reports.document_parts import sentence
from callassist.reports.phone_costs import IncidentCosts, costs_of_incident
from callassist.reports.reading import ReadableReport, report_of_incident
from callassist.reports.sharing import shares
from callassist.stays.stops import stopped_by_host
from callassist.web.guest_replies import replies_of
from callassist.web.pages import times
from callassist.web.pages.host.incident_chart import IncidentChart, incident_chart
from callassist.web.pages.host.incident_events import Event, afterwards, events
from callassist.web.pages.host.incident_list import lasted
from callassist.web.pages.host.incident_next import NextStep, next_step
from callassist.web.pages.host.live import LiveIncident, live_incidents, state_words
from callassist.web.pages.host.recordings import ShownRecording, shown_recordings
from callassist.web.translate import gettext as _


@dataclass(frozen=True, kw_only=True)
class IncidentScreen:
    """Everything about one incident."""

    incident: Incident
    reference: str
    home: Property
    zone: ZoneInfo
    guest: str | None
    stay: Stay | None
    stopped_by_host: bool
    live: LiveIncident | None
    next: NextStep | None
    state: str
    story: str | None  # the report's sentence, once there is a report
    attempts_made: int
    attempts_all: int
    calls_now: bool
    lasted: timedelta | None
    peak_db: float | None
    chart: IncidentChart | None
    events: Sequence[Event]
    afterwards: Sequence[Event]
    deliveries: Sequence[Delivery]
    costs: IncidentCosts
    recordings: Sequence[ShownRecording]
    report_id: str | None
    version: int
    versions: Sequence[VersionLine]
    shares: Sequence[ReportShare]
    false_alarm: FalseAlarm | None
    advice: str
    may_write: bool


def find_incident(session: Session, viewer: Viewer, public_id: str) -> Incident:
    """An incident of one of the viewer's accounts; NotFound for anything else."""
    return own_incident(session, viewer, public_id, write=False)


def incident_screen(
    session: Session, service: Service, viewer: Viewer, public_id: str, now: datetime
) -> IncidentScreen:
    """One incident of the viewer's."""
    incident = find_incident(session, viewer, public_id)
    home = session.get_one(Property, incident.property_id)
    zone = ZoneInfo(home.timezone)
    breach = None if incident.breach_id is None else session.get(Breach, incident.breach_id)
    stay = None if incident.stay_id is None else session.get(Stay, incident.stay_id)
    report = report_of_incident(session, service.vault, viewer, public_id)
    calls = _calls(session, incident)
    attempts = [attempt for attempt, _note, _by in calls]
    said = false_alarm(session, incident)
    may_write = viewer.can_write(incident.account_id)
    return IncidentScreen(
        incident=incident,
        reference=as_said(incident.reference),
        home=home,
        zone=zone,
        guest=_guest(service, stay),
        stay=stay,
        stopped_by_host=stay is not None and stopped_by_host(stay),
        live=_live(session, viewer, incident, now),
        next=next_step(session, incident, breach, now),
        state=state_words(incident.state, incident.resolution),
        story=_story(report, zone),
        attempts_made=sum(one.party == "guest" and one.counted is True for one in attempts),
        attempts_all=EscalationPolicy.from_dict(incident.policy).cadence.attempts,
        calls_now=any(one.party == "guest" and one.ended_at is None for one in attempts),
        lasted=_lasted(incident, breach, now),
        peak_db=None if breach is None else breach.peak_db,
        chart=incident_chart(session, incident, home, breach, attempts, now),
        events=_events(session, service, incident, breach, calls),
        afterwards=afterwards(session, incident),
        deliveries=deliveries(session, viewer, incident.id),
        costs=costs_of_incident(session, incident),
        recordings=shown_recordings(session, incident),
        report_id=report.copy.report_id if report else None,
        version=report.copy.version if report else 0,
        versions=report.copy.versions if report else (),
        shares=shares(session, viewer, public_id) if report and may_write else (),
        false_alarm=said,
        advice=_advice(said, incident, breach, zone),
        may_write=may_write,
    )


def _lasted(incident: Incident, breach: Breach | None, now: datetime) -> timedelta | None:
    if breach is None:
        return None
    ends = breach.ended_at, incident.noise_ended_at, incident.closed_at, now
    return lasted(breach.first_loud_at, *ends)


def _events(
    session: Session,
    service: Service,
    incident: Incident,
    breach: Breach | None,
    calls: Sequence[tuple[CallAttempt, str | None, str | None]],
) -> list[Event]:
    return events(
        *(session, incident, breach, calls, notes(session, incident)),
        replies_of(session, service, [incident.id], at_a_desk=False),
        ZoneInfo(session.get_one(Property, incident.property_id).timezone),
    )


def _live(
    session: Session, viewer: Viewer, incident: Incident, now: datetime
) -> LiveIncident | None:
    if incident.closed_at:
        return None
    running = live_incidents(session, viewer, now, incident.property_id)
    return next((one for one in running if one.incident_id == incident.public_id), None)


def _story(report: ReadableReport | None, zone: ZoneInfo) -> str | None:
    if report is None:
        return None
    said = times.report_words(zone)
    guest = report.copy.names.guest
    return sentence(report.copy.body, said, isolated(guest) if guest else said.plain("guest"))


def _guest(service: Service, stay: Stay | None) -> str | None:
    if stay is None or stay.guest_name is None or stay.erased_at is not None:
        return None
    return service.vault.open(stay.guest_name)


def _calls(
    session: Session, incident: Incident
) -> list[tuple[CallAttempt, str | None, str | None]]:
    """Every dial with the operator's note and desk name, in order."""
    query = (
        select(CallAttempt, CallTask.note, Operator.desk_name)
        .join(CallTask, CallTask.id == CallAttempt.task_id)
        .outerjoin(Operator, Operator.id == CallAttempt.operator_id)
        .where(CallAttempt.incident_id == incident.id)
        .order_by(CallAttempt.id)
    )
    return [(attempt, note, desk_name) for attempt, note, desk_name in session.execute(query)]


def _advice(
    said: FalseAlarm | None, incident: Incident, breach: Breach | None, zone: ZoneInfo
) -> str:
    """What would have kept a false alarm from happening; by the rules that applied to it."""
    if said is None:
        return ""
    if said.kind == Kind.NOT_GUESTS:
        return _(
            "Put the sensor away from walls, windows and the street, where only guests are heard."
        )
    if said.kind != Kind.TOO_SENSITIVE:
        return ""
    rules = EscalationPolicy.from_dict(incident.policy)
    if breach is None or breach.peak_db is None:
        return _("Your sensor decides itself what is loud: change it in the maker’s app.")
    limit, peak = rules.threshold_at(breach.first_loud_at, zone), breach.peak_db
    if peak - limit <= 6:
        return _(
            "The limit was %(limit)s dB and the loudest was %(peak)s dB: with a limit of "
            "%(new)s dB nobody would have been called.",
            limit=round(limit),
            peak=round(peak),
            new=int(peak) + 1,
        )
    return _(
        "The loudest, %(peak)s dB, was well above the limit of %(limit)s dB. A longer wait than "
        "%(wait)s before the call may suit this home better.",
        limit=round(limit),
        peak=round(peak),
        wait=_minutes(rules.cadence.persist_for),
    )


def _minutes(span: timedelta) -> str:
    return _("%(n)s minutes", n=round(span.total_seconds() / 60))
