"""Caps on what calls and texts cost: how much is used, whether more may go out, who is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from callassist import incident_log, outbox
from callassist.domain.dial import UNSETTLED, DialState
from callassist.domain.log_action import LogAction
from callassist.domain.message_kind import MessageKind
from callassist.domain.phone_costs import CostState
from callassist.domain.spending import (
    NOTHING,
    Budget,
    Caps,
    Spending,
    Verdict,
    Whose,
    may_spend,
    period_of,
)
from callassist.escalation.context import Escalation
from callassist.models import Account, CallAttempt, Incident, PhoneCost

_log = structlog.get_logger()
_ASKED = [str(state) for state in UNSETTLED - {DialState.WAITING}]
_LEGS = 2  # of a call that still runs: counted as if both cost
_SETTLED = PhoneCost.state == str(CostState.KNOWN)


def may_spend_now(
    session: Session, ctx: Escalation, account_id: int, kind: Spending, now: datetime
) -> Verdict:
    """Whether this may go out for the account now; caps are read afresh each time."""
    return may_spend(kind, budgets(session, ctx, account_id, now))


def log_cap(
    session: Session, incident: Incident, kind: Spending, verdict: Verdict, now: datetime
) -> None:
    """A cap that is reached, in the incident's log: what stopped, or went on all the same."""
    if verdict.over is not None:
        data = {"kind": str(kind), "cap": verdict.over.name, "stopped": not verdict.allowed}
        incident_log.append(session, incident.id, LogAction.CAP_REACHED, data, now=now)


def budgets(session: Session, ctx: Escalation, account_id: int, now: datetime) -> list[Budget]:
    """Every cap that holds for the account, with what is used of it: its own, and the service's."""
    account = session.get_one(Account, account_id)
    own = Caps(day=account.day_cap, month=account.month_cap)
    return [
        *_budgets(session, ctx, Whose.ACCOUNT, own, account, now),
        *_budgets(session, ctx, Whose.SERVICE, ctx.caps, None, now),
    ]


def service_budgets(session: Session, ctx: Escalation, now: datetime) -> list[Budget]:
    """The service's own caps; its days begin at midnight UTC."""
    return list(_budgets(session, ctx, Whose.SERVICE, ctx.caps, None, now))


def tell_marks(session: Session, ctx: Escalation, account_id: int, now: datetime) -> None:
    """Tell the account that a cap is half used or reached; once in its period.

    Of the service's caps its administrator is told: in the log file, and on the status page.
    """
    for budget in budgets(session, ctx, account_id, now):
        if budget.mark is None:
            continue
        if budget.whose is Whose.SERVICE:
            _log.warning("spending", action="spending", cap=budget.name, mark=str(budget.mark))
            continue
        known = budget.known or {"": NOTHING}
        facts = {
            "reason": str(budget.mark),
            "period": str(budget.period),
            "cap": f"{budget.cap:.2f}",
            "used": f"{budget.used:.2f}",
            "currency": max(known, key=lambda code: known[code]),
        }
        key = f"{MessageKind.SPENDING}:{account_id}:{budget.name}:{budget.starts_at:%Y%m%dT%H}"
        payload = {"kind": str(MessageKind.SPENDING), "account_id": account_id, "facts": facts}
        outbox.put(session, "notify", f"{key}:{budget.mark}", payload, now=now)


def _budgets(
    session: Session,
    ctx: Escalation,
    whose: Whose,
    caps: Caps,
    account: Account | None,
    now: datetime,
) -> Iterator[Budget]:
    held = [(period, cap) for period, cap in caps.by_period() if cap is not None]
    running = _running(session, ctx, account) if held else NOTHING
    for period, cap in held:
        zone = UTC if account is None else ZoneInfo(account.timezone)
        starts_at, ends_at = period_of(now, zone, period)
        known, pending = _spent(session, account, starts_at, ends_at)
        yield Budget(
            whose=whose,
            period=period,
            cap=cap,
            starts_at=starts_at,
            known=known,
            pending=pending + running,
        )


def _spent(
    session: Session, account: Account | None, starts_at: datetime, ends_at: datetime
) -> tuple[dict[str, Decimal], Decimal]:
    """By currency what is known, and the estimates of the rest."""
    counted = case((_SETTLED, PhoneCost.amount), else_=PhoneCost.estimate)
    whose = (
        PhoneCost.payer == str(Whose.SERVICE)
        if account is None
        else PhoneCost.account_id == account.id
    )
    query = (
        select(
            PhoneCost.state, PhoneCost.currency, func.sum(counted, type_=PhoneCost.estimate.type)
        )
        .where(whose, PhoneCost.asked_at >= starts_at, PhoneCost.asked_at < ends_at)
        .group_by(PhoneCost.state, PhoneCost.currency)
    )
    known: dict[str, Decimal] = {}
    pending = NOTHING
    for state, currency, amount in session.execute(query):
        if state == CostState.KNOWN:
            known[currency or ""] = amount or NOTHING
        else:
            pending += amount or NOTHING
    return known, pending


def _running(session: Session, ctx: Escalation, account: Account | None) -> Decimal:
    """What calls that still run are held to cost."""
    query = select(func.count()).where(CallAttempt.state.in_(_ASKED))
    if account is not None:
        query = query.where(CallAttempt.account_id == account.id)
    return ctx.estimates.of_leg(None) * _LEGS * (session.scalar(query) or 0)
