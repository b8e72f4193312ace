"""What the desk's screens show: of a stay nothing but what DESIGN 3.8 lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.call_task import OPEN_TASK_STATES, Party, TaskState
from callassist.domain.presence import PresenceState
from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.escalation.context import cadence_of
from callassist.escalation.handing_out import queue_order
from callassist.models import CallTask, Desk, Incident, Operator, Presence, Property

OPEN = tuple(str(state) for state in OPEN_TASK_STATES)
MINE = (TaskState.OFFERED, TaskState.ASSIGNED, TaskState.WRAPPING_UP)


@dataclass(frozen=True, kw_only=True)
class QueueLine:
    """One call in the queue; `taken_by` is a colleague's desk name."""

    task_id: str
    party: Party
    attempt: int
    attempts: int
    language: str
    is_mine_to_speak: bool
    state: TaskState
    is_due: bool
    due_at: datetime
    waited: timedelta
    taken_by: str | None
    reference: str
    zone: ZoneInfo


@dataclass(frozen=True, kw_only=True)
class DeskScreen:
    """The first page of the desk for one operator."""

    operator_id: str
    desk: str
    desk_name: str
    others: tuple[tuple[str, str], ...]  # (operator's id, desk) of the same person elsewhere
    state: PresenceState
    since: datetime | None
    mine: QueueLine | None
    queue: tuple[QueueLine, ...]


def operator_of(session: Session, viewer: Viewer, wanted: str | None) -> Operator:
    """As whom the viewer works: the wanted one of theirs, else the first."""
    own = _operators(session, viewer)
    return next((one for one in own if one.public_id == wanted), own[0])


def desk_screen(session: Session, viewer: Viewer, wanted: str | None, now: datetime) -> DeskScreen:
    """Presence, the call in hand, and the queue in the order in which it is handed out."""
    operators = _operators(session, viewer)
    operator = next((one for one in operators if one.public_id == wanted), operators[0])
    presence = session.get(Presence, operator.id)
    lines = [
        (task, _line(task, incident, operator, desk_name, home, now))
        for task, incident, home, desk_name in _open_tasks(session, operator.desk_id)
    ]
    mine = [line for task, line in lines if task.operator_id == operator.id]
    lines.sort(key=lambda pair: (not pair[1].is_due, queue_order(pair[0])))
    return DeskScreen(
        operator_id=operator.public_id,
        desk=operator.desk.name,
        desk_name=operator.desk_name,
        others=tuple((one.public_id, one.desk.name) for one in operators if one.id != operator.id),
        state=PresenceState(presence.state) if presence else PresenceState.OFFLINE,
        since=presence.since if presence else None,
        mine=mine[0] if mine else None,
        queue=tuple(line for task, line in lines if task.operator_id != operator.id),
    )


def find_task(session: Session, viewer: Viewer, public_id: str) -> tuple[CallTask, Operator]:
    """A call task at one of the viewer's desks, and as whom they would work on it.

    NotFound for anything else: there is no telling which tasks other desks have.
    """
    task = session.scalars(select(CallTask).where(CallTask.public_id == public_id)).first()
    for operator in _operators(session, viewer):
        if task is not None and task.desk_id == operator.desk_id:
            return task, operator
    raise NotFound("no such call task")


def taker(session: Session, task: CallTask) -> str | None:
    """The desk name of who works on a task."""
    operator = None if task.operator_id is None else session.get(Operator, task.operator_id)
    return None if operator is None else operator.desk_name


def _operators(session: Session, viewer: Viewer) -> list[Operator]:
    query = (
        select(Operator)
        .join(Desk, Desk.id == Operator.desk_id)
        .where(Operator.id.in_(viewer.operator_ids))
        .order_by(Desk.name, Operator.id)
    )
    return list(session.scalars(query))


def _open_tasks(
    session: Session, desk_id: int
) -> Iterable[tuple[CallTask, Incident, Property, str | None]]:
    query = (
        select(CallTask, Incident, Property, Operator.desk_name)
        .join(Incident, Incident.id == CallTask.incident_id)
        .join(Property, Property.id == Incident.property_id)
        .outerjoin(Operator, Operator.id == CallTask.operator_id)
        .where(CallTask.desk_id == desk_id, CallTask.state.in_(OPEN))
    )
    return [(task, incident, home, by) for task, incident, home, by in session.execute(query)]


def _line(
    task: CallTask,
    incident: Incident,
    operator: Operator,
    taken_by: str | None,
    home: Property,
    now: datetime,
) -> QueueLine:
    party = Party(task.party)
    return QueueLine(
        task_id=task.public_id,
        party=party,
        attempt=task.attempt_number,
        attempts=cadence_of(incident).attempts,
        language=task.language,
        is_mine_to_speak=task.any_language or task.language in operator.languages,
        state=TaskState(task.state),
        is_due=task.available_at <= now,
        due_at=task.available_at,
        waited=now - task.available_at,
        taken_by=taken_by,
        reference=incident.reference,
        zone=ZoneInfo(home.timezone),
    )
