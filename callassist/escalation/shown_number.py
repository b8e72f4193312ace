"""Which number a call or a text shows; None is the one that its network has for itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.caller_id import shown_of
from callassist.domain.own_network import is_own
from callassist.errors import CallAssistError
from callassist.escalation.context import Escalation
from callassist.models import Account, Incident, Property
from callassist.storage.facts import get_fact, put_fact

FOREIGN = "foreign_caller_ids"  # a fact: {"numbers": those that are not the network's}


def shown_number(
    session: Session, account_id: int, provider: str, incident_id: int | None = None
) -> str | None:
    """The home's or the account's number at the service's network; over its own network, that
    one's own: a number of one provider account cannot be shown over another."""
    if is_own(provider):
        return None
    account = session.get_one(Account, account_id).caller_id
    incident = session.get(Incident, incident_id) if incident_id is not None else None
    home = None if incident is None else session.get_one(Property, incident.property_id).caller_id
    if home is None and account is None:
        return None
    return shown_of(home, account, foreign_numbers(session))


def foreign_numbers(session: Session) -> frozenset[str]:
    """Numbers that somebody chose to show and that are not the network's, as last found out."""
    fact = get_fact(session, FOREIGN)
    return frozenset(fact["numbers"]) if fact else frozenset()


def check_shown_numbers(ctx: Escalation, now: datetime) -> frozenset[str]:
    """Ask the network about every number that is to be shown, and keep what is not its own.

    The network is asked outside any transaction; while it cannot be asked, what was known stays.
    """
    with ctx.sessions.read() as session:
        chosen, before = set(_chosen(session)), foreign_numbers(session)
    foreign = set()
    for number in sorted(chosen):
        try:
            is_foreign = not ctx.telephony.owns(number)
        except CallAssistError:
            is_foreign = number in before
        if is_foreign:
            foreign.add(number)
    if foreign != before:
        with ctx.sessions.write() as session:
            put_fact(session, FOREIGN, {"numbers": sorted(foreign)}, now=now)
    return frozenset(foreign)


def _chosen(session: Session) -> Iterator[str]:
    accounts = select(Account.caller_id).where(
        Account.caller_id.is_not(None), Account.deleted_at.is_(None)
    )
    homes = select(Property.caller_id).where(
        Property.caller_id.is_not(None), Property.archived_at.is_(None)
    )
    for query in (accounts, homes):
        yield from (number for number in session.scalars(query) if number)
