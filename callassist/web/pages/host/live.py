"""Open incidents and what happens next, in one sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, case, select
from sqlalchemy.orm import Session

from callassist.domain.cadence import Cadence
from callassist.domain.call_task import OPEN_TASK_STATES, Party, TaskState
from callassist.domain.incident import IncidentState
from callassist.domain.reference import as_said
from callassist.domain.viewer import Viewer
from callassist.escalation.context import cadence_of, policy_of
from callassist.models import Breach, CallTask, Incident, Operator, Property
from callassist.models.types import JsonDict
from callassist.web.pages import times, words
from callassist.web.translate import gettext as _


class _Row(NamedTuple):
    """An open incident with its home, noise and open call; whole rows cost three times as much."""

    public_id: str
    reference: str
    state: str
    ending: str | None
    practice: bool
    opened_at: datetime
    first_contact: str | None
    contact_at: datetime | None
    latest_contact_at: datetime | None
    policy: JsonDict  # none but while it is watched after a contact: rules are long to read
    cadence: JsonDict
    home: str
    home_id: str
    timezone: str
    loud_since: datetime | None  # None: opened by hand
    frozen_since: datetime | None
    task: str | None  # its state; None: there is none
    party: str | None
    attempt_number: int
    available_at: datetime
    by: str | None

    @property
    def zone(self) -> ZoneInfo:
        """The home's."""
        return ZoneInfo(self.timezone)


# of the tables themselves: past the mapper
_INCIDENT, _HOME, _BREACH = Incident.__table__, Property.__table__, Breach.__table__
_TASK, _OPERATOR = CallTask.__table__, Operator.__table__
_RUNNING = (
    select(
        *(_INCIDENT.c.public_id, _INCIDENT.c.reference, _INCIDENT.c.state, _INCIDENT.c.ending),
        *(
            _INCIDENT.c.practice,
            _INCIDENT.c.opened_at,
            _INCIDENT.c.first_contact,
            _INCIDENT.c.contact_at,
        ),
        _INCIDENT.c.latest_contact_at,
        case((_INCIDENT.c.state == IncidentState.FOLLOWING_UP, _INCIDENT.c.policy)),
        _INCIDENT.c.cadence,
        *(_HOME.c.name, _HOME.c.public_id, _HOME.c.timezone),
        *(_BREACH.c.began_at, _BREACH.c.frozen_since),
        *(_TASK.c.state, _TASK.c.party, _TASK.c.attempt_number, _TASK.c.available_at),
        _OPERATOR.c.desk_name,
    )
    .join(_HOME, _HOME.c.id == _INCIDENT.c.property_id)
    .outerjoin(_BREACH, _BREACH.c.id == _INCIDENT.c.breach_id)
    .outerjoin(
        _TASK,
        (_TASK.c.incident_id == _INCIDENT.c.id)
        & _TASK.c.state.in_([str(state) for state in OPEN_TASK_STATES]),
    )
    .outerjoin(_OPERATOR, _OPERATOR.c.id == _TASK.c.operator_id)
    .where(
        _INCIDENT.c.account_id.in_(bindparam("accounts", expanding=True)),
        _INCIDENT.c.closed_at.is_(None),
    )
    .order_by(_INCIDENT.c.id.desc())
)
_RUNNING_HERE = _RUNNING.where(_INCIDENT.c.property_id == bindparam("home"))


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
    wanted = {"accounts": list(viewer.account_ids), "home": property_id}
    found = session.execute(_RUNNING if property_id is None else _RUNNING_HERE, wanted)
    return tuple(
        LiveIncident(
            incident_id=row.public_id,
            reference=as_said(row.reference),
            home=row.home,
            home_id=row.home_id,
            state=IncidentState(row.state),
            opened_at=row.opened_at,
            zone=row.zone,
            sentence=_sentence(row, now),
            practice=row.practice,
        )
        for row in map(_Row._make, found)
    )


def _sentence(row: _Row, now: datetime) -> str:
    state = IncidentState(row.state)
    if row.ending is not None:
        return _("The call in progress finishes, then this incident closes.")
    if state is IncidentState.WATCHING:
        return _watching(row, now)
    if state is IncidentState.FOLLOWING_UP:
        return _following_up(row, now)
    if row.task is None:
        return _("Calls are being prepared.")
    return _calling(row, now)


def _watching(row: _Row, now: datetime) -> str:
    if row.loud_since is None:
        return _("We are watching.")
    if row.frozen_since is not None:
        return _(
            "The sensor is not heard %(since)s: unknown is not quiet, so we wait for it.",
            since=times.since(row.frozen_since, now, row.zone),
        )
    span = times.lasting(now - row.loud_since)
    due = row.loud_since + cadence_of(row).persist_for
    if due <= now:
        return _("Loud for %(span)s: long enough for a call.", span=span)
    return _(
        "Loud for %(span)s. If it goes on, the guest is called %(at)s.",
        span=span,
        at=times.at(due, now, row.zone),
    )


def _following_up(row: _Row, now: datetime) -> str:
    contact = row.latest_contact_at or row.contact_at or now
    at = times.at(contact, now, row.zone)
    until = times.clock(contact + policy_of(row).follow_up_after, row.zone)
    if row.first_contact == Party.HOST:
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


def _calling(row: _Row, now: datetime) -> str:
    whom = _whom(row)
    if row.task in (TaskState.ASSIGNED, TaskState.WRAPPING_UP) and row.by is not None:
        return _("%(who)s is on it now: %(what)s.", who=row.by, what=whom)
    if row.task == TaskState.ASSIGNED:
        return _("No operator was free, so an automatic call is phoning your guest now.")
    if row.available_at > now:
        return _("Next: %(what)s, %(at)s.", what=whom, at=times.at(row.available_at, now, row.zone))
    waited = now - row.available_at
    if waited < timedelta(minutes=1):
        return _("Next: %(what)s, now.", what=whom)
    return _(
        "Next: %(what)s. It has been waiting for an operator for %(span)s.",
        what=whom,
        span=times.lasting(waited),
    )


def _whom(row: _Row) -> str:
    if row.party == Party.HOST:
        return _("a call to you")
    allowed = Cadence.attempts_in(row.cadence)
    return _("call %(n)s of %(all)s to the guest", n=row.attempt_number, all=allowed)


def state_words(state: str, resolution: str | None) -> str:
    """One or two words for where an incident stands, or how it ended."""
    if resolution is not None:
        return words.of(words.RESOLUTION, resolution)
    return words.of(words.INCIDENT, state)
