"""What the desk's lists show: of a stay nothing but what DESIGN 3.8 lists."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callassist.bootstrap import Service
from callassist.domain.call_task import Party, TaskState
from callassist.domain.presence import PresenceState
from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import CallTask, Desk, Operator
from callassist.web.pages.desk.look import Call, Crowd, Look, Member, look_at

_TASK = select(CallTask).where(CallTask.public_id == bindparam("public_id"))
_OPERATORS = (
    select(Operator)
    .join(Desk, Desk.id == Operator.desk_id)
    .where(Operator.id.in_(bindparam("own", expanding=True)))
    .order_by(Desk.name, Operator.id)
)
_OWN = "the viewer's operators"  # in the database session


class QueueLine(NamedTuple):
    """One call in the queue; `taken_by` is a colleague's desk name.

    `name` is who will be phoned, as long as no colleague has the call. `blocked` says why the
    viewer cannot take it now: not_due, language, taken, automatic, held, declined; else empty.
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
    phones_back: bool
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
    crowd: Crowd | None  # to whom the queue looks the same; None: to nobody else

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
    look = look_at(session, service, viewer.operator_ids, now)
    return screen_of(look, service, viewer.operator_ids, wanted)


def screen_of(
    look: Look, service: Service, operator_ids: Collection[int], wanted: str | None
) -> DeskScreen:
    """The same out of a look at the desks of these operators and perhaps of others."""
    own = [one for one in look.members.values() if one.id in operator_ids]
    me = next((one for one in own if one.public_id == wanted), own[0])
    crowd = look.crowd_of(me)
    lines = _lines(look, service, me, crowd)
    return DeskScreen(
        operator_id=me.public_id,
        desk=me.desk,
        desk_name=me.desk_name,
        languages=me.languages,
        others=tuple((one.public_id, one.desk) for one in own if one.id != me.id),
        state=me.state,
        since=me.since,
        misses=me.misses,
        mine=next((line for line in lines if line.is_mine), None),
        queue=lines if crowd else tuple(line for line in lines if not line.is_mine),
        crowd=crowd,
    )


def _lines(look: Look, service: Service, me: Member, crowd: Crowd | None) -> tuple[QueueLine, ...]:
    """What is due first; made once for all to whom the calls are the same."""
    found: tuple[QueueLine, ...] | None = look.shared.get(crowd) if crowd else None
    if found is None:
        there = look.calls.get(me.desk_id, ())
        calls = sorted(there, key=lambda call: call.available_at > look.at)
        found = tuple(
            _line(service, call, me, look.declined.get((me.id, call.id)), look.at) for call in calls
        )
        if crowd:
            look.shared[crowd] = found
    return found


def find_task(session: Session, viewer: Viewer, public_id: str) -> tuple[CallTask, Operator]:
    """A call task at one of the viewer's desks, and as whom they would work on it.

    NotFound for anything else: there is no telling which tasks other desks have.
    """
    task = session.scalars(_TASK, {"public_id": public_id}).first()
    for operator in _operators(session, viewer):
        if task is not None and task.desk_id == operator.desk_id:
            return task, operator
    raise NotFound("no such call task")


def taker(session: Session, task: CallTask) -> str | None:
    """The desk name of who works on a task."""
    operator = None if task.operator_id is None else session.get(Operator, task.operator_id)
    return None if operator is None else operator.desk_name


def _operators(session: Session, viewer: Viewer) -> list[Operator]:
    """By desk; asked for once per session."""
    key = (_OWN, viewer.operator_ids)
    if key not in session.info:
        session.info[key] = session.scalars(_OPERATORS, {"own": list(viewer.operator_ids)}).all()
    return list(session.info[key])


def _line(
    service: Service, call: Call, me: Member, declined_at: datetime | None, now: datetime
) -> QueueLine:
    is_mine = call.operator_id == me.id
    taken_by = None if is_mine else call.holder
    blocked, until = _blocked(service, call, me, declined_at, now)
    settings = service.escalation.settings
    is_offered = call.state is TaskState.OFFERED
    return QueueLine(
        task_id=call.task_id,
        party=call.party,
        name=None if taken_by else call.name or None,
        attempt=call.attempt,
        attempts=call.attempts,
        language=call.language,
        state=call.state,
        is_mine=is_mine,
        is_due=call.available_at <= now,
        is_overdue=now - call.available_at >= settings.page_supervisor_after,
        is_practice=call.is_practice,
        phones_back=call.phones_back,
        due_at=call.available_at,
        offer_ends=_ends(service, call.offered_at) if is_offered else None,
        blocked="" if is_mine else blocked,
        blocked_until=until,
        taken_by=taken_by,
        reference=call.reference,
        zone=call.zone,
    )


def _ends(service: Service, offered_at: datetime | None) -> datetime | None:
    ctx = service.escalation
    return None if offered_at is None else ctx.ends(offered_at, ctx.settings.offer_for)


def _blocked(
    service: Service, call: Call, me: Member, declined_at: datetime | None, now: datetime
) -> tuple[str, datetime | None]:
    """Why this operator cannot take the call now, by the rules of the hand-out; until when."""
    settings = service.escalation.settings
    if call.state is not TaskState.PENDING:
        is_automatic = call.operator_id is None  # taken, by nobody: the network speaks to the guest
        return "automatic" if is_automatic else "taken", None
    if call.available_at > now:
        return "not_due", call.available_at
    held = call.preferred_until is not None and call.preferred_until > now
    if held and call.preferred_id not in (None, me.id):
        return "held", call.preferred_until
    if not call.any_language and call.language not in me.languages:
        return "language", call.available_at + settings.any_language_after
    if declined_at is not None:
        return "declined", declined_at + settings.decline_quiet
    return "", None
