"""What happens next in an open incident, and when: for the countdown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.call_task import OPEN_TASK_STATES, Party, TaskState
from callassist.domain.incident import IncidentState
from callassist.escalation.context import cadence_of, policy_of
from callassist.models import Breach, CallTask, Incident
from callassist.web.translate import gettext as _

_OPEN = [str(state) for state in OPEN_TASK_STATES]


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """What the countdown counts to, in words that stand before it."""

    due: datetime
    label: str


def next_step(
    session: Session, incident: Incident, breach: Breach | None, now: datetime
) -> NextStep | None:
    """None when nothing is due at a time that is known: somebody is at work, or it is over."""
    found = _next(session, incident, breach)
    return found if found is not None and found.due > now else None


def _next(session: Session, incident: Incident, breach: Breach | None) -> NextStep | None:
    if incident.closed_at is not None or incident.ending is not None:
        return None
    state = IncidentState(incident.state)
    if state is IncidentState.WATCHING:
        if breach is None or breach.frozen_since is not None:
            return None
        due = breach.began_at + cadence_of(incident).persist_for
        return NextStep(due=due, label=_("The guest is called in"))
    if state is IncidentState.FOLLOWING_UP:
        contact = incident.latest_contact_at or incident.contact_at
        if contact is None:
            return None
        due = contact + policy_of(incident).follow_up_after
        return NextStep(due=due, label=_("We watch for another"))
    task = session.scalars(
        select(CallTask).where(CallTask.incident_id == incident.id, CallTask.state.in_(_OPEN))
    ).first()
    if task is None or task.state != TaskState.PENDING:
        return None
    if task.party == Party.HOST:
        return NextStep(due=task.available_at, label=_("We call you in"))
    label = _("Attempt %(n)s in", n=task.attempt_number)
    return NextStep(due=task.available_at, label=label)
