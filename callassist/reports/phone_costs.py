"""What calls and texts cost: per month and home, per incident, and line by line. Scope first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from callassist.accounts.people import find_account
from callassist.domain.phone_costs import CostKind, CostState
from callassist.domain.spending import Period, period_of
from callassist.domain.spreadsheet import csv_line
from callassist.domain.viewer import Viewer
from callassist.models import Account, Incident, PhoneCost, Property


@dataclass
class Sum:
    """Legs of calls and texts, and what they came to."""

    by_currency: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    by_payer: dict[str, dict[str, Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Decimal))
    )
    calls: int = 0  # legs
    texts: int = 0
    waiting: int = 0  # not priced yet
    unknown: int = 0  # never told

    def add(
        self, kind: str, state: str, payer: str, currency: str | None, amount: Decimal, count: int
    ) -> None:
        """Count one group of equal rows in."""
        if kind == CostKind.TEXT:
            self.texts += count
        else:
            self.calls += count
        self.waiting += count if state == CostState.WAITING else 0
        self.unknown += count if state == CostState.UNKNOWN else 0
        if state == CostState.KNOWN and currency:
            self.by_currency[currency] += amount
            self.by_payer[payer][currency] += amount


@dataclass(frozen=True, kw_only=True)
class HomeCosts:
    """One home, or what belongs to no home."""

    home: Property | None
    sum: Sum


@dataclass(frozen=True, kw_only=True)
class MonthCosts:
    """A month of an account, in its own zone."""

    account: Account
    first: date
    total: Sum
    homes: list[HomeCosts]


@dataclass(frozen=True, kw_only=True)
class IncidentCosts:
    """One incident: every leg and text, and the sum."""

    total: Sum
    legs: list[PhoneCost]


def costs_of_month(session: Session, viewer: Viewer, account_id: str, month: date) -> MonthCosts:
    """The month in which the day `month` lies, home by home, the dearest first."""
    account = find_account(session, viewer, account_id)
    query = (
        select(PhoneCost.property_id, *_GROUP, func.count(), _AMOUNT)
        .where(*_in_month(account, month))
        .group_by(PhoneCost.property_id, *_GROUP)
    )
    total, by_home = Sum(), defaultdict[int | None, Sum](Sum)
    for home_id, kind, state, payer, currency, count, amount in session.execute(query):
        for one in (total, by_home[home_id]):
            one.add(kind, state, payer, currency, amount or Decimal(0), count)
    named = select(Property).where(Property.account_id == account.id)
    homes = {home.id: home for home in session.scalars(named)}
    lines = [
        HomeCosts(home=homes.get(home_id) if home_id else None, sum=one)
        for home_id, one in by_home.items()
    ]
    lines.sort(key=lambda one: max(one.sum.by_currency.values(), default=Decimal(0)), reverse=True)
    return MonthCosts(account=account, first=month.replace(day=1), total=total, homes=lines)


def costs_of_incident(session: Session, incident: Incident) -> IncidentCosts:
    """Of an incident that the viewer was shown to be theirs."""
    query = select(PhoneCost).where(
        PhoneCost.incident_id == incident.id, PhoneCost.account_id == incident.account_id
    )
    legs = list(session.scalars(query.order_by(PhoneCost.asked_at, PhoneCost.id)))
    total = Sum()
    for leg in legs:
        amount = leg.amount or Decimal(0)
        total.add(leg.kind, leg.state, leg.payer, leg.currency, amount, 1)
    return IncidentCosts(total=total, legs=legs)


def csv_of_month(session: Session, viewer: Viewer, account_id: str, month: date) -> Iterator[str]:
    """A line for each leg and text, oldest first; times in the account's zone."""
    account = find_account(session, viewer, account_id)
    zone = ZoneInfo(account.timezone)
    yield csv_line(
        (
            *("at", "home", "incident", "kind", "whose_phone", "country", "seconds", "state"),
            *("amount", "currency", "paid_by"),
        )
    )
    query = (
        select(PhoneCost, Property.name, Incident.reference)
        .where(*_in_month(account, month))
        .outerjoin(Property, Property.id == PhoneCost.property_id)
        .outerjoin(Incident, Incident.id == PhoneCost.incident_id)
        .order_by(PhoneCost.asked_at, PhoneCost.id)
    )
    for cost, home, reference in session.execute(query.execution_options(yield_per=500)):
        yield csv_line(
            (
                cost.asked_at.astimezone(zone).isoformat(timespec="seconds"),
                *(home or "", reference or "", cost.kind, cost.whose, cost.country or ""),
                *("" if cost.seconds is None else cost.seconds, cost.state),
                None if cost.amount is None else Decimal(plain(cost.amount)),
                *(cost.currency or "", cost.payer),
            )
        )


def plain(amount: Decimal) -> str:
    """An amount without an exponent and without zeros that say nothing."""
    written = f"{amount:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def month_of(account: Account, now: datetime) -> date:
    """The first day of the month that runs for the account."""
    return now.astimezone(ZoneInfo(account.timezone)).date().replace(day=1)


_GROUP = (PhoneCost.kind, PhoneCost.state, PhoneCost.payer, PhoneCost.currency)
_AMOUNT = func.sum(PhoneCost.amount, type_=PhoneCost.amount.type)


def _in_month(account: Account, month: date) -> tuple[ColumnElement[bool], ...]:
    zone = ZoneInfo(account.timezone)
    inside = datetime(month.year, month.month, 15, tzinfo=UTC)
    starts_at, ends_at = period_of(inside, zone, Period.MONTH)
    return (
        PhoneCost.account_id == account.id,
        PhoneCost.asked_at >= starts_at,
        PhoneCost.asked_at < ends_at,
    )
