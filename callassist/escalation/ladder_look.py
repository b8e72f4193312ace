"""May a text of the ladder go out now? Asked when a step is due, and again before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import stays
from callassist.domain.consent import Channel
from callassist.domain.guest_text import Obstacle
from callassist.domain.incident import IncidentState
from callassist.domain.noise import SourceKind
from callassist.domain.spending import Spending
from callassist.escalation.budgets import may_spend_now
from callassist.escalation.context import Escalation, cadence_of
from callassist.escalation.countries import refused_number
from callassist.escalation.moves import state_of
from callassist.escalation.number_lookups import takes_a_text
from callassist.models import Breach, Incident, Property, Sensor, Stay, StayNumber
from callassist.storage.facts import dialling_allowed

LATE = timedelta(minutes=5)  # after its time a step is left out: the next one or the call is near


@dataclass(frozen=True, kw_only=True)
class Look:
    """The answer, its reason for the log, and the number that it is about."""

    allowed: bool
    reason: str
    stay: Stay | None = None
    number: StayNumber | None = None


def look(
    session: Session, ctx: Escalation, incident: Incident, due: datetime, now: datetime
) -> Look:
    """Look at the noise first, then at who stays there and what they agreed to."""
    obstacle = _obstacle(session, incident, due, now)
    if obstacle is None and ctx.network_for(incident.account_id).texting is None:
        obstacle = Obstacle.NOT_CONFIGURED
    if obstacle is not None:
        return Look(allowed=False, reason=str(obstacle))
    home = session.get_one(Property, incident.property_id)
    stay = stays.staying_now(session, home.id, now)
    if stay is not None and stay.id != incident.stay_id:
        return Look(allowed=False, reason=str(Obstacle.STAY_CHANGED))
    unflagged = [one for one in stay.numbers if one.flagged_at is None] if stay else []
    number = unflagged[0] if unflagged else None
    decision = stays.automatic_contact(
        session, ctx.vault, ctx.hours, home, stay, Channel.SMS, now=now, number=number
    )
    reason = str(decision.reason)
    if decision.allowed and number is not None:
        reason = _not_paid_or_not_there(session, ctx, incident, number, now) or reason
    allowed = decision.allowed and reason == decision.reason
    return Look(allowed=allowed, reason=reason, stay=stay, number=number)


def look_at_conversation(
    session: Session, ctx: Escalation, incident: Incident, due: datetime, now: datetime
) -> Look:
    """The same of a message in the booking's conversation, which needs no number and no network."""
    obstacle = _obstacle(session, incident, due, now)
    if obstacle is not None:
        return Look(allowed=False, reason=str(obstacle))
    home = session.get_one(Property, incident.property_id)
    stay = stays.staying_now(session, home.id, now)
    if stay is None or stay.id != incident.stay_id:
        return Look(allowed=False, reason=str(Obstacle.STAY_CHANGED))
    decision = stays.conversation_contact(session, ctx.vault, ctx.hours, home, stay, now=now)
    return Look(allowed=decision.allowed, reason=str(decision.reason), stay=stay)


def _not_paid_or_not_there(
    session: Session, ctx: Escalation, incident: Incident, number: StayNumber, now: datetime
) -> str | None:
    """The country and the caps, which are the owner's to choose; None when both allow it."""
    account_id = incident.account_id
    refused = refused_number(session, ctx, account_id, ctx.vault.open(number.number), now)
    if refused is not None:
        return str(refused)
    if not takes_a_text(session, ctx, number):
        return str(Obstacle.LANDLINE)
    verdict = may_spend_now(session, ctx, account_id, Spending.TEXT, now)
    return None if verdict.allowed else verdict.reason


def _obstacle(
    session: Session, incident: Incident, due: datetime, now: datetime
) -> Obstacle | None:
    assert incident.breach_id is not None
    breach = session.get_one(Breach, incident.breach_id, populate_existing=True)
    ends = (
        (incident.shadow, Obstacle.SHADOW),
        (breach.ended_at is not None, Obstacle.NOISE_ENDED),
        (state_of(incident) is not IncidentState.WATCHING, Obstacle.CALL_REQUESTED),
        (breach.frozen_since is not None, Obstacle.UNHEARD),
        (not _loud_lately(session, incident, breach, now), Obstacle.NOT_LOUD),
        (now - due > LATE, Obstacle.LATE),
        (_maker_texts(session, incident), Obstacle.MAKER_TEXTS),
        (not dialling_allowed(session), Obstacle.RESTORED),
    )
    return next((obstacle for is_so, obstacle in ends if is_so), None)


def _maker_texts(session: Session, incident: Incident) -> bool:
    """Two kinds of warnings about one noise would only annoy."""
    own = select(Sensor.id).where(
        Sensor.property_id == incident.property_id, Sensor.own_messages.is_(True)
    )
    return session.scalar(own.limit(1)) is not None


def _loud_lately(session: Session, incident: Incident, breach: Breach, now: datetime) -> bool:
    if now - breach.last_loud_at <= cadence_of(incident).calm_after:
        return True
    # a sensor that judges by itself says when it begins and when it ends, and nothing in between
    judging = select(Sensor.id).where(
        Sensor.property_id == incident.property_id, Sensor.kind != str(SourceKind.LEVEL)
    )
    return session.scalar(judging.limit(1)) is not None
