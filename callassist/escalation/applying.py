"""Carrying out what a saved result decided: one move, its tasks, its messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist.domain.call_task import Party
from callassist.domain.incident import IncidentEvent
from callassist.domain.message_kind import MessageKind
from callassist.escalation.closing import close
from callassist.escalation.context import Escalation
from callassist.escalation.host_calls import call_host_again, host_exhausted, phone_host
from callassist.escalation.policy import (
    CallAgain,
    CloseQuiet,
    GuestDecision,
    HostDecision,
    NobodyReached,
    Reached,
)
from callassist.escalation.reaching import note_contact, reached
from callassist.escalation.snapshots import phoned_back_since
from callassist.escalation.tasks import queue_task
from callassist.escalation.telling import tell_host
from callassist.models import CallTask, Incident


def apply_guest(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    decision: GuestDecision,
    *,
    now: datetime,
) -> None:
    """Do what follows the result of a guest task."""
    if isinstance(decision, Reached):
        reached(session, incident, Party.GUEST, now=now)
    elif isinstance(decision, CloseQuiet):
        close(session, incident, IncidentEvent.NOISE_ENDED, now=now)
    elif isinstance(decision, CallAgain):
        _call_again(session, ctx, incident, task, decision, now)
    else:
        if decision.guest_was_reached:
            note_contact(incident, Party.GUEST, now)
            tell_host(session, incident, MessageKind.GUEST_REACHED, now=now)
        phone_host(session, ctx, incident, decision, now=now)


def apply_host(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    decision: HostDecision,
    *,
    now: datetime,
) -> None:
    """Do what follows the result of a host task."""
    if isinstance(decision, Reached):
        reached(session, incident, Party.HOST, now=now)
    elif isinstance(decision, CloseQuiet):
        close(session, incident, IncidentEvent.NOISE_ENDED, now=now)
    elif isinstance(decision, NobodyReached):
        host_exhausted(session, incident, now=now)
    else:
        call_host_again(session, ctx, incident, decision, now)


def _call_again(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    decision: CallAgain,
    now: datetime,
) -> None:
    if decision.language is not None:
        incident.language = decision.language
    if decision.continuation:
        incident.continuation_used = True
    again = queue_task(
        session,
        ctx,
        incident,
        Party.GUEST,
        attempt_number=decision.attempt_number,
        available_at=decision.available_at,
        now=now,
        preferred_operator_id=task.operator_id if decision.same_operator else None,
        continuation=decision.continuation,
        guest_asked=decision.guest_asked,
    )
    again.phoned_back_at = task.phoned_back_at if phoned_back_since(task) else None
