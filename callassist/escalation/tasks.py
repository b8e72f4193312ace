"""Call tasks: queued, returned, cancelled, with the deadlines of waiting."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log, outbox, roster, timers
from callassist.domain.call_task import OPEN_TASK_STATES, Party, TaskEvent, TaskState
from callassist.domain.dial import UNSETTLED
from callassist.domain.log_action import LogAction
from callassist.domain.presence import PresenceState
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import TASK_DEADLINES, WAITING_DEADLINES, Deadline
from callassist.escalation.moves import move_task
from callassist.escalation.notes import take_draft
from callassist.escalation.ring_rows import withdraw_rings
from callassist.escalation.ringing import is_on_call
from callassist.escalation.telling import page_supervisor
from callassist.models import CallAttempt, CallTask, Incident, Offer, Presence


def queue_task(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    party: Party,
    *,
    attempt_number: int,
    available_at: datetime,
    now: datetime,
    language: str | None = None,
    contact_position: int | None = None,
    preferred_operator_id: int | None = None,
    continuation: bool = False,
    guest_asked: bool = False,
) -> CallTask:
    """Write one piece of operator work and arm the deadlines of its waiting.

    An `available_at` that has passed long ago is kept: it tells a call that we slept through.
    """
    desk = roster.desk_for(session, incident.account_id, now)
    incident.desk_id = desk.id if desk else None
    task = CallTask(
        incident_id=incident.id,
        account_id=incident.account_id,
        desk_id=incident.desk_id,
        party=str(party),
        attempt_number=attempt_number,
        contact_position=contact_position,
        state=str(TaskState.PENDING),
        language=language or incident.language,
        available_at=available_at,
        created_at=now,
        preferred_operator_id=preferred_operator_id,
        preferred_until=available_at + ctx.settings.retry_hold if preferred_operator_id else None,
        continuation=continuation,
        guest_asked=guest_asked,
    )
    session.add(task)
    session.flush()
    incident_log.append(
        session,
        incident.id,
        LogAction.TASK_QUEUED,
        {
            "task_id": task.id,
            "party": str(party),
            "attempt_number": attempt_number,
            "available_at": available_at.isoformat(),
            "language": task.language,
        },
        now=now,
    )
    arm_waiting(session, ctx, task, now)
    timers.arm(session, Deadline.TASK_AVAILABLE, task.id, available_at, now=now)
    _check_language(session, ctx, incident, task, now)
    return task


def arm_waiting(session: Session, ctx: Escalation, task: CallTask, now: datetime) -> None:
    """Arm what happens to a pending task that nobody takes, from when it is available.

    Of a practice alert the robot takes it soon, so nobody is paged or told that nobody did.
    """
    own = ctx.settings
    start = max(task.available_at, now)
    if session.get_one(Incident, task.incident_id).practice:
        timers.arm(session, Deadline.TASK_AVAILABLE, task.id, start, now=now)
        give_up_at = start + own.untaken_guest_task_after
        timers.arm(session, Deadline.NOBODY_GIVE_UP, task.id, give_up_at, now=now)
        return
    give_up = own.untaken_guest_task_after
    if task.party == Party.HOST:
        give_up = own.untaken_host_task_after
    due = {
        Deadline.TASK_AVAILABLE: start,
        Deadline.NOBODY_PAGE: start + own.page_supervisor_after,
        Deadline.NOBODY_TELL: start + own.host_told_after,
        Deadline.NOBODY_GIVE_UP: start + give_up,
    }
    armings = [timers.Arming(kind=kind, subject=task.id, due_at=at) for kind, at in due.items()]
    timers.arm_many(session, armings, now=now)


def _check_language(
    session: Session, ctx: Escalation, incident: Incident, task: CallTask, now: datetime
) -> None:
    """Nobody on shift speaks it: supervisor paged at once, anybody may take it later."""
    if task.desk_id is None or is_on_call(session, task):
        return  # the rota's phones ring, whatever they speak
    if roster.anyone_on_shift_speaks(session, task.desk_id, task.language, now):
        return
    page_supervisor(
        session,
        incident,
        "language_not_on_shift",
        now=now,
        once_per=str(task.id),
        language=task.language,
    )
    due = max(task.available_at, now) + ctx.settings.any_language_after
    timers.arm(session, Deadline.ANY_LANGUAGE, task.id, due, now=now)


def open_task(session: Session, incident_id: int) -> CallTask | None:
    """The incident's open task; there is at most one."""
    return session.scalar(
        select(CallTask).where(
            CallTask.incident_id == incident_id,
            CallTask.state.in_([str(state) for state in OPEN_TASK_STATES]),
        )
    )


