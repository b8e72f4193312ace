"""Operators with phones of their own, homes with guests, and calls that wait to be taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callassist import stays
from callassist.bootstrap import Service
from callassist.domain.dial import DialMode
from callassist.domain.message_kind import MessageKind
from callassist.domain.viewer import Viewer
from callassist.escalation.locks import lock_desk
from callassist.escalation.new_incident import OpenedBy
from callassist.escalation.opening import open_by_hand
from callassist.models import CallTask, Incident, Operator, OutboxEntry, Property, Timer
from callassist.storage.sessions import Sessions
from callassist.storage.vault import Vault
from tests.bench.ingest_world import World
from tests.bench.live_scene import LiveScene

PUBLIC_URL = "https://desk.example"
OWN_NUMBER = "+13135550199"  # the service's
# Each has a hundred numbers that nobody has, 555-0100 to 555-0199.
_AREAS = (201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218)
_ADMIN = Viewer(name="the measurement", is_admin=True)


def own_number(number: int) -> str:
    """An operator's own phone; nobody has it."""
    area, number = divmod(number, 100)
    return f"+1{(312, 314)[area]}55501{number:02d}"


def guest_number(home: int) -> str:
    """A guest's phone; nobody has it."""
    area, number = divmod(home, 100)
    return f"+1{_AREAS[area]}55501{number:02d}"


def make_stays(world: World, scene: LiveScene) -> None:
    """Every operator calls by their own phone, and in every home somebody stays."""
    vault, now = Vault.from_text(world.key), datetime.now(UTC)
    with scene.sessions.write() as session:
        for number, operator in enumerate(session.scalars(select(Operator).order_by(Operator.id))):
            operator.phone = vault.seal(own_number(number))
            operator.dial_mode = DialMode.OWN_PHONE
        for home in session.scalars(select(Property)).all():
            details = stays.StayDetails(
                check_in_at=now - timedelta(days=1),
                check_out_at=now + timedelta(days=3),
                guest_name=f"Guest {home.id}",
                language="en",
                numbers=(guest_number(home.id),),
            )
            stays.put_stay(session, vault, _ADMIN, home.public_id, details, now=now)


@dataclass(frozen=True)
class Waiting:
    """A call that a host asked for; at no desk until an operator takes it."""

    task_id: int
    name: str  # of the task in addresses
    incident_id: int
    incident: str
    desk_id: int


def make_calls(service: Service, homes: range) -> list[Waiting]:
    """Hosts ask for calls about these homes; nothing comes of them before they are taken."""
    later = datetime.now(UTC) + timedelta(days=1)
    with service.sessions.write() as session:
        for home in homes:
            now = datetime.now(UTC)
            place = session.get_one(Property, home)
            open_by_hand(session, service.escalation, place, OpenedBy.HOST, now=now)
        asked = select(CallTask, Incident).join(Incident, Incident.id == CallTask.incident_id)
        calls = [
            Waiting(task.id, task.public_id, incident.id, incident.public_id, task.desk_id or 0)
            for task, incident in session.execute(asked.order_by(CallTask.id))
        ]
        session.execute(update(CallTask).values(desk_id=None, available_at=later))
        session.execute(update(Incident).values(desk_id=None))
        session.execute(update(Timer).values(due_at=later))
        session.execute(update(OutboxEntry).values(due_at=later))
    return calls


def take(sessions: Sessions, call: Waiting, operator_id: int) -> None:
    """The operator has the call, and who is to be told of it is told now.

    How their last call went is not measured: it is put away, and nothing comes of it any more.
    """
    with sessions.write() as session:
        lock_desk(session, call.desk_id)  # first, as everybody does
        _put_away(session, operator_id)
        taken = {"state": "assigned", "operator_id": operator_id, "desk_id": call.desk_id}
        session.execute(update(CallTask).where(CallTask.id == call.task_id).values(taken))
        at_desk = update(Incident).where(Incident.id == call.incident_id)
        session.execute(at_desk.values(desk_id=call.desk_id))
        # but nobody is paged that no shift was planned at this desk
        told = OutboxEntry.key.startswith(f"{call.incident}:{MessageKind.CALL_REQUESTED}:")
        due = {"due_at": datetime.now(UTC)}
        session.execute(update(OutboxEntry).where(told, OutboxEntry.topic == "notify").values(due))


def _put_away(session: Session, operator_id: int) -> None:
    last = CallTask.operator_id == operator_id, CallTask.state == "wrapping_up"
    about = select(CallTask.incident_id).where(*last)
    over = {"state": "closed", "closed_at": datetime.now(UTC), "resolution": "guest_reached"}
    session.execute(update(Incident).where(Incident.id.in_(about)).values(over))
    session.execute(update(CallTask).where(*last).values(state="completed"))
