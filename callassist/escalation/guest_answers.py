"""The guest's own answers by page, text or key."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.call_task import Party, TaskState
from callassist.domain.incident import IncidentState
from callassist.domain.log_action import LogAction
from callassist.errors import Conflict
from callassist.escalation.context import Escalation
from callassist.escalation.joined import leader_of
from callassist.escalation.locks import lock_incident
from callassist.escalation.moves import state_of
from callassist.escalation.requesting import request_call
from callassist.escalation.tasks import arm_waiting, open_task
from callassist.escalation.telling import needs_you
from callassist.models import CallTask, Incident


class GuestAnswer(StrEnum):
    """What a guest can say without talking to anybody."""

    TURN_IT_DOWN = "turn_it_down"  # holds dialling 10 min, once, then last look
    NOT_US = "not_us"  # noted, host told, calls go on
    CALL_ME = (
        "call_me"  # the pending task is available now, same attempt; requested if there is none
    )


def answer(
    session: Session,
    ctx: Escalation,
    incident_id: int,
    said: GuestAnswer,
    via: str,
    *,
    now: datetime,
) -> Incident:
    """Note the answer and do what it asks for; Conflict once nobody is being called any more.

    For a home that joined another one's calls it holds or hastens the shared call.
    """
    incident = lock_incident(session, incident_id)
    if state_of(incident) not in (IncidentState.WATCHING, IncidentState.CALLING_GUEST):
        raise Conflict("nobody is phoning you about this any more; thank you")
    incident_log.append(
        session,
        incident.id,
        LogAction.GUEST_ANSWERED,
        {"answer": str(said), "via": via},
        now=now,
    )
    if said is GuestAnswer.CALL_ME and state_of(incident) is IncidentState.WATCHING:
        request_call(session, ctx, incident, "guest_asked", now=now)
        session.flush()
    leader = leader_of(session, incident)
    held = incident if leader is None else lock_incident(session, leader.id)
    task = open_task(session, held.id)
    waiting = (
        task if task and task.party == Party.GUEST and task.state == TaskState.PENDING else None
    )
    if said is GuestAnswer.NOT_US:
        needs_you(session, incident, "guest_says_not_us", now=now)
    elif said is GuestAnswer.CALL_ME:
        if waiting is not None:
            waiting.guest_asked = True
            held.held_until = None
            if waiting.available_at > now:
                _reschedule(session, ctx, waiting, now, now)
    elif not held.hold_used:
        held.hold_used = True
        held.held_until = now + ctx.settings.hold_for
        incident_log.append(
            session,
            incident.id,
            LogAction.DIALLING_HELD,
            {"until": held.held_until.isoformat()},
            now=now,
        )
        if waiting is not None and waiting.available_at < held.held_until:
            _reschedule(session, ctx, waiting, held.held_until, now)
    return incident


def _reschedule(
    session: Session, ctx: Escalation, task: CallTask, available_at: datetime, now: datetime
) -> None:
    task.available_at = available_at
    arm_waiting(session, ctx, task, now)
