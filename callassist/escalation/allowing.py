"""May a person's call go out, by country and by cost? A no stands in the log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from callassist.domain.call_task import Party
from callassist.domain.dialable import country_of
from callassist.domain.spending import Spending
from callassist.escalation.budgets import log_cap, may_spend_now
from callassist.escalation.context import Escalation
from callassist.escalation.countries import log_refused, refused_number
from callassist.models import CallTask, Incident


def may_ring(
    session: Session, ctx: Escalation, incident: Incident, sealed: bytes, mask: str, now: datetime
) -> bool:
    """Whether a number may be dialled for the account; a no stands in the log."""
    number = ctx.vault.open(sealed)
    refused = refused_number(session, ctx, incident.account_id, number, now)
    if refused is not None:
        log_refused(session, incident, mask, country_of(number), refused, now)
    return refused is None


def may_cost(
    session: Session, ctx: Escalation, incident: Incident, task: CallTask, now: datetime
) -> bool:
    """Whether the caps let this call out: a first one always, and the log says that it did."""
    if incident.practice:
        return True
    kind = Spending.HOST_CALL
    if task.party == Party.GUEST:
        # what the guest asked for, or what a broken line cut off, is no further attempt
        is_later = task.attempt_number > 1 and not (task.continuation or task.guest_asked)
        kind = Spending.LATER_CALL if is_later else Spending.FIRST_CALL
    verdict = may_spend_now(session, ctx, incident.account_id, kind, now)
    log_cap(session, incident, kind, verdict, now)
    return verdict.allowed
