"""Which countries an account's calls and texts may go to, asked before each of them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist import incident_log
from callassist.domain.dialable import NotDialled, country_of, refusal_of
from callassist.domain.log_action import LogAction
from callassist.escalation.context import Escalation
from callassist.models import Account, HostContact, Incident, Property, Stay, StayNumber
from callassist.storage.vault import Vault


def refused_number(
    session: Session,
    ctx: Escalation,
    account_id: int,
    number: str,
    now: datetime,
    *,
    is_known: bool = True,
) -> NotDialled | None:
    """Why this number must not be rung or written to for the account; None when it may be.

    `is_known`: it belongs to somebody who stays now, to a contact or to the account's own people.
    Without a list of the owner's those may be anywhere, and everybody else only where they are.
    """
    countries = session.get_one(Account, account_id).dial_countries
    if countries is None and not is_known:
        countries = list(usual_countries(session, ctx.vault, account_id, now))
    return refusal_of(number, countries)


def usual_countries(session: Session, vault: Vault, account_id: int, now: datetime) -> Counter[str]:
    """The countries of who stays now and of the contacts of homes, with how many numbers each."""
    guests = (
        select(StayNumber.country, StayNumber.number)
        .join(Stay, Stay.id == StayNumber.stay_id)
        .where(
            Stay.account_id == account_id,
            Stay.check_in_at <= now,
            Stay.check_out_at > now,
            Stay.cancelled_at.is_(None),
            Stay.erased_at.is_(None),
        )
    )
    contacts = (
        select(HostContact.phone_country, HostContact.phone)
        .join(Property, Property.id == HostContact.property_id)
        .where(Property.account_id == account_id, Property.archived_at.is_(None))
    )
    found: Counter[str] = Counter()
    for query in (guests, contacts):
        for country, number in session.execute(query):
            # stored by an older version, which did not look
            where = country or country_of(vault.open(number))
            if where is not None:
                found[where] += 1
    return found


def log_refused(
    session: Session,
    incident: Incident,
    mask: str,
    country: str | None,
    reason: NotDialled,
    now: datetime,
) -> None:
    """A number that was not dialled, and why, in the incident's log."""
    data = {"mask": mask, "country": country, "reason": str(reason)}
    incident_log.append(session, incident.id, LogAction.NUMBER_REFUSED, data, now=now)
