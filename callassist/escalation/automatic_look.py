"""May the guest be phoned automatically now? Asked when it is due, and again just before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from callassist import stays
from callassist.domain.automatic_call import Obstacle
from callassist.domain.consent import Channel
from callassist.domain.spending import Spending
from callassist.escalation.allowing import may_ring
from callassist.escalation.budgets import log_cap, may_spend_now
from callassist.escalation.choosing import free_from, guest_target
from callassist.escalation.context import Escalation, policy_of
from callassist.escalation.policy import HostReason
from callassist.models import CallTask, Incident, Property, StayNumber
from callassist.storage.facts import dialling_allowed


@dataclass(frozen=True, kw_only=True)
class Look:
    """The answer and its reason for the log; `stay_number_id` is the number that it is about."""

    allowed: bool
    reason: str
    stay_number_id: int | None = None


def look(
    session: Session, ctx: Escalation, incident: Incident, task: CallTask, now: datetime
) -> Look:
    """Look at the work first, then at who stays there and what they agreed to, then at the cost."""
    obstacle = _obstacle(session, ctx, incident, task, now)
    if obstacle is not None:
        return Look(allowed=False, reason=str(obstacle))
    target = guest_target(
        session,
        incident,
        now,
        lambda one: may_ring(session, ctx, incident, one.number, one.number_mask, now),
    )
    if isinstance(target, HostReason):
        return Look(allowed=False, reason=str(target))
    number = session.get_one(StayNumber, target.stay_number_id)
    decision = stays.automatic_contact(
        session,
        ctx.vault,
        ctx.hours,
        session.get_one(Property, incident.property_id),
        stays.staying_now(session, incident.property_id, now),
        Channel.VOICE,
        now=now,
        number=number,
    )
    if not decision.allowed:
        return Look(allowed=False, reason=str(decision.reason))
    verdict = may_spend_now(session, ctx, incident.account_id, Spending.VOICE, now)
    if not verdict.allowed:
        log_cap(session, incident, Spending.VOICE, verdict, now)
        return Look(allowed=False, reason=str(Obstacle.COST_CAP))
    return Look(allowed=True, reason=str(decision.reason), stay_number_id=number.id)


def is_free(session: Session, ctx: Escalation, stay_number_id: int, now: datetime) -> bool:
    """Whether five minutes have passed since this number was dialled, by whomever."""
    number = session.get_one(StayNumber, stay_number_id)
    return free_from(session, number.number_index, ctx.settings.same_number_gap, now) is None


def _obstacle(
    session: Session, ctx: Escalation, incident: Incident, task: CallTask, now: datetime
) -> Obstacle | None:
    held = incident.held_until is not None and incident.held_until > now
    ends = (
        (not policy_of(incident).automatic_call, Obstacle.TURNED_OFF),
        (incident.shadow or incident.practice, Obstacle.SHADOW),
        (task.guest_asked, Obstacle.ASKED_FOR_A_PERSON),
        (ctx.network_of(incident).bridge is None, Obstacle.NOT_CONFIGURED),
        (not dialling_allowed(session), Obstacle.RESTORED),
        (held, Obstacle.HELD),
    )
    return next((obstacle for is_so, obstacle in ends if is_so), None)
