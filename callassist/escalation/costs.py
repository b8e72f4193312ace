"""What a phone network was asked for: written down once for each leg and text, priced later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from callassist.domain.dial import NO_LEG
from callassist.domain.dialable import country_of
from callassist.domain.own_network import PREFIX
from callassist.domain.phone_costs import FIRST_ASK, CostKind, CostState, Phone
from callassist.domain.spending import Whose
from callassist.escalation.context import Escalation
from callassist.escalation.legs import has_two_legs
from callassist.models import CallAttempt, GuestText, Incident, IncomingCall, PhoneCost, StayNumber

_SAME = ("provider", "leg_id")
_INSERTS: dict[str, Any] = {
    "sqlite": sqlite.insert(PhoneCost).on_conflict_do_nothing(index_elements=_SAME),
    "postgresql": postgresql.insert(PhoneCost).on_conflict_do_nothing(index_elements=_SAME),
}


@dataclass(frozen=True, kw_only=True)
class NewCost:
    """One leg of a call, or one text, that a network accepted."""

    account_id: int
    provider: str  # the network's name
    leg_id: str  # the network's id of it
    kind: CostKind
    whose: Phone
    asked_at: datetime
    incident_id: int | None = None
    property_id: int | None = None
    number: str | None = None  # for its country; not kept
    seconds: int | None = None  # None: it still runs, or nobody knows
    parent_id: str | None = None


def note_cost(session: Session, ctx: Escalation, new: NewCost, now: datetime) -> bool:
    """Write it down; False when it is there already, or its network never says what it takes.

    Call it when the leg or text is settled or accepted, in the same transaction.
    """
    network = ctx.network_named(new.provider)
    if network.pricing is None:
        return False
    is_call = new.kind is CostKind.CALL
    row = _INSERTS[session.get_bind().dialect.name].values(
        account_id=new.account_id,
        incident_id=new.incident_id,
        property_id=new.property_id,
        kind=str(new.kind),
        whose=str(new.whose),
        provider=new.provider,
        leg_id=new.leg_id,
        parent_id=new.parent_id,
        payer=str(Whose.ACCOUNT if new.provider.startswith(PREFIX) else Whose.SERVICE),
        country=country_of(new.number) if new.number else None,
        seconds=new.seconds,
        asked_at=new.asked_at,
        state=str(CostState.WAITING),
        estimate=ctx.estimates.of_leg(new.seconds) if is_call else ctx.estimates.text,
        ask_at=now + ctx.network(FIRST_ASK),
        asks=0,
    )
    made = session.connection().execute(row.returning(PhoneCost.__table__.c.id))
    return made.scalar() is not None


def note_attempt(
    session: Session, ctx: Escalation, attempt: CallAttempt, incident: Incident, now: datetime
) -> None:
    """Both legs of a dial that is over; a rehearsal costs nobody anything."""
    if incident.practice or attempt.provider_call_id is None:
        return
    number = ctx.vault.open(attempt.number) if attempt.number is not None else None
    asked_at = attempt.dial_at or attempt.requested_at
    legs: list[tuple[str, Phone, str | None, str | None]]
    legs = [(attempt.provider_call_id, Phone(attempt.party), number, None)]
    if has_two_legs(attempt):
        first = attempt.provider_call_id
        theirs, ours = (Phone(attempt.party), number), (Phone.OPERATOR, None)
        if _phoned_us(session, attempt):
            theirs, ours = ours, (Phone.CALLER, None)
        legs = [(first, *ours, None)]
        if attempt.called_call_id is not None and not attempt.called_call_id.startswith(NO_LEG):
            legs.append((attempt.called_call_id, *theirs, first))
    for leg_id, whose, called, parent_id in legs:
        new = NewCost(
            account_id=attempt.account_id,
            incident_id=attempt.incident_id,
            property_id=incident.property_id,
            provider=attempt.provider,
            leg_id=leg_id,
            parent_id=parent_id,
            kind=CostKind.CALL,
            whose=whose,
            number=called,
            asked_at=asked_at,
            seconds=attempt.talk_seconds or 0,
        )
        note_cost(session, ctx, new, now)


def note_call_to_us(
    session: Session, ctx: Escalation, call: IncomingCall, incident: Incident, now: datetime
) -> None:
    """Somebody we know phones a number of ours, which is charged, too."""
    new = NewCost(
        account_id=incident.account_id,
        incident_id=incident.id,
        property_id=incident.property_id,
        provider=call.provider,
        leg_id=call.provider_call_id,
        kind=CostKind.CALL,
        whose=Phone.CALLER,
        asked_at=call.received_at,
    )
    note_cost(session, ctx, new, now)


def _phoned_us(session: Session, attempt: CallAttempt) -> bool:
    """Whether this talk began with a call to us, so that the operator is who was dialled."""
    known = select(IncomingCall.id).where(
        IncomingCall.provider == attempt.provider,
        IncomingCall.provider_call_id == attempt.provider_call_id,
    )
    return session.scalar(known) is not None


def note_text(session: Session, ctx: Escalation, text: GuestText, now: datetime) -> None:
    """A text that the network took."""
    incident = session.get_one(Incident, text.incident_id)
    if incident.practice or text.provider_text_id is None:
        return
    number = session.get(StayNumber, text.stay_number_id) if text.stay_number_id else None
    new = NewCost(
        account_id=text.account_id,
        incident_id=incident.id,
        property_id=incident.property_id,
        provider=text.provider,
        leg_id=text.provider_text_id,
        kind=CostKind.TEXT,
        whose=Phone.GUEST,
        number=ctx.vault.open(number.number) if number is not None else None,
        asked_at=text.asked_at or now,
    )
    note_cost(session, ctx, new, now)