def unsettled_attempt(session: Session, task_id: int) -> CallAttempt | None:
    """The task's dial that is waiting, live or in doubt."""
    return session.scalar(
        select(CallAttempt).where(
            CallAttempt.task_id == task_id,
            CallAttempt.state.in_([str(state) for state in UNSETTLED]),
        )
    )


def return_task(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    reason: str,
    *,
    now: datetime,
    available_at: datetime | None = None,
) -> None:
    """Back to the queue; it keeps its place unless `available_at` says later."""
    move_task(task, TaskEvent.RETURN)
    free_operator(session, task, now)
    task.operator_id = None
    task.assigned_at = None
    if available_at is not None:
        task.available_at = available_at
    disarm_task(session, task.id)
    incident_log.append(
        session,
        incident.id,
        LogAction.TASK_RETURNED,
        {"task_id": task.id, "reason": reason},
        now=now,
    )
    arm_waiting(session, ctx, task, now)
    if not task.any_language:
        _check_language(session, ctx, incident, task, now)


def cancel_task(
    session: Session, incident: Incident, task: CallTask, reason: str, *, now: datetime
) -> None:
    """The work is not needed any more; an open offer vanishes with it."""
    end_offer(session, incident, task, "withdrawn", now=now)
    free_operator(session, task, now)
    move_task(task, TaskEvent.CANCEL)
    task.completed_at = now
    task.note = take_draft(session, task.id)
    disarm_task(session, task.id)
    withdraw_rings(session, task.id, now)
    incident_log.append(
        session,
        incident.id,
        LogAction.TASK_CANCELLED,
        {"task_id": task.id, "reason": reason},
        now=now,
    )


def end_offer(
    session: Session,
    incident: Incident,
    task: CallTask,
    ending: str,
    *,
    now: datetime,
    why: str | None = None,
) -> Offer | None:
    """Close the open offer of a task, if there is one, and log how it ended (and why)."""
    offer = session.scalar(select(Offer).where(Offer.task_id == task.id, Offer.ended_at.is_(None)))
    if offer is None:
        return None
    offer.ended_at = now
    offer.ending = ending
    timers.disarm(session, Deadline.OFFER_EXPIRED, task.id)
    if ending != "accepted":
        incident_log.append(
            session,
            incident.id,
            LogAction.OFFER_ENDED,
            {
                "task_id": task.id,
                "operator_id": offer.operator_id,
                "ending": ending,
                **({"why": why} if why else {}),
            },
            now=now,
        )
    return offer


def free_operator(session: Session, task: CallTask, now: datetime) -> None:
    """The task's operator becomes available again, unless already offline or on a break."""
    if task.operator_id is None:
        return
    presence = session.get(Presence, task.operator_id)
    if presence and presence.state not in (PresenceState.OFFLINE, PresenceState.BREAK):
        roster.set_presence(session, task.operator_id, PresenceState.AVAILABLE, now)
        if task.desk_id is not None:
            timers.arm(session, Deadline.DISPATCH, task.desk_id, now, now=now)


def disarm_task(session: Session, task_id: int) -> None:
    """Drop every deadline of a task."""
    timers.disarm_all(session, TASK_DEADLINES, task_id)


def disarm_waiting(session: Session, task_id: int) -> None:
    """Drop the deadlines of waiting: somebody took the task."""
    timers.disarm_all(session, WAITING_DEADLINES, task_id)


def request_hang_up(session: Session, attempt: CallAttempt, now: datetime) -> None:
    """Ask the network to end a call; once."""
    if attempt.hang_up_requested_at is None:
        attempt.hang_up_requested_at = now
        outbox.put(session, "hang_up", attempt.public_id, {"attempt_id": attempt.id}, now=now)
