"""On call: a task that waits rings the phones of the duty rota, one after the other (DESIGN 2)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist import incident_log, outbox, roster, timers
from callassist.accounts.desks import new_operator, own_desk
from callassist.domain.call_takers import CallTakers
from callassist.domain.call_task import OPEN_TASK_STATES, Party, TaskState
from callassist.domain.dial import DialState
from callassist.domain.log_action import LogAction
from callassist.domain.phone import parse_number
from callassist.domain.phone_ring import About, Candidate, NotRung, whose_turn
from callassist.escalation.choosing import host_target
from callassist.escalation.context import Escalation
from callassist.escalation.deadlines import Deadline
from callassist.escalation.locks import lock_task
from callassist.escalation.ring_rows import cannot_ring, is_phone_busy, open_rings
from callassist.models import Account, CallTask, Desk, DutySpan, Incident, Operator, PhoneRing

TOPIC = "ring"
SPOKEN = ("en", "fr")


@dataclass(frozen=True, kw_only=True)
class _OnDuty:
    span: DutySpan
    operator: Operator | None  # who they are at the account's own desk; made when first rung
    phone: bytes | None
    index: str


def begin_rings(session: Session, ctx: Escalation, task: CallTask, now: datetime) -> None:
    """The task is due: where its calls are taken on call, the first phone of the rota rings."""
    if task.state in (TaskState.PENDING, TaskState.OFFERED) and is_on_call(session, task):
        timers.arm(session, Deadline.RING_TURN, task.id, now, now=now)


def on_ring_turn(session: Session, ctx: Escalation, task_id: int, now: datetime) -> None:
    """The next phone of the rota rings, unless somebody has the task or is being asked."""
    task, incident = lock_task(session, task_id)
    if task.state not in (TaskState.PENDING, TaskState.OFFERED):
        return
    soon = now + ctx.settings.phone_ring_pause
    if task.state == TaskState.OFFERED or open_rings(session, task.id):
        timers.arm(session, Deadline.RING_TURN, task.id, soon, now=now)
        return
    people = _people(session, ctx, task, now)
    candidates = [
        Candidate(position=position, obstacle=_obstacle(session, ctx, incident, task, one))
        for position, one in enumerate(people)
    ]
    chosen = whose_turn(candidates, _last_position(session, task, people)) if people else None
    if chosen is None:
        why = {str(one.obstacle) for one in candidates} or {str(NotRung.NOBODY_ON_DUTY)}
        cannot_ring(session, incident, task, ",".join(sorted(why)), now)
        timers.arm(session, Deadline.RING_TURN, task.id, soon, now=now)
        return
    passed = sorted({str(one.obstacle) for one in candidates if one.obstacle is not None})
    person = people[chosen.position]
    operator = person.operator or _new_operator(session, task, person.span, now)
    assert person.phone is not None
    ring_operator(session, ctx, task, operator, person.phone, About.TASK, now, passed_over=passed)


def ring_last_operator(
    session: Session, ctx: Escalation, operator_id: int, task: CallTask, now: datetime
) -> bool:
    """Ring the own phone of the last one who speaks the language; False when that cannot be.

    Once for one task: who does not answer twice is not made to.
    """
    operator = session.get_one(Operator, operator_id)
    incident = session.get_one(Incident, task.incident_id)
    rung = select(PhoneRing.id).where(
        PhoneRing.task_id == task.id,
        PhoneRing.operator_id == operator_id,
        PhoneRing.about == About.MISSED,
    )
    if operator.phone is None or ctx.network_of(incident).bridge is None or incident.practice:
        return False
    if open_rings(session, task.id) or session.scalar(rung.limit(1)) is not None:
        return False
    if is_phone_busy(session, ctx.vault.index(ctx.vault.open(operator.phone))):
        return False
    ring_operator(session, ctx, task, operator, operator.phone, About.MISSED, now)
    return True


def ring_operator(
    session: Session,
    ctx: Escalation,
    task: CallTask,
    operator: Operator,
    phone: bytes,
    about: About,
    now: datetime,
    *,
    passed_over: list[str] | None = None,
) -> PhoneRing:
    """Write one ring of one phone for a task and hand it to the network (locks are held)."""
    last = session.scalar(select(func.max(PhoneRing.turn)).where(PhoneRing.task_id == task.id))
    incident = session.get_one(Incident, task.incident_id)
    ring = new_ring(
        ctx,
        ctx.vault.open(phone),
        about=about,
        account_id=task.account_id,
        incident_id=task.incident_id,
        provider=ctx.network_of(incident).name,
        language=spoken(operator.languages),
        now=now,
    )
    ring.task_id, ring.operator_id = task.id, operator.id
    ring.turn = 0 if last is None else last + 1
    put_ring(session, ctx, ring, now)
    incident_log.append(
        session,
        incident.id,
        LogAction.PHONE_RUNG,
        {
            "task_id": task.id,
            "ring_id": ring.id,
            "about": str(about),
            "desk_name": operator.desk_name,
            **({"passed_over": passed_over} if passed_over else {}),
        },
        now=now,
    )
    return ring


def new_ring(
    ctx: Escalation,
    e164: str,
    *,
    about: About,
    account_id: int,
    incident_id: int | None,
    provider: str,
    language: str,
    now: datetime,
) -> PhoneRing:
    """The row of a ring, not added yet."""
    return PhoneRing(
        about=str(about),
        account_id=account_id,
        incident_id=incident_id,
        turn=0,
        language=language,
        number=ctx.vault.seal(e164),
        number_index=ctx.vault.index(e164),
        number_mask=parse_number(e164).mask,
        state=str(DialState.WAITING),
        provider=provider,
        token=secrets.token_urlsafe(24),
        requested_at=now,
    )


def put_ring(session: Session, ctx: Escalation, ring: PhoneRing, now: datetime) -> None:
    """Add the row; once it is committed the network is asked."""
    session.add(ring)
    session.flush()
    outbox.put(session, TOPIC, ring.public_id, {"ring_id": ring.id}, now=now)
    # should it never get its turn at the network
    timers.arm(session, Deadline.RING_DOUBT, ring.id, now + ctx.give_up_after, now=now)


def spoken(languages: list[str]) -> str:
    """The first of somebody's languages in which we speak on the phone."""
    plain = (str(one).partition("-")[0].lower() for one in languages)
    return next((one for one in plain if one in SPOKEN), SPOKEN[0])


