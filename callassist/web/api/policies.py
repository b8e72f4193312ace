"""`/policies`: named presets of rules that homes share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import Field
from sqlalchemy import func, select

from callassist.accounts.policies import (
    create_policy,
    find_policy,
    remove_policy,
    update_policy,
)
from callassist.errors import InvalidInput
from callassist.models import Account, Policy, Property
from callassist.web.api.fields import Input, Instant, Line, Output, Page, Paging, PublicId
from callassist.web.api.paging import page_of
from callassist.web.api.places import place_names
from callassist.web.api.routing import HOSTS, Ask, Route
from callassist.web.api.scoping import account_named, of_accounts

Rules = dict[str, Any]
_RULES = Field(
    description="Any of the rules in config/policies/default.toml; what is missing has its default."
)


class NewPolicy(Input):
    """A new preset."""

    name: Line
    rules: Rules = _RULES
    account: PublicId | None = None


class PolicyChange(Input):
    """What to change; `rules` replaces all rules. What runs keeps the rules it began with."""

    name: Line | None = None
    rules: Rules | None = None


class PolicyOut(Output):
    """One preset with every rule; durations in seconds."""

    id: str
    account: str
    name: str
    rules: Rules
    homes: int
    created_at: Instant
    updated_at: Instant


def index(ask: Ask, query: Paging) -> Page[PolicyOut]:
    mine = select(Policy).where(of_accounts(ask, Policy.account_id))
    rows, following = page_of(ask.session, ask.service.vault, mine, Policy.id, query)
    return Page(items=_outs(ask, rows), next_cursor=following)


def create(ask: Ask, body: NewPolicy) -> PolicyOut:
    account = account_named(ask, body.account)
    policy = _naming_rules(
        lambda: create_policy(ask.session, ask.viewer, account, body.name, body.rules, now=ask.now)
    )
    return _outs(ask, [policy])[0]


def show(ask: Ask, policy_id: str) -> PolicyOut:
    return _outs(ask, [find_policy(ask.session, ask.viewer, policy_id)])[0]


def change(ask: Ask, policy_id: str, body: PolicyChange) -> PolicyOut:
    policy = _naming_rules(
        lambda: update_policy(
            ask.session, ask.viewer, policy_id, now=ask.now, name=body.name, rules=body.rules
        )
    )
    return _outs(ask, [policy])[0]


def remove(ask: Ask, policy_id: str) -> None:
    remove_policy(ask.session, ask.viewer, policy_id, now=ask.now)


def _naming_rules(store: Callable[[], Policy]) -> Policy:
    """Refusals name a rule by its path in `rules`."""
    try:
        return store()
    except InvalidInput as refused:
        if refused.field in (None, "name", "account"):
            raise
        detail = refused.detail.removeprefix(f"{refused.field}: ")
        raise InvalidInput(detail, f"rules.{refused.field}") from None


def _outs(ask: Ask, rows: Sequence[Policy]) -> list[PolicyOut]:
    accounts = place_names(ask.session, Account, (row.account_id for row in rows))
    used = ask.session.execute(
        select(Property.policy_id, func.count())
        .where(Property.policy_id.in_([row.id for row in rows]))
        .group_by(Property.policy_id)
    )
    homes = {row[0]: row[1] for row in used}
    return [
        PolicyOut(
            id=row.public_id,
            account=accounts[row.account_id],
            name=row.name,
            rules=row.rules,
            homes=homes.get(row.id, 0),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


ROUTES = (
    Route(
        method="GET",
        path="/policies",
        summary="Presets of your accounts",
        scopes=HOSTS,
        run=index,
        query=Paging,
        answer=Page[PolicyOut],
    ),
    Route(
        method="POST",
        path="/policies",
        summary="Make a preset",
        scopes=HOSTS,
        run=create,
        body=NewPolicy,
        answer=PolicyOut,
        status=201,
    ),
    Route(
        method="GET",
        path="/policies/{policy_id}",
        summary="One preset",
        scopes=HOSTS,
        run=show,
        answer=PolicyOut,
    ),
    Route(
        method="PATCH",
        path="/policies/{policy_id}",
        summary="Change a preset for all of its homes",
        scopes=HOSTS,
        run=change,
        body=PolicyChange,
        answer=PolicyOut,
    ),
    Route(
        method="DELETE",
        path="/policies/{policy_id}",
        summary="Remove a preset that no home uses",
        scopes=HOSTS,
        run=remove,
        conflicts=True,
    ),
)
