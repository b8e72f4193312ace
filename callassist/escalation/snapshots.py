"""What is true when a result is saved, or would be true if it were: what policy decides on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist import roster
from callassist.domain.dial import DialMode
from callassist.escalation.choosing import host_contacts
from callassist.escalation.policy import GuestSnapshot, HostSnapshot
from callassist.models import CallAttempt, CallTask, Incident


def guest_snapshot(
    session: Session,
    incident: Incident,
    task: CallTask,
    attempt: CallAttempt | None,
    *,
    counted_attempts: int,
    numbers_left: int,
    noise_ended: bool,
    language: str | None,
    call_back_at: datetime | None,
    now: datetime,
) -> GuestSnapshot:
    """Of a guest's task; without an attempt the call would end now."""
    return GuestSnapshot(
        now=now,
        ended_at=(attempt.ended_at if attempt else None) or now,
        attempt_number=task.attempt_number,
        counted_attempts=counted_attempts,
        numbers_left=numbers_left,
        noise_ended=noise_ended,
        cancel_redials=incident.cancel_redials,
        provider_errors=incident.provider_errors,
        continuation_used=incident.continuation_used,
        continuation=task.continuation,
        barrier_met=incident.barrier_met,
        language=language,
        language_free=_language_free(session, task, language, now),
        language_on_shift=_language_on_shift(session, task, language, now),
        call_back_at=call_back_at,
        phoned_back=phoned_back_since(task),
    )


def phoned_back_since(task: CallTask) -> bool:
    """Whether the guest asked for a call by phone after this task's own dial was asked for."""
    asked = [one.requested_at for one in task.attempts if one.mode != DialMode.PHONED_BACK]
    return task.phoned_back_at is not None and bool(asked) and max(asked) < task.phoned_back_at


def host_snapshot(
    session: Session,
    incident: Incident,
    task: CallTask,
    attempt: CallAttempt | None,
    *,
    noise_ended: bool,
    now: datetime,
) -> HostSnapshot:
    """Of a host's task; without an attempt the call would end now."""
    position = task.contact_position or 1
    return HostSnapshot(
        now=now,
        ended_at=(attempt.ended_at if attempt else None) or now,
        contact_position=position,
        dial=task.attempt_number,
        later_positions=tuple(
            each.position for each in host_contacts(session, incident) if each.position > position
        ),
        noise_ended=noise_ended and incident.first_contact is None,
        cancel_redials=incident.cancel_redials,
        provider_errors=incident.provider_errors,
    )


def _language_free(session: Session, task: CallTask, language: str | None, now: datetime) -> bool:
    if language is None or task.desk_id is None:
        return False
    return any(
        roster.speaks(operator, language)
        for operator, _ in roster.available(session, task.desk_id, now)
        if operator.id != task.operator_id
    )


def _language_on_shift(
    session: Session, task: CallTask, language: str | None, now: datetime
) -> bool:
    if language is None or task.desk_id is None:
        return False
    return roster.anyone_on_shift_speaks(session, task.desk_id, language, now)
