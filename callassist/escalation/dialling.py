"""An operator asks for the dial: last look, fresh number, one attempt row, then the network."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from callassist import incident_log, outbox, timers
from callassist.domain.call_task import Party, TaskState
from callassist.domain.dial import DialMode, DialState
from callassist.domain.incident import IncidentEvent
from callassist.domain.log_action import LogAction
from callassist.errors import Conflict, NotFound
from callassist.escalation.allowing import may_cost, may_ring
from callassist.escalation.call_rate import next_turn
from callassist.escalation.choosing import DialTarget, free_from, guest_target, host_target
from callassist.escalation.closing import close
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.dial_log import log_dial_started
from callassist.escalation.fake_numbers import fake_target
from callassist.escalation.host_calls import next_contact_or_end, phone_host_instead
from callassist.escalation.joined import incidents_of
from callassist.escalation.last_look import QUIET, last_look
from callassist.escalation.locks import lock_number, lock_task
from callassist.escalation.phoning_now import phones_now
from callassist.escalation.policy import HostReason
from callassist.escalation.polling import arm_poll
from callassist.escalation.tasks import request_hang_up, return_task, unsettled_attempt
from callassist.models import CallAttempt, CallTask, Incident, Operator
from callassist.storage.facts import dialling_allowed


class DialAnswer(StrEnum):
    """What asking for the dial led to."""

    DIALLING = "dialling"  # the network is being asked
    STARTED = "started"  # manual mode: the operator's own phone dials
    WENT_QUIET = "went_quiet"  # last look: the noise has ended, nobody is phoned
    PHONE_HOST = "phone_host"  # the guest must not or cannot be called; the host is next
    TOO_SOON = "too_soon"  # this number was dialled less than five minutes ago


@dataclass(frozen=True, kw_only=True)
class DialResult:
    """The answer to an operator who pressed call."""

    answer: DialAnswer
    attempt: CallAttempt | None = None
    available_at: datetime | None = None


def request_dial(
    session: Session, ctx: Escalation, operator_id: int, task_id: int, now: datetime
) -> DialResult:
    """Look once more, choose the number, write the attempt and hand it to the network.

    Raises Conflict when the task is not this operator's, was dialled already, or this is a
    restored copy that must not dial.
    """
    task, incident = lock_task(session, task_id)
    _check_may_dial(session, task, operator_id)
    if phones_now(session, [one.id for one in incidents_of(session, incident)], now) is not None:
        raise Conflict("they are phoning us at this moment; wait until that call is over")
    _check_own_phone(session, ctx, incident, operator_id)
    return dial(session, ctx, incident, task, now)


def dial(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    now: datetime,
    *,
    line: str | None = None,
    mode: DialMode | None = None,
) -> DialResult:
    """The dial of a task that is taken (locks are held by the caller).

    `line` is the network's id of an own phone that is up already: the answer that its network
    waits for is the dial, and the caller gives it. Without a `mode` it is the operator's own.
    """
    verdict = last_look(session, incident, task, now)
    if verdict == QUIET:
        close(session, incident, IncidentEvent.NOISE_ENDED, now=now)
        return DialResult(answer=DialAnswer.WENT_QUIET)
    target = _target(session, ctx, incident, task, now)
    if isinstance(target, HostReason):
        phone_host_instead(session, ctx, incident, task, target, now=now)
        return DialResult(answer=DialAnswer.PHONE_HOST)
    if target is None:
        next_contact_or_end(session, ctx, incident, task, now=now)
        return DialResult(answer=DialAnswer.PHONE_HOST)
    if not may_cost(session, ctx, incident, task, now):
        phone_host_instead(session, ctx, incident, task, HostReason.CAP_REACHED, now=now)
        return DialResult(answer=DialAnswer.PHONE_HOST)
    if task.party == Party.GUEST and incident.held_until is not None and incident.held_until > now:
        held = incident.held_until
        return_task(session, ctx, incident, task, "held", now=now, available_at=held)
        return DialResult(answer=DialAnswer.TOO_SOON, available_at=held)
    free_at = _free_at(session, ctx, incident, task, target, now)
    if free_at is not None:
        return_task(
            session, ctx, incident, task, "number_dialled_lately", now=now, available_at=free_at
        )
        return DialResult(answer=DialAnswer.TOO_SOON, available_at=free_at)
    attempt = _write_attempt(session, ctx, incident, task, target, now, mode)
    if line is not None:
        _start_on_line(session, ctx, incident, attempt, line, now)
        return DialResult(answer=DialAnswer.DIALLING, attempt=attempt)
    if attempt.mode == DialMode.OPERATOR:
        _start_by_hand(session, ctx, incident, attempt, now)
        return DialResult(answer=DialAnswer.STARTED, attempt=attempt)
    if attempt.mode == DialMode.SOFTPHONE:
        # the operator's browser calls the network, which then asks us whom to dial
        due = now + ctx.network(ctx.settings.own_line_within)
        timers.arm(session, Deadline.ATTEMPT_DOUBT, attempt.id, due, now=now)
        return DialResult(answer=DialAnswer.DIALLING, attempt=attempt)
    due = now if incident.practice else next_turn(session, ctx, attempt.provider, now, now)
    outbox.put(session, "dial", attempt.public_id, {"attempt_id": attempt.id}, now=now, due_at=due)
    timers.arm(session, Deadline.ATTEMPT_DOUBT, attempt.id, now + ctx.give_up_after, now=now)
    return DialResult(answer=DialAnswer.DIALLING, attempt=attempt)


def request_end(session: Session, operator_id: int, task_id: int, now: datetime) -> CallAttempt:
    """Hang up. The call's end itself arrives from the network, or in manual mode from this."""
    task, _ = lock_task(session, task_id)
    if task.operator_id != operator_id:
        raise NotFound("there is no such call task")
    attempt = unsettled_attempt(session, task.id)
    if attempt is None:
        raise Conflict("there is no call to hang up; it has ended already")
    request_hang_up(session, attempt, now)
    return attempt


