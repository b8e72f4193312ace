"""Rings as rows: which are open, how one ends, and what no longer needs to ring."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callassist import incident_log, outbox, timers
from callassist.domain.call_task import TaskState
from callassist.domain.dial import UNSETTLED, DialState
from callassist.domain.log_action import LogAction
from callassist.domain.phone_costs import CostKind, Phone
from callassist.domain.phone_ring import DUTY_PHONE, About, RingEnding
from callassist.errors import NotFound
from callassist.escalation.context import Escalation
from callassist.escalation.costs import NewCost, note_cost
from callassist.escalation.deadlines import Deadline
from callassist.escalation.locks import lock_task
from callassist.escalation.telling import page_supervisor
from callassist.models import CallAttempt, CallTask, Incident, NeedsYou, Notification, PhoneRing
from callassist.storage.facts import dialling_allowed

_OPEN = [str(state) for state in UNSETTLED]
_WAITING = (TaskState.PENDING, TaskState.OFFERED)
_RESTS = (RingEnding.TAKEN, RingEnding.WITHDRAWN)
_TOLD = {
    RingEnding.NOT_ANSWERED: "nobody answered the phone",
    RingEnding.NO_KEY: "the phone was answered, and no key was pressed",
    RingEnding.REFUSED: "somebody answered and asked for the next person",
    RingEnding.TOO_LATE: "somebody else had taken it already",
    RingEnding.WITHDRAWN: "it was not needed any more",
}


def ring_url(ctx: Escalation, ring: PhoneRing) -> str:
    """Where a ring is reported; what is asked about it is asked below."""
    return f"{ctx.public_url.rstrip('/')}/hooks/telephony/{ring.provider}/{ring.token}"


def text_url(ctx: Escalation, ring: PhoneRing) -> str:
    """Where the text with the link is reported; nothing depends on what is said there."""
    return f"{ctx.public_url.rstrip('/')}/hooks/telephony/{ring.provider}/text/{ring.token}"


def lock_ring(session: Session, ring_id: int) -> PhoneRing:
    """A ring, locked and read afresh; the incident of its task is locked first."""
    task_id = session.scalar(select(PhoneRing.task_id).where(PhoneRing.id == ring_id))
    if task_id is not None:
        lock_task(session, task_id)
    ring = session.scalar(
        select(PhoneRing)
        .where(PhoneRing.id == ring_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if ring is None:
        raise NotFound("there is no such ring")
    return ring


def open_rings(session: Session, task_id: int) -> list[PhoneRing]:
    """The rings of a task that are not over."""
    found = select(PhoneRing).where(PhoneRing.task_id == task_id, PhoneRing.state.in_(_OPEN))
    return list(session.scalars(found.order_by(PhoneRing.id)))


def is_phone_busy(session: Session, number_index: str, besides: int | None = None) -> bool:
    """Whether this phone rings, talks or is about to ring for something of ours already.

    For the ring `besides`, which is about to: others that only wait are not in its way.
    """
    states = _OPEN if besides is None else [one for one in _OPEN if one != DialState.WAITING]
    rings = select(PhoneRing.id).where(
        PhoneRing.number_index == number_index,
        PhoneRing.state.in_(states),
        PhoneRing.id != (besides or 0),
    )
    # who took a call by this phone holds it until that call is over
    talks = select(CallAttempt.id).where(
        CallAttempt.state.in_(_OPEN),
        or_(
            CallAttempt.number_index == number_index,
            CallAttempt.id.in_(
                select(PhoneRing.attempt_id).where(PhoneRing.number_index == number_index)
            ),
        ),
    )
    return any(session.scalar(query.limit(1)) is not None for query in (rings, talks))


def is_wanted(session: Session, ring: PhoneRing) -> bool:
    """Whether somebody is still needed for what it rings for."""
    if not dialling_allowed(session) or ring.hang_up_requested_at is not None:
        return False
    if ring.task_id is not None:
        task = session.get_one(CallTask, ring.task_id)
        return task.state in (TaskState.PENDING, TaskState.OFFERED)
    if ring.about == About.PAGE:
        incident = session.get(Incident, ring.incident_id) if ring.incident_id else None
        return incident is None or incident.closed_at is None
    alarm = session.get(NeedsYou, ring.needs_you_id) if ring.needs_you_id else None
    return alarm is None or alarm.acknowledged_at is None


def arm_ring_poll(session: Session, ctx: Escalation, ring: PhoneRing, now: datetime) -> None:
    """Ask about this ring when nothing was heard of it for a while."""
    due = now + ctx.network(ctx.settings.reconcile_after)
    timers.arm(session, Deadline.RING_POLL, ring.id, due, now=now)


def end_ring(
    session: Session,
    ctx: Escalation,
    ring: PhoneRing,
    ending: RingEnding,
    now: datetime,
    error: str | None = None,
) -> None:
    """A ring is over for good; where nobody took the task, the next turn is on its way."""
    if ring.state == DialState.ENDED:
        return
    ring.state, ring.ending = str(DialState.ENDED), str(ending)
    ring.ended_at, ring.error = now, error and error[:255]
    timers.disarm(session, Deadline.RING_DOUBT, ring.id)
    timers.disarm(session, Deadline.RING_POLL, ring.id)
    if ring.incident_id is not None:
        data = {"ring_id": ring.id, "ending": str(ending)}
        incident_log.append(session, ring.incident_id, LogAction.RING_ENDED, data, now=now)
    if ring.provider_call_id is not None and (ring.task_id is None or ending != RingEnding.TAKEN):
        _note_cost(session, ctx, ring, now)  # of a call put through, both legs are noted with it
    if ring.notification_id is not None:
        _note_notification(session, ring, ending, error, now)
    if ring.task_id is not None and ending is not RingEnding.TAKEN:
        _go_on(session, ctx, ring, ending, now)
    if ring.about == About.PAGE and ending not in _RESTS:
        message = session.get(Notification, ring.notification_id) if ring.notification_id else None
        if message is not None:
            page_the_next(session, message, ring.account_id, now)


def withdraw_rings(session: Session, task_id: int, now: datetime) -> None:
    """The task was taken or is not needed: phones that ring for it stop.

    One that has not rung yet never will. Who has picked up already goes on listening, and is told
    when they press a key.
    """
    for ring in open_rings(session, task_id):
        if ring.state != DialState.TALKING and ring.hang_up_requested_at is None:
            ring.hang_up_requested_at = now
            payload = {"ring_id": ring.id}
            outbox.put(session, "ring_hang_up", ring.public_id, payload, now=now)


def _go_on(
    session: Session, ctx: Escalation, ring: PhoneRing, ending: RingEnding, now: datetime
) -> None:
    task = session.get_one(CallTask, ring.task_id)
    incident = session.get_one(Incident, task.incident_id)
    if task.state not in _WAITING:
        return
    if ring.about == About.MISSED:
        page_supervisor(
            session,
            incident,
            "last_operator_misses",
            now=now,
            once_per=f"{task.id}:ring:{ring.id}",
            operator_id=ring.operator_id,
        )
        return
    if ending is RingEnding.FAILED:
        cannot_ring(session, incident, task, "network", now)
    pause = ctx.settings.phone_ring_pause
    due = now if ending is RingEnding.REFUSED else now + pause
    timers.arm(session, Deadline.RING_TURN, task.id, due, now=now)


def page_the_next(session: Session, message: Notification, account_id: int, now: datetime) -> None:
    """Nobody took it at the desk's duty phone: the page goes on to whoever comes after it."""
    outbox.put(
        session,
        "notify",
        f"{message.key}:after",
        {
            "kind": message.kind,
            "desk_id": message.desk_id,
            "account_id": account_id,
            "incident_id": message.incident_id,
            "facts": {**message.facts, "after": DUTY_PHONE},
        },
        now=now,
    )