def is_the_contact(session: Session, incident: Incident, task: CallTask, index: str) -> bool:
    """Whether who would call the host is the contact themselves: ringing them is the call."""
    if task.party != Party.HOST:
        return False
    target = host_target(session, incident, task.contact_position or 1)
    return target is not None and target.number_index == index


def has_work(session: Session, operator_id: int, besides: int) -> bool:
    """Whether an operator is at another call task just now."""
    other = select(CallTask.id).where(
        CallTask.operator_id == operator_id,
        CallTask.id != besides,
        CallTask.state.in_([str(state) for state in OPEN_TASK_STATES]),
    )
    return session.scalar(other.limit(1)) is not None


def is_on_call(session: Session, task: CallTask) -> bool:
    """Whether the account takes its calls on call, and no desk of others serves it now."""
    if session.get_one(Incident, task.incident_id).practice:
        return False
    account = session.get_one(Account, task.account_id)
    desk = session.get(Desk, task.desk_id) if task.desk_id is not None else None
    is_own = desk is None or desk.account_id == account.id
    return account.calls_by == CallTakers.ON_CALL and is_own


def _people(session: Session, ctx: Escalation, task: CallTask, now: datetime) -> list[_OnDuty]:
    """Who is on duty, in order; each phone once."""
    desk_id = task.desk_id
    found: dict[str, _OnDuty] = {}
    for span in roster.duty_now(session, task.account_id, now):
        operator = _operator_of(session, desk_id, span)
        phone = span.phone or (operator.phone if operator else None)
        index = ctx.vault.index(ctx.vault.open(phone)) if phone else f"none:{span.id}"
        found.setdefault(index, _OnDuty(span=span, operator=operator, phone=phone, index=index))
    return list(found.values())


def _obstacle(
    session: Session, ctx: Escalation, incident: Incident, task: CallTask, one: _OnDuty
) -> NotRung | None:
    if ctx.network_of(incident).bridge is None:
        return NotRung.NO_BRIDGE
    if one.phone is None:
        return NotRung.NO_PHONE
    if one.operator is not None and has_work(session, one.operator.id, task.id):
        return NotRung.HAS_WORK
    return NotRung.PHONE_BUSY if is_phone_busy(session, one.index) else None


def _last_position(session: Session, task: CallTask, people: list[_OnDuty]) -> int | None:
    """The place on the rota of the one who was rung last; they may be off duty by now."""
    index = session.scalar(
        select(PhoneRing.number_index)
        .where(PhoneRing.task_id == task.id, PhoneRing.about == About.TASK)
        .order_by(PhoneRing.turn.desc())
        .limit(1)
    )
    return next((place for place, one in enumerate(people) if one.index == index), None)


def _operator_of(session: Session, desk_id: int | None, span: DutySpan) -> Operator | None:
    same = (
        Operator.person_id == span.person_id
        if span.person_id is not None
        else Operator.name == span.name
    )
    query = select(Operator).where(Operator.desk_id == desk_id, Operator.active.is_(True), same)
    if span.person_id is None:
        query = query.where(Operator.person_id.is_(None))
    return session.scalars(query.order_by(Operator.id)).first()


def _new_operator(session: Session, task: CallTask, span: DutySpan, now: datetime) -> Operator:
    """Who is on duty takes calls, so they are an operator of the account's own desk."""
    if task.desk_id is None:
        account = session.get_one(Account, task.account_id)
        task.desk_id = own_desk(session, account, now=now).id
        session.get_one(Incident, task.incident_id).desk_id = task.desk_id
    return new_operator(
        session,
        session.get_one(Desk, task.desk_id),
        name=span.name,
        desk_name=span.name.split()[0][:64],
        languages=span.languages or ["en"],
        person_id=span.person_id,
        now=now,
    )
