"""Whom an owner's list of countries leaves out, for pages that say so before the night."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callassist.models import Account, HostContact, Property, Stay, StayNumber

_LISTS = select(Account.id, Account.dial_countries).where(
    Account.id.in_(bindparam("accounts", expanding=True))
)


class Barred(NamedTuple):
    """Stays of which no number may be dialled, and homes of whose contacts none may."""

    stays: frozenset[int] = frozenset()
    homes: frozenset[int] = frozenset()


NOBODY = Barred()


def barred(session: Session, account_ids: Collection[int], stay_ids: Collection[int]) -> Barred:
    """Asked in at most three questions, however many stays; a country that was never looked at
    bars nobody here: the dial itself looks at the number."""
    lists = {
        account_id: frozenset(countries)
        for account_id, countries in session.execute(_LISTS, {"accounts": list(account_ids)})
        if countries is not None
    }
    if not lists:
        return NOBODY
    of_stays = (
        select(StayNumber.stay_id, Stay.account_id, StayNumber.country)
        .join(Stay, Stay.id == StayNumber.stay_id)
        .where(StayNumber.stay_id.in_(stay_ids), StayNumber.flagged_at.is_(None))
    )
    of_homes = (
        select(HostContact.property_id, Property.account_id, HostContact.phone_country)
        .join(Property, Property.id == HostContact.property_id)
        .where(Property.account_id.in_(list(lists)), HostContact.flagged_at.is_(None))
    )
    found = []
    for query in (of_stays, of_homes):
        seen: set[int] = set()
        reachable: set[int] = set()
        for whose, account_id, country in session.execute(query):
            seen.add(whose)
            if country is None or account_id not in lists or country in lists[account_id]:
                reachable.add(whose)
        found.append(frozenset(seen - reachable))
    return Barred(*found)
