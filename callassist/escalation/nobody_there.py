"""Nobody takes a task: page, tell the host, phone the host, give up. Every hop is stated."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import timers
from callassist.domain.call_task import Party, TaskState
from callassist.domain.incident import IncidentEvent, IncidentState
from callassist.domain.nudge import NudgeKind
from callassist.escalation.automatic import phone_guest
from callassist.escalation.closing import close
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.guest_calls import nobody_took_it
from callassist.escalation.handing_out import hand_out
from callassist.escalation.host_calls import host_exhausted
from callassist.escalation.locks import lock_incident, lock_task
from callassist.escalation.moves import is_calling, state_of
from callassist.escalation.offers import count_miss
from callassist.escalation.ringing import begin_rings
from callassist.escalation.tasks import cancel_task, open_task, return_task
from callassist.escalation.telling import needs_you, page_supervisor
from callassist.escalation.zombies import is_zombie
from callassist.models import Breach, CallTask, Desk, Incident
from callassist.storage import nudges
from callassist.storage.nudges import Told

_WAITING = (TaskState.PENDING, TaskState.OFFERED)


def on_task_available(
    session: Session, ctx: Escalation, task_id: int, due_at: datetime, now: datetime
) -> None:
    """A task became due: hand it out, unless we slept through it (a zombie)."""
    task, incident = lock_task(session, task_id)
    if task.state != TaskState.PENDING:
        return
    breach = session.get(Breach, incident.breach_id) if incident.breach_id else None
    if incident.first_contact is None and is_zombie(ctx, breach, due_at, now):
        close(session, incident, IncidentEvent.MISS, now=now)
        needs_you(session, incident, "missed", now=now)
        return
    if task.desk_id is not None:
        # nothing of the row changed, and yet it may be taken from now on: open desks say so
        desk = session.get_one(Desk, task.desk_id)
        nudges.tell(session, Told(kind=NudgeKind.QUEUE, public_id=desk.public_id, desk_id=desk.id))
        hand_out(session, ctx, task.desk_id, now)
    begin_rings(session, ctx, task, now)


def on_any_language(session: Session, ctx: Escalation, task_id: int, now: datetime) -> None:
    """Five minutes and nobody speaks it: anybody may take it, with the English script."""
    task, _ = lock_task(session, task_id)
    if task.state == TaskState.PENDING:
        task.any_language = True
        session.flush()
        if task.desk_id is not None:
            hand_out(session, ctx, task.desk_id, now)


def on_nobody_page(session: Session, ctx: Escalation, task_id: int, now: datetime) -> None:
    """Five minutes untaken: the supervisor is paged."""
    task, incident = lock_task(session, task_id)
    if task.state in _WAITING:
        page_supervisor(session, incident, "nobody_takes_it", now=now, once_per=str(task.id))


def on_nobody_tell(
    session: Session, ctx: Escalation, task_id: int, due_at: datetime, now: datetime
) -> None:
    """Ten minutes untaken: an automatic call to the guest, else the host is told (once).

    While it is being offered somebody may still take it: the host is told, and the guest is
    phoned when the offer is over.
    """
    task, incident = lock_task(session, task_id)
    if task.state not in _WAITING or phone_guest(session, ctx, incident, task, due_at, now):
        return
    if task.state == TaskState.OFFERED:
        again = ctx.ends(now, ctx.settings.offer_for)
        timers.arm(session, Deadline.AUTOMATIC_CALL, task.id, again, now=now)
    if is_calling(incident):
        needs_you(session, incident, "nobody_takes_it", now=now, party=task.party)


def on_automatic_call(
    session: Session, ctx: Escalation, task_id: int, due_at: datetime, now: datetime
) -> None:
    """As above, of a task whose host was told already; an offer that is still open ends."""
    task, incident = lock_task(session, task_id)
    if task.state in _WAITING:
        phone_guest(session, ctx, incident, task, due_at, now, over_an_offer=True)


def on_nobody_give_up(session: Session, ctx: Escalation, subject: str, now: datetime) -> None:
    """Thirty minutes untaken: a guest task becomes a host task, a host task ends it."""
    if subject.startswith("incident:"):
        _no_contact_at_all(session, int(subject.removeprefix("incident:")), now)
        return
    task, incident = lock_task(session, int(subject))
    if task.state not in _WAITING:
        return
    # an offer that is open just now changes nothing: it may be the fortieth to the same person
    if task.party == Party.GUEST:
        cancel_task(session, incident, task, "nobody_took_it", now=now)
        session.flush()
        nobody_took_it(session, ctx, incident, now=now)
    else:
        cancel_task(session, incident, task, "nobody_took_it", now=now)
        session.flush()
        host_exhausted(session, incident, now=now)


def on_assigned_idle(session: Session, ctx: Escalation, task_id: int, now: datetime) -> None:
    """Taken and not dialled for two minutes: back to the queue; the operator has missed it."""
    task, incident = lock_task(session, task_id)
    if task.state == TaskState.ASSIGNED and not task.attempts:
        return_missed(session, ctx, incident, task, "not_dialled", now)


def return_missed(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    reason: str,
    now: datetime,
) -> None:
    """Back to the queue, counted as a miss of its operator."""
    from_operator = task.operator_id
    return_task(session, ctx, incident, task, reason, now=now)
    if from_operator is not None:
        session.flush()
        count_miss(session, ctx, incident, from_operator, task, now)


def _no_contact_at_all(session: Session, incident_id: int, now: datetime) -> None:
    incident = lock_incident(session, incident_id)
    if state_of(incident) is IncidentState.CALLING_HOST and open_task(session, incident.id) is None:
        host_exhausted(session, incident, now=now)