def _check_may_dial(session: Session, task: CallTask, operator_id: int) -> None:
    if task.operator_id != operator_id:
        raise NotFound("there is no such call task")
    if task.state != TaskState.ASSIGNED:
        raise Conflict(f"this task is {task.state}; only a task that you took can be dialled")
    if task.attempts:
        raise Conflict("this task was dialled already; save its result")
    if not dialling_allowed(session):
        raise Conflict(
            "this database is a restored copy and dials nobody; "
            "check it and run `callassist resume` first"
        )


def _check_own_phone(
    session: Session, ctx: Escalation, incident: Incident, operator_id: int
) -> None:
    operator = session.get_one(Operator, operator_id)
    if ctx.mode_of(incident, operator) is DialMode.OWN_PHONE and operator.phone is None:
        raise Conflict("your own phone is not known yet; write its number under My phone first")


def _free_at(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    target: DialTarget,
    now: datetime,
) -> datetime | None:
    """When the number may be dialled; None for now. A rehearsal's belong to nobody."""
    if incident.practice:
        return None
    lock_number(session, target.number_index)
    gap = ctx.settings.same_number_gap
    if task.continuation or task.guest_asked:
        gap = timedelta()  # but never two calls to one phone at a time
    return free_from(session, target.number_index, gap, now)


def _target(
    session: Session, ctx: Escalation, incident: Incident, task: CallTask, now: datetime
) -> DialTarget | HostReason | None:
    if incident.practice:
        return fake_target(ctx.vault, task)
    if task.party == Party.GUEST:
        return guest_target(
            session,
            incident,
            now,
            lambda one: may_ring(session, ctx, incident, one.number, one.number_mask, now),
        )
    return host_target(
        session,
        incident,
        task.contact_position or 1,
        lambda one: may_ring(session, ctx, incident, one.phone, one.phone_mask, now),
    )


def _write_attempt(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    task: CallTask,
    target: DialTarget,
    now: datetime,
    mode: DialMode | None,
) -> CallAttempt:
    attempt = CallAttempt(
        task_id=task.id,
        incident_id=incident.id,
        account_id=incident.account_id,
        dial_number=1,
        party=task.party,
        attempt_number=task.attempt_number,
        operator_id=task.operator_id,
        stay_number_id=target.stay_number_id,
        host_contact_id=target.host_contact_id,
        number=target.number,
        number_index=target.number_index,
        number_mask=target.number_mask,
        state=str(DialState.WAITING),
        provider=ctx.network_of(incident).name,
        mode=str(mode or ctx.mode_of(incident, session.get(Operator, task.operator_id or 0))),
        dial_token=secrets.token_urlsafe(24),
        requested_at=now,
    )
    session.add(attempt)
    session.flush()
    timers.disarm(session, Deadline.ASSIGNED_IDLE, task.id)
    whose = (
        {"stay_number_id": target.stay_number_id}
        if target.stay_number_id is not None
        else {"host_contact_id": target.host_contact_id}
    )
    incident_log.append(
        session,
        incident.id,
        LogAction.NUMBER_CHOSEN,
        {"task_id": task.id, "mask": target.number_mask, **whose},
        now=now,
    )
    return attempt


def _start_by_hand(
    session: Session, ctx: Escalation, incident: Incident, attempt: CallAttempt, now: datetime
) -> None:
    attempt.state = str(DialState.PLACED)
    attempt.dial_at = now
    arm_poll(session, ctx, attempt, now)
    log_dial_started(session, incident.id, attempt, now)


def _start_on_line(
    session: Session,
    ctx: Escalation,
    incident: Incident,
    attempt: CallAttempt,
    line: str,
    now: datetime,
) -> None:
    attempt.mode = str(DialMode.OWN_PHONE)
    attempt.provider_call_id = line
    attempt.state = str(DialState.PLACED)
    attempt.dial_at = attempt.handed_out_at = now
    arm_poll(session, ctx, attempt, now)
    log_dial_started(session, incident.id, attempt, now)
