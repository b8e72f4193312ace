"""May we send this guest something automatic now? The stored facts, put to the pure rule."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callassist.domain.consent import (
    Channel,
    ContactFacts,
    Decision,
    Hours,
    may_contact_automatically,
)
from callassist.models import Property, Stay, StayNumber
from callassist.stays.consents import WITHOUT_NUMBER, consent_for
from callassist.stays.stops import is_stopped
from callassist.storage.vault import Vault


def automatic_contact(
    session: Session,
    vault: Vault,
    hours: Hours,
    home: Property,
    stay: Stay | None,
    channel: Channel,
    *,
    now: datetime,
    number: StayNumber | None = None,
) -> Decision:
    """Whether an automatic message may go to a number of the stay (the first unflagged one when
    none is named), and why not; callers log the reason."""
    if stay is not None and number is None:
        number = next((one for one in stay.numbers if one.flagged_at is None), None)
    facts = _facts(session, vault, home, stay, number, channel, now)
    local_now = now.astimezone(ZoneInfo(home.timezone))
    return may_contact_automatically(facts, hours, local_now, channel)


def conversation_contact(
    session: Session, vault: Vault, hours: Hours, home: Property, stay: Stay, *, now: datetime
) -> Decision:
    """Whether an automatic message may go into the booking's conversation, and why not.

    By the rules of texts, without a number: a permission for any number of the stay or for the
    booking itself counts, and so does a stop of any of them.
    """
    indexes = {WITHOUT_NUMBER}
    for one in stay.numbers:
        indexes |= {one.number_index, *vault.indexes(vault.open(one.number))}
    over = stay.check_out_at <= now or stay.cancelled_at or stay.erased_at
    consent = consent_for(session, stay.account_id, stay.id, indexes, Channel.SMS)
    facts = ContactFacts(
        country=home.country,
        stay_over=bool(over),
        do_not_call=stay.do_not_call_at is not None,
        stopped=is_stopped(session, *indexes),
        consent=consent is not None,
    )
    return may_contact_automatically(
        facts, hours, now.astimezone(ZoneInfo(home.timezone)), Channel.SMS
    )


def _facts(
    session: Session,
    vault: Vault,
    home: Property,
    stay: Stay | None,
    number: StayNumber | None,
    channel: Channel,
    now: datetime,
) -> ContactFacts:
    if stay is None or number is None:
        return ContactFacts(country=home.country, has_number=False)
    indexes = {number.number_index, *vault.indexes(vault.open(number.number))}
    over = stay.check_out_at <= now or stay.cancelled_at or stay.erased_at
    consent = consent_for(session, stay.account_id, stay.id, indexes, channel)
    return ContactFacts(
        country=home.country,
        flagged=number.flagged_at is not None,
        stay_over=bool(over),
        do_not_call=stay.do_not_call_at is not None,
        stopped=is_stopped(session, *indexes),
        consent=consent is not None,
    )
