"""`/costs`: what calls and texts of a month came to, home by home."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from callassist.accounts.people import accounts
from callassist.errors import InvalidInput
from callassist.models import Account
from callassist.reports.phone_costs import (
    Sum,
    costs_of_month,
    csv_of_month,
    month_of,
    plain,
)
from callassist.web.api.fields import Input, Output, PublicId
from callassist.web.api.routing import ACCOUNTS, Ask, File, Route


class Month(Input):
    """A month of one account, in its own time zone."""

    month: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")] | None = Field(
        default=None, description="Like `2026-11`; the one that runs when left out."
    )
    account: PublicId | None = Field(
        default=None, description="Needed where the token reads several accounts."
    )


class Amount(Output):
    """A decimal as text, in the unit of an ISO 4217 currency. Nothing is converted."""

    amount: str
    currency: str


class CostsOut(Output):
    """Legs of calls and texts. `waiting` have no price yet, `unknown` never got one."""

    amounts: list[Amount]
    paid_by_account: list[Amount]
    calls: int
    texts: int
    waiting: int
    unknown: int


class HomeCostsOut(CostsOut):
    """One home; null: what belongs to no home."""

    property: str | None


class MonthOut(Output):
    """A month, and each home of it that cost something."""

    account: str
    month: str
    total: CostsOut
    homes: list[HomeCostsOut]


def show(ask: Ask, query: Month) -> MonthOut:
    account = _account(ask, query)
    month = _month(ask, query, account)
    found = costs_of_month(ask.session, ask.viewer, account.public_id, month)
    return MonthOut(
        account=account.public_id,
        month=f"{found.first:%Y-%m}",
        total=_out(found.total),
        homes=[
            HomeCostsOut(
                property=one.home.public_id if one.home else None, **_out(one.sum).model_dump()
            )
            for one in found.homes
        ],
    )


def as_csv(ask: Ask, query: Month) -> File:
    """A line for each leg and text."""
    account = _account(ask, query)
    month = _month(ask, query, account)
    lines = csv_of_month(ask.session, ask.viewer, account.public_id, month)
    return File("".join(lines).encode(), "text/csv; charset=utf-8")


def _account(ask: Ask, query: Month) -> Account:
    own = accounts(ask.session, ask.viewer)
    if query.account is None and len(own) == 1:
        return own[0]
    named = next((one for one in own if one.public_id == query.account), None)
    if named is None:
        raise InvalidInput("name an account that this token reads", "account")
    return named


def _month(ask: Ask, query: Month, account: Account) -> date:
    if query.month is None:
        return month_of(account, ask.now)
    return date.fromisoformat(f"{query.month}-01")


def _out(total: Sum) -> CostsOut:
    return CostsOut(
        amounts=_amounts(total.by_currency),
        paid_by_account=_amounts(total.by_payer.get("account", {})),
        calls=total.calls,
        texts=total.texts,
        waiting=total.waiting,
        unknown=total.unknown,
    )


def _amounts(by_currency: Mapping[str, Decimal]) -> list[Amount]:
    return [
        Amount(amount=plain(amount), currency=code) for code, amount in sorted(by_currency.items())
    ]


ROUTES = (
    Route(
        method="GET",
        path="/costs",
        summary="What calls and texts of a month cost",
        scopes=ACCOUNTS,
        run=show,
        query=Month,
        answer=MonthOut,
    ),
    Route(
        method="GET",
        path="/costs.csv",
        summary="What each call and text of a month cost, as a table",
        scopes=ACCOUNTS,
        run=as_csv,
        query=Month,
        answer="text/csv",
    ),
)
