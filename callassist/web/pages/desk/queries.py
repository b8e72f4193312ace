"""What the desk's lists show: of a stay nothing but what DESIGN 3.8 lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.bootstrap import Service
from callassist.domain.call_task import OPEN_TASK_STATES, Party, TaskState
from callassist.domain.presence import PresenceState
from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.escalation.context import cadence_of
from callassist.escalation.handing_out import queue_order
from callassist.models import CallTask, Desk, Incident, Offer, Operator, Presence, Property, Stay
from callassist.web.operator_card import guest_name

OPEN = tuple(str(state) for state in OPEN_TASK_STATES)


@dataclass(frozen=True, kw_only=True)
class QueueLine:
    """One call in the queue; `taken_by` is a colleague's desk name.

    `name` is who will be phoned, as long as no colleague has the call. `blocked` says why the
    viewer cannot take it now: not_due, language, taken, held, declined; empty when they can.
    """

    task_id: str
    party: Party
    name: str | None
    attempt: int
    attempts: int
    language: str
    state: TaskState
    is_mine: bool
    is_due: bool
    is_overdue: bool
    is_practice: bool
    due_at: datetime
    offer_ends: datetime | None
    blocked: str
    blocked_until: datetime | None
    taken_by: str | None
    reference: str
    zone: ZoneInfo


@dataclass(frozen=True, kw_only=True)
class DeskScreen:
    """What stands around every page of the desk, and the queue."""

    operator_id: str
    desk: str
    desk_name: str
    languages: tuple[str, ...]
    others: tuple[tuple[str, str], ...]  # (operator's id, desk) of the same person elsewhere
    state: PresenceState
    since: datetime | None
    misses: int
    mine: QueueLine | None
    queue: tuple[QueueLine, ...]

    @property
    def waiting(self) -> int:
        """How many calls this operator could take now."""
        return sum(1 for line in self.queue if not line.blocked)


def operator_of(session: Session, viewer: Viewer, wanted: str | None) -> Operator:
    """As whom the viewer works: the wanted one of theirs, else the first."""
    own = _operators(session, viewer)
    return next((one for one in own if one.public_id == wanted), own[0])


def desk_screen(
    session: Session, service: Service, viewer: Viewer, wanted: str | None, now: datetime
) -> DeskScreen:
    """Presence, the call in hand, and the queue in the order in which it is handed out."""
    operators = _operators(session, viewer)
    operator = next((one for one in operators if one.public_id == wanted), operators[0])
    presence = session.get(Presence, operator.id)
    declined = _declined(session, operator, now - service.escalation.settings.decline_quiet)
    rows = list(_open_tasks(session, operator.desk_id))
    rows.sort(key=lambda row: (row[0].available_at > now, queue_order(row[0])))
    lines = [_line(service, row, operator, declined, now) for row in rows]
    return DeskScreen(
        operator_id=operator.public_id,
        desk=operator.desk.name,
        desk_name=operator.desk_name,
        languages=tuple(operator.languages),
        others=tuple((one.public_id, one.desk.name) for one in operators if one.id != operator.id),
        state=PresenceState(presence.state) if presence else PresenceState.OFFLINE,
        since=presence.since if presence else None,
        misses=presence.misses if presence else 0,
        mine=next((line for line in lines if line.is_mine), None),
        queue=tuple(line for line in lines if not line.is_mine),
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


Row = tuple[CallTask, Incident, Property, Stay | None, str | None]


def _open_tasks(session: Session, desk_id: int) -> Iterable[Row]:
    query = (
        select(CallTask, Incident, Property, Stay, Operator.desk_name)
        .join(Incident, Incident.id == CallTask.incident_id)
        .join(Property, Property.id == Incident.property_id)
        .outerjoin(Stay, Stay.id == Incident.stay_id)
        .outerjoin(Operator, Operator.id == CallTask.operator_id)
        .where(CallTask.desk_id == desk_id, CallTask.state.in_(OPEN))
    )
    return [(task, at, home, stay, by) for task, at, home, stay, by in session.execute(query)]


def _declined(session: Session, operator: Operator, since: datetime) -> dict[int, datetime]:
    """When the operator gave calls back that are therefore not offered to them now."""
    rows = session.execute(
        select(Offer.task_id, Offer.ended_at).where(
            Offer.operator_id == operator.id, Offer.ending == "declined", Offer.ended_at > since
        )
    )
    return {task_id: ended_at for task_id, ended_at in rows if ended_at is not None}


def _line(
    service: Service, row: Row, operator: Operator, declined: dict[int, datetime], now: datetime
) -> QueueLine:
    task, incident, home, stay, by = row
    party, is_mine = Party(task.party), task.operator_id == operator.id
    taken_by = None if is_mine else by
    name = guest_name(service, stay) if party is Party.GUEST else home.host_spoken_name
    blocked, until = _blocked(service, task, operator, declined, now)
    offered = task.state == TaskState.OFFERED and task.offered_at is not None
    settings = service.escalation.settings
    return QueueLine(
        task_id=task.public_id,
        party=party,
        name=None if taken_by else name or None,
        attempt=task.attempt_number,
        attempts=cadence_of(incident).attempts,
        language=task.language,
        state=TaskState(task.state),
        is_mine=is_mine,
        is_due=task.available_at <= now,
        is_overdue=now - task.available_at >= settings.page_supervisor_after,
        is_practice=incident.practice,
        due_at=task.available_at,
        offer_ends=_plus(task.offered_at, settings.offer_for) if offered else None,
        blocked="" if is_mine else blocked,
        blocked_until=until,
        taken_by=taken_by,
        reference=incident.reference.replace("-", " "),
        zone=ZoneInfo(home.timezone),
    )


def _plus(at: datetime | None, span: timedelta) -> datetime | None:
    return None if at is None else at + span


def _blocked(
    service: Service,
    task: CallTask,
    operator: Operator,
    declined: dict[int, datetime],
    now: datetime,
) -> tuple[str, datetime | None]:
    """Why this operator cannot take the call now, by the rules of the hand-out; until when."""
    settings = service.escalation.settings
    if task.state != TaskState.PENDING:
        return "taken", None
    if task.available_at > now:
        return "not_due", task.available_at
    held = task.preferred_until is not None and task.preferred_until > now
    if held and task.preferred_operator_id not in (None, operator.id):
        return "held", task.preferred_until
    if not task.any_language and task.language not in operator.languages:
        return "language", task.available_at + settings.any_language_after
    if task.id in declined:
        return "declined", declined[task.id] + settings.decline_quiet
    return "", None
