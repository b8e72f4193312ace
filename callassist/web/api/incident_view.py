"""What a host is shown of an incident."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field
from sqlalchemy import Select, select

from callassist.escalation.requesting import noise_minutes
from callassist.models import (
    Breach,
    CallAttempt,
    Incident,
    IncidentLogEntry,
    NeedsYou,
    Operator,
    Property,
    Report,
)
from callassist.reports.afterwards import false_alarm
from callassist.web.api.fields import Instant, Output
from callassist.web.api.incident_notes import FeedbackOut, feedback_of
from callassist.web.api.routing import Ask
from callassist.web.api.task_card import Attempt, attempt_of


class IncidentLine(Output):
    """One incident, in a list."""

    id: str
    reference: str = Field(description="Two words that can be said on the phone.")
    property: str
    property_name: str
    state: str
    resolution: str | None
    opened_at: Instant
    opened_by: str
    call_requested_at: Instant | None
    first_contact: str | None
    contact_at: Instant | None
    calling_ended_at: Instant | None
    noise_ended_at: Instant | None
    closed_at: Instant | None
    practice: bool
    shadow: bool = Field(description="The home was in shadow mode: nobody was called or told.")


class Noise(Output):
    """The stretch of noise that the incident is about."""

    first_loud_at: Instant
    began_at: Instant
    last_loud_at: Instant
    silent_since: Instant | None
    ended_at: Instant | None
    peak_db: float | None
    minutes: int


class IncidentOut(IncidentLine):
    """One incident with its noise and its calls."""

    language: str
    complaint: str | None
    complaint_at: Instant | None
    repeat_of: str | None
    needs_you: list[str] = Field(description="Ids of alarms that nobody has acknowledged.")
    report: str | None
    false_alarm: FeedbackOut | None
    noise: Noise | None
    attempts: list[Attempt]


class LogEntry(Output):
    """One entry; `hash` covers it and `previous_hash`, so that later changes show."""

    seq: int
    at: Instant
    action: str
    data: dict[str, Any]
    previous_hash: str
    hash: str


def homes_of(ask: Ask, incidents: Sequence[Incident]) -> dict[int, Property]:
    """The homes of some incidents, by row id."""
    ids = {incident.property_id for incident in incidents}
    return {
        row.id: row for row in ask.session.scalars(select(Property).where(Property.id.in_(ids)))
    }


def line_of(incident: Incident, home: Property) -> dict[str, Any]:
    """The fields of an `IncidentLine`."""
    own = IncidentLine.model_fields.keys() - {"id", "property", "property_name"}
    return {
        "id": incident.public_id,
        "property": home.public_id,
        "property_name": home.name,
        **{name: getattr(incident, name) for name in own},
    }


def incident_out(ask: Ask, incident: Incident) -> IncidentOut:
    """One incident, whole."""
    session = ask.session
    repeat_of = (
        None if incident.repeat_of_id is None else session.get(Incident, incident.repeat_of_id)
    )
    dials = session.execute(
        select(CallAttempt, Operator.desk_name)
        .outerjoin(Operator, Operator.id == CallAttempt.operator_id)
        .where(CallAttempt.incident_id == incident.id)
        .order_by(CallAttempt.id)
    )
    said = false_alarm(session, incident)
    return IncidentOut(
        **line_of(incident, session.get_one(Property, incident.property_id)),
        language=incident.language,
        complaint=incident.complaint,
        complaint_at=incident.complaint_at,
        repeat_of=repeat_of.public_id if repeat_of else None,
        needs_you=[alarm.public_id for alarm in session.scalars(open_alarms(incident))],
        report=session.scalar(select(Report.public_id).where(Report.incident_id == incident.id)),
        false_alarm=None if said is None else feedback_of(said),
        noise=_noise(ask, incident),
        attempts=[attempt_of(attempt, desk_name) for attempt, desk_name in dials],
    )


def open_alarms(incident: Incident) -> Select[NeedsYou]:
    """Alarms about it that nobody has acknowledged."""
    return (
        select(NeedsYou)
        .where(NeedsYou.incident_id == incident.id, NeedsYou.acknowledged_at.is_(None))
        .order_by(NeedsYou.id)
    )


def _noise(ask: Ask, incident: Incident) -> Noise | None:
    if incident.breach_id is None:
        return None
    breach = ask.session.get_one(Breach, incident.breach_id)
    return Noise(
        first_loud_at=breach.first_loud_at,
        began_at=breach.began_at,
        last_loud_at=breach.last_loud_at,
        silent_since=breach.frozen_since,
        ended_at=breach.ended_at,
        peak_db=breach.peak_db,
        minutes=noise_minutes(ask.session, incident, ask.now) or 0,
    )


def entry_of(row: IncidentLogEntry) -> LogEntry:
    """One entry of its log."""
    return LogEntry(
        seq=row.seq,
        at=row.at,
        action=row.action,
        data=row.data,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )
