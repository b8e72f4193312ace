"""`/incidents`: what was done about noise, and opening, taking over or cancelling by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Select, select

from callassist.accounts.properties import find_property
from callassist.errors import Conflict, InvalidInput, NotFound
from callassist.escalation import ending
from callassist.escalation.opening import OpenedBy, open_by_hand
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
from callassist.notifications import acknowledge
from callassist.web.api.fields import (
    Input,
    Instant,
    Nothing,
    Output,
    Page,
    Paging,
    Prose,
    PublicId,
)
from callassist.web.api.paging import page_of
from callassist.web.api.routing import HOSTS, Ask, Route
from callassist.web.api.scoping import of_accounts
from callassist.web.api.task_card import Attempt, attempt_of

BY = "host"  # how the log names whoever acts for the account: never by name


class IncidentFilter(Paging):
    """Which incidents."""

    state: Literal["open", "closed"] | None = None
    property: PublicId | None = None


class NewIncident(Input):
    """ "A neighbour rang, call now": with or without a sensor in the home."""

    property: PublicId
    complaint: Prose | None = None
    complaint_at: Instant | None = None


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


def index(ask: Ask, query: IncidentFilter) -> Page[IncidentLine]:
    mine = select(Incident).where(of_accounts(ask, Incident.account_id))
    if query.state is not None:
        closed = Incident.closed_at.is_not(None)
        mine = mine.where(closed if query.state == "closed" else Incident.closed_at.is_(None))
    if query.property is not None:
        home = find_property(ask.session, ask.viewer, query.property)
        mine = mine.where(Incident.property_id == home.id)
    rows, following = page_of(
        ask.session, ask.service.vault, mine, Incident.id, query, newest_first=True
    )
    names = _homes(ask, rows)
    return Page(
        items=[IncidentLine(**_line(row, names[row.property_id])) for row in rows],
        next_cursor=following,
    )


def show(ask: Ask, incident_id: str) -> IncidentOut:
    return _out(ask, _incident(ask, incident_id))


def open_incident(ask: Ask, body: NewIncident) -> IncidentOut:
    try:
        home = find_property(ask.session, ask.viewer, body.property)
    except NotFound:
        raise InvalidInput("not a home of yours", "property") from None
    ask.viewer.require_write(home.account_id)
    if home.archived_at is not None:
        raise Conflict("this home is archived; restore it first")
    incident = open_by_hand(
        ask.session,
        ask.service.escalation,
        home,
        OpenedBy.API,
        now=ask.now,
        complaint=body.complaint,
        complaint_at=body.complaint_at,
    )
    return _out(ask, incident)


def log(ask: Ask, incident_id: str, query: Paging) -> Page[LogEntry]:
    incident = _incident(ask, incident_id)
    own = select(IncidentLogEntry).where(IncidentLogEntry.incident_id == incident.id)
    rows, following = page_of(ask.session, ask.service.vault, own, IncidentLogEntry.id, query)
    return Page(items=[_entry(row) for row in rows], next_cursor=following)


def take_over(ask: Ask, incident_id: str, body: Nothing) -> IncidentOut:
    incident = _writable(ask, incident_id)
    return _out(ask, ending.take_over(ask.session, incident.id, BY, now=ask.now))


def cancel(ask: Ask, incident_id: str, body: Nothing) -> IncidentOut:
    incident = _writable(ask, incident_id)
    return _out(ask, ending.cancel(ask.session, incident.id, BY, now=ask.now))


def acknowledge_all(ask: Ask, incident_id: str, body: Nothing) -> IncidentOut:
    """You take it: nobody else is alarmed about this incident any more."""
    incident = _writable(ask, incident_id)
    alarms = list(ask.session.scalars(_open_alarms(incident)))
    if not alarms:
        raise Conflict("nothing about this incident waits for an acknowledgement")
    for alarm in alarms:
        acknowledge(ask.session, ask.viewer.name, alarm.id, ask.now)
    return _out(ask, incident)


def _incident(ask: Ask, public_id: str) -> Incident:
    incident = ask.session.scalars(
        select(Incident).where(
            of_accounts(ask, Incident.account_id), Incident.public_id == public_id
        )
    ).first()
    if incident is None:
        raise NotFound("no such incident")
    return incident


def _writable(ask: Ask, public_id: str) -> Incident:
    incident = _incident(ask, public_id)
    ask.viewer.require_write(incident.account_id)
    return incident


def _homes(ask: Ask, incidents: Sequence[Incident]) -> dict[int, Property]:
    ids = {incident.property_id for incident in incidents}
    return {
        row.id: row for row in ask.session.scalars(select(Property).where(Property.id.in_(ids)))
    }


def _line(incident: Incident, home: Property) -> dict[str, Any]:
    own = IncidentLine.model_fields.keys() - {"id", "property", "property_name"}
    return {
        "id": incident.public_id,
        "property": home.public_id,
        "property_name": home.name,
        **{name: getattr(incident, name) for name in own},
    }


def _out(ask: Ask, incident: Incident) -> IncidentOut:
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
    return IncidentOut(
        **_line(incident, session.get_one(Property, incident.property_id)),
        language=incident.language,
        complaint=incident.complaint,
        complaint_at=incident.complaint_at,
        repeat_of=repeat_of.public_id if repeat_of else None,
        needs_you=[alarm.public_id for alarm in session.scalars(_open_alarms(incident))],
        report=session.scalar(select(Report.public_id).where(Report.incident_id == incident.id)),
        noise=_noise(ask, incident),
        attempts=[attempt_of(attempt, desk_name) for attempt, desk_name in dials],
    )


def _open_alarms(incident: Incident) -> Select[NeedsYou]:
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


def _entry(row: IncidentLogEntry) -> LogEntry:
    return LogEntry(
        seq=row.seq,
        at=row.at,
        action=row.action,
        data=row.data,
        previous_hash=row.previous_hash,
        hash=row.hash,
    )


def _act(name: str, summary: str, run: Callable[..., IncidentOut]) -> Route:
    return Route(
        method="POST",
        path=f"/incidents/{{incident_id}}/{name}",
        summary=summary,
        scopes=HOSTS,
        run=run,
        body=Nothing,
        answer=IncidentOut,
        conflicts=True,
    )


ROUTES = (
    Route(
        method="GET",
        path="/incidents",
        summary="Incidents, newest first",
        scopes=HOSTS,
        run=index,
        query=IncidentFilter,
        answer=Page[IncidentLine],
    ),
    Route(
        method="POST",
        path="/incidents",
        summary="Open an incident by hand: the guest is called now",
        scopes=HOSTS,
        run=open_incident,
        body=NewIncident,
        answer=IncidentOut,
        status=201,
        conflicts=True,
    ),
    Route(
        method="GET",
        path="/incidents/{incident_id}",
        summary="One incident with its noise and its calls",
        scopes=HOSTS,
        run=show,
        answer=IncidentOut,
    ),
    Route(
        method="GET",
        path="/incidents/{incident_id}/log",
        summary="Everything that happened, hash-chained",
        scopes=HOSTS,
        run=log,
        query=Paging,
        answer=Page[LogEntry],
    ),
    _act("take-over", "You deal with it: no more calls", take_over),
    _act("cancel", "No more calls about this one", cancel),
    _act("acknowledge", "You have seen what needs you", acknowledge_all),
)
