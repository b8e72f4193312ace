"""The source of a stay is asked again right before the call, outside of any transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from callassist import stays
from callassist.domain.call_task import Party, TaskState
from callassist.domain.viewer import Viewer
from callassist.escalation.context import Escalation
from callassist.models import CallTask, Incident

OLD = timedelta(minutes=15)
_TAKEN = (
    select(Incident)
    .join(CallTask, CallTask.incident_id == Incident.id)
    .where(
        CallTask.public_id == bindparam("task"),
        CallTask.party == Party.GUEST,
        CallTask.state == TaskState.ASSIGNED,
        CallTask.operator_id.in_(bindparam("operators", expanding=True)),
    )
)


def look_again(
    ctx: Escalation, viewer: Viewer, task_public_id: str, now: datetime
) -> timedelta | None:
    """Have the guest of the viewer's own task read again; how old what is known is, if that is old.

    Takes five seconds at most, and then the call goes on with what is known.
    """
    with ctx.sessions.read() as session:
        asked = {"task": task_public_id, "operators": list(viewer.operator_ids)}
        incident = session.scalars(_TAKEN, asked).first()
        if incident is None or incident.practice:
            return None
        stay = stays.staying_now(session, incident.property_id, now)
    if stay is None or ctx.fresh_contact.refresh(stay.id, now):
        return None
    known_at = ctx.fresh_contact.known_at(stay.id)
    return None if known_at is None or now - known_at <= OLD else now - known_at