def cannot_ring(
    session: Session, incident: Incident, task: CallTask, why: str, now: datetime
) -> None:
    """Say on every other channel, once for each reason, that the rota's phones cannot be rung."""
    page_supervisor(
        session, incident, "rota_not_rung", now=now, once_per=f"{task.id}:{why}", why=why
    )


def _note_cost(session: Session, ctx: Escalation, ring: PhoneRing, now: datetime) -> None:
    assert ring.provider_call_id is not None
    talked = round((now - ring.answered_at).total_seconds()) if ring.answered_at else 0
    incident = session.get(Incident, ring.incident_id) if ring.incident_id else None
    if incident is not None and incident.practice:
        return
    new = NewCost(
        account_id=ring.account_id,
        incident_id=ring.incident_id,
        property_id=incident.property_id if incident else None,
        provider=ring.provider,
        leg_id=ring.provider_call_id,
        kind=CostKind.CALL,
        whose=Phone.OPERATOR,
        asked_at=ring.dial_at or ring.requested_at,
        seconds=max(talked, 0),
    )
    note_cost(session, ctx, new, now)


def _note_notification(
    session: Session, ring: PhoneRing, ending: RingEnding, error: str | None, now: datetime
) -> None:
    notification = session.get(Notification, ring.notification_id)
    if notification is None:
        return
    if ending is RingEnding.FAILED:
        notification.status = "failed"
        notification.reason = f"the phone network could not ring: {error or 'no reason given'}"
    elif ending is RingEnding.WITHDRAWN and notification.sent_at is None:
        notification.status, notification.reason = "skipped", _TOLD[ending]
    else:
        notification.status, notification.reason = "sent", _TOLD.get(ending)
        notification.sent_at = notification.sent_at or now
