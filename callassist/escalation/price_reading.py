"""Prices are asked for again and again until the network knows them, or for days in vain.

The network is asked outside any transaction. A row is claimed first by moving its next question
away, and a price is stored only while none is: two workers, a doubled answer or a crash in between
store it once. A price that the network changes afterwards is not noticed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callassist.domain.dialable import country_of
from callassist.domain.phone_costs import CostKind, CostState, Phone, next_ask
from callassist.errors import CallAssistError
from callassist.escalation.budgets import tell_marks
from callassist.escalation.context import Escalation
from callassist.escalation.costs import NewCost, note_cost
from callassist.models import CallAttempt, PhoneCost
from callassist.ports.pricing import LegPrice

_log = structlog.get_logger()
CLAIMED_FOR = timedelta(minutes=5)  # of real time: whoever claimed it and died loses it after that


class _Question(NamedTuple):
    """One request to the network: a call with every leg of it, or a text."""

    provider: str
    kind: str
    call_id: str


def read_prices(ctx: Escalation, now: datetime, *, most: int = 100) -> int:
    """Ask for what is due; how many legs and texts got their price. Safe to run twice at once."""
    found = 0
    for question, row_ids in _claim(ctx, now, most).items():
        try:
            prices = _ask(ctx, question)
        except CallAssistError as error:
            _log.info("price not read", action="price_not_read", error=error.detail)
            prices = []
        with ctx.sessions.write() as session:
            found += _store(session, ctx, row_ids, prices, now)
    return found


def _claim(ctx: Escalation, now: datetime, most: int) -> dict[_Question, list[int]]:
    claimed: dict[_Question, list[int]] = defaultdict(list)
    with ctx.sessions.read() as session:
        due = session.execute(
            select(
                PhoneCost.id,
                PhoneCost.provider,
                PhoneCost.kind,
                PhoneCost.leg_id,
                PhoneCost.parent_id,
            )
            .where(PhoneCost.ask_at.is_not(None), PhoneCost.ask_at <= now)
            .order_by(PhoneCost.ask_at, PhoneCost.id)
            .limit(most)
        ).all()
    if not due:
        return claimed
    with ctx.sessions.write() as session:
        for row_id, provider, kind, leg_id, parent_id in due:
            taken = session.execute(
                update(PhoneCost)
                .where(PhoneCost.id == row_id, PhoneCost.ask_at <= now)
                .values(ask_at=now + ctx.real(CLAIMED_FOR), asks=PhoneCost.asks + 1)
                .returning(PhoneCost.id)
            )
            if taken.scalar() is not None:
                claimed[_Question(provider, kind, parent_id or leg_id)].append(row_id)
    return claimed


def _ask(ctx: Escalation, question: _Question) -> list[LegPrice]:
    pricing = ctx.network_named(question.provider).pricing
    if pricing is None:
        return []
    if question.kind == CostKind.CALL:
        return pricing.of_call(question.call_id)
    text = pricing.of_text(question.call_id)
    return [] if text is None else [text]


def _store(
    session: Session,
    ctx: Escalation,
    row_ids: Sequence[int],
    prices: Sequence[LegPrice],
    now: datetime,
) -> int:
    asked = session.scalars(select(PhoneCost).where(PhoneCost.id.in_(row_ids))).all()
    for price in prices:
        _note_unheard_leg(session, ctx, asked[0], price, now)
    told = {price.leg_id: price for price in prices}
    provider = asked[0].provider
    rows = session.scalars(
        select(PhoneCost)
        .where(
            PhoneCost.provider == provider,
            PhoneCost.leg_id.in_({*told, *(row.leg_id for row in asked)}),
            PhoneCost.state == str(CostState.WAITING),
        )
        .with_for_update()
    ).all()
    found = sum(_settle(ctx, row, told.get(row.leg_id), now) for row in rows)
    session.flush()
    if found:
        tell_marks(session, ctx, asked[0].account_id, now)
    return found


def _settle(ctx: Escalation, row: PhoneCost, price: LegPrice | None, now: datetime) -> bool:
    if price is not None and price.is_over and price.amount is not None:
        row.state, row.amount, row.currency = str(CostState.KNOWN), price.amount, price.currency
        row.seconds = row.seconds if price.seconds is None else price.seconds
        row.ask_at, row.settled_at = None, now
        return True
    wait = next_ask(max(row.asks, 1), now - row.asked_at, ctx.network(ctx.price_given_up_after))
    if wait is None:
        row.state, row.ask_at, row.settled_at = str(CostState.UNKNOWN), None, now
    else:
        row.ask_at = now + ctx.network(wait)
    if price is not None and price.is_over and row.kind == CostKind.CALL:
        row.seconds, row.estimate = price.seconds, ctx.estimates.of_leg(price.seconds)
    return False


def _note_unheard_leg(
    session: Session, ctx: Escalation, first: PhoneCost, price: LegPrice, now: datetime
) -> None:
    """A leg of which no report ever told us is paid for all the same."""
    if price.parent_id is None or price.leg_id == first.leg_id:
        return
    party = session.scalar(
        select(CallAttempt.party).where(CallAttempt.provider_call_id == price.parent_id)
    )
    new = NewCost(
        account_id=first.account_id,
        incident_id=first.incident_id,
        property_id=first.property_id,
        provider=first.provider,
        leg_id=price.leg_id,
        parent_id=price.parent_id,
        kind=CostKind.CALL,
        whose=Phone(party) if party else Phone.GUEST,
        asked_at=first.asked_at,
        seconds=price.seconds,
        number=price.to if country_of(price.to) else None,
    )
    note_cost(session, ctx, new, now)
