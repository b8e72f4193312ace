"""`/incidents`: what was done about noise, and opening, taking over or cancelling by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from sqlalchemy import select

from callassist.errors import Conflict, NotFound
from callassist.escalation import ending
from callassist.escalation.new_incident import OpenedBy
from callassist.escalation.opening import open_by_hand
from callassist.models import (
    Incident,
    IncidentLogEntry,
)
from callassist.notifications import acknowledge
from callassist.web.api.fields import (
    Input,
    Instant,
    Nothing,
    Page,
    Paging,
    Prose,
    PublicId,
)
from callassist.web.api.incident_view import (
    IncidentLine,
    IncidentOut,
    LogEntry,
    entry_of,
    homes_of,
    incident_out,
    line_of,
    open_alarms,
)
from callassist.web.api.paging import page_of
from callassist.web.api.routing import HOSTS, Ask, Route
from callassist.web.api.scoping import of_accounts, property_named

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


def index(ask: Ask, query: IncidentFilter) -> Page[IncidentLine]:
    mine = select(Incident).where(of_accounts(ask, Incident.account_id))
    if query.state is not None:
        closed = Incident.closed_at.is_not(None)
        mine = mine.where(closed if query.state == "closed" else Incident.closed_at.is_(None))
    if query.property is not None:
        home = property_named(ask, query.property)
        mine = mine.where(Incident.property_id == home.id)
    rows, following = page_of(
        ask.session, ask.service.vault, mine, Incident.id, query, newest_first=True
    )
    names = homes_of(ask, rows)
    return Page(
        items=[IncidentLine(**line_of(row, names[row.property_id])) for row in rows],
        next_cursor=following,
    )


def show(ask: Ask, incident_id: str) -> IncidentOut:
    return incident_out(ask, _incident(ask, incident_id))


def open_incident(ask: Ask, body: NewIncident) -> IncidentOut:
    home = property_named(ask, body.property)
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
    return incident_out(ask, incident)


def log(ask: Ask, incident_id: str, query: Paging) -> Page[LogEntry]:
    incident = _incident(ask, incident_id)
    own = select(IncidentLogEntry).where(IncidentLogEntry.incident_id == incident.id)
    rows, following = page_of(ask.session, ask.service.vault, own, IncidentLogEntry.id, query)
    return Page(items=[entry_of(row) for row in rows], next_cursor=following)


def take_over(ask: Ask, incident_id: str, body: Nothing) -> IncidentOut:
    incident = _writable(ask, incident_id)
    return incident_out(ask, ending.take_over(ask.session, incident.id, BY, now=ask.now))


def cancel(ask: Ask, incident_id: str, body: Nothing) -> IncidentOut:
    incident = _writable(ask, incident_id)
    return incident_out(ask, ending.cancel(ask.session, incident.id, BY, now=ask.now))


def acknowledge_all(ask: Ask, incident_id: str, body: Nothing) -> IncidentOut:
    """You take it: nobody else is alarmed about this incident any more."""
    incident = _writable(ask, incident_id)
    alarms = list(ask.session.scalars(open_alarms(incident)))
    if not alarms:
        raise Conflict("nothing about this incident waits for an acknowledgement")
    for alarm in alarms:
        acknowledge(ask.session, ask.viewer.name, alarm.id, ask.now)
    return incident_out(ask, incident)


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
