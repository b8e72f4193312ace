"""Open incidents and what happens next, in one sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.call_task import OPEN_TASK_STATES, Party, TaskState
from callassist.domain.incident import IncidentState
from callassist.domain.viewer import Viewer
from callassist.escalation.context import cadence_of, policy_of
from callassist.models import Breach, CallTask, Incident, Operator, Property
from callassist.web.pages import times, words
from callassist.web.translate import gettext as _

_OPEN = [str(state) for state in OPEN_TASK_STATES]


@dataclass(frozen=True, kw_only=True)
class LiveIncident:
    """An open incident with its home and the sentence that says where it stands."""

    incident_id: str
    reference: str
    home: str
    home_id: str
    state: IncidentState
    opened_at: datetime
    zone: ZoneInfo
    sentence: str
    practice: bool


def live_incidents(
    session: Session, viewer: Viewer, now: datetime, property_id: int | None = None
) -> tuple[LiveIncident, ...]:
    """Open incidents of the viewer's accounts, or of one home, newest first."""
    query = (
        select(Incident, Property, Breach, CallTask, Operator.desk_name)
        .join(Property, Property.id == Incident.property_id)
        .outerjoin(Breach, Breach.id == Incident.breach_id)
        .outerjoin(CallTask, (CallTask.incident_id == Incident.id) & CallTask.state.in_(_OPEN))
        .outerjoin(Operator, Operator.id == CallTask.operator_id)
        .where(Incident.account_id.in_(viewer.account_ids), Incident.closed_at.is_(None))
        .order_by(Incident.id.desc())
    )
    if property_id is not None:
        query = query.where(Incident.property_id == property_id)
    return tuple(
        LiveIncident(
            incident_id=incident.public_id,
            reference=incident.reference.replace("-", " "),
            home=home.name,
            home_id=home.public_id,
            state=IncidentState(incident.state),
            opened_at=incident.opened_at,
            zone=ZoneInfo(home.timezone),
            sentence=_sentence(incident, ZoneInfo(home.timezone), breach, task, by, now),
            practice=incident.practice,
        )
        for incident, home, breach, task, by in session.execute(query)
    )


def _sentence(
    incident: Incident,
    zone: ZoneInfo,
    breach: Breach | None,
    task: CallTask | None,
    by: str | None,
    now: datetime,
) -> str:
    state = IncidentState(incident.state)
    if incident.ending is not None:
        return _("The call in progress finishes, then this incident closes.")
    if state is IncidentState.WATCHING:
        return _watching(incident, zone, breach, now)
    if state is IncidentState.FOLLOWING_UP:
        return _following_up(incident, zone, now)
    if task is None:
        return _("Calls are being prepared.")
    return _calling(incident, zone, task, by, now)


def _watching(incident: Incident, zone: ZoneInfo, breach: Breach | None, now: datetime) -> str:
    if breach is None:
        return _("We are watching.")
    if breach.frozen_since is not None:
        return _(
            "The sensor is not heard %(since)s: unknown is not quiet, so we wait for it.",
            since=times.since(breach.frozen_since, now, zone),
        )
    return _(
        "Loud for %(span)s. If it goes on, the guest is called %(at)s.",
        span=times.lasting(now - breach.began_at),
        at=times.at(breach.began_at + cadence_of(incident).persist_for, now, zone),
    )


def _following_up(incident: Incident, zone: ZoneInfo, now: datetime) -> str:
    contact = incident.latest_contact_at or incident.contact_at or now
    at = times.at(contact, now, zone)
    until = times.clock(contact + policy_of(incident).follow_up_after, zone)
    if incident.first_contact == Party.HOST:
        return _(
            "You were reached %(at)s. We watch until %(until)s whether it gets quiet.",
            at=at,
            until=until,
        )
    return _(
        "The guest was reached %(at)s. We watch until %(until)s whether it gets quiet.",
        at=at,
        until=until,
    )


def _calling(
    incident: Incident, zone: ZoneInfo, task: CallTask, by: str | None, now: datetime
) -> str:
    whom = _whom(incident, task)
    if task.state in (TaskState.ASSIGNED, TaskState.WRAPPING_UP) and by is not None:
        return _("%(who)s is on it now: %(what)s.", who=by, what=whom)
    if task.available_at > now:
        return _("Next: %(what)s, %(at)s.", what=whom, at=times.at(task.available_at, now, zone))
    waited = now - task.available_at
    if waited < timedelta(minutes=1):
        return _("Next: %(what)s, now.", what=whom)
    return _(
        "Next: %(what)s. It has been waiting for an operator for %(span)s.",
        what=whom,
        span=times.lasting(waited),
    )


def _whom(incident: Incident, task: CallTask) -> str:
    if task.party == Party.HOST:
        return _("a call to you")
    return _(
        "call %(n)s of %(all)s to the guest",
        n=task.attempt_number,
        all=cadence_of(incident).attempts,
    )


def state_words(incident: Incident) -> str:
    """One or two words for where an incident stands, or how it ended."""
    if incident.resolution is not None:
        return words.of(words.RESOLUTION, incident.resolution)
    return words.of(words.INCIDENT, incident.state)
