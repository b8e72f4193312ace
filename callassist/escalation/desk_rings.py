"""A call that came in rings at an operator's browser, who answers or declines."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from callassist.errors import Conflict
from callassist.escalation.context import Escalation
from callassist.escalation.incoming import operator_missed
from callassist.escalation.incoming_ring import rings_of, rung_until
from callassist.escalation.locks import lock_incident
from callassist.models import IncomingCall
from callassist.ports.telephony import RingsDesks

_LATE = timedelta(seconds=5)  # until the network has told that nobody answered


def ring_at_browser(
    session: Session, ctx: Escalation, operator_id: int, now: datetime
) -> IncomingCall | None:
    """The call that rings at this operator's browser now; None when there is none."""
    late = ctx.real(_LATE)
    for one in rings_of(session, ctx, operator_id, now):
        if one.line and now < rung_until(ctx, one, one.changed_at) + late:
            return one
    return None


def decline_ring(
    session: Session, ctx: Escalation, operator_id: int, call_id: str, now: datetime
) -> None:
    """The caller hears the menu instead. Raises Conflict when it rings no more."""
    row = _ringing(session, ctx, operator_id, call_id, now)
    assert row.incident_id is not None
    lock_incident(session, row.incident_id)
    session.refresh(row)
    operator_missed(session, ctx, row, now, has_declined=True)


def browser_of_ring(
    session: Session, ctx: Escalation, operator_id: int, call_id: str, now: datetime
) -> tuple[RingsDesks | None, str]:
    """The network to tell what was decided, and of which call; None where the browser tells it.

    Raises Conflict when it rings no more.
    """
    row = _ringing(session, ctx, operator_id, call_id, now)
    network = ctx.network_named(row.provider)
    return network if isinstance(network, RingsDesks) else None, row.provider_call_id


def _ringing(
    session: Session, ctx: Escalation, operator_id: int, call_id: str, now: datetime
) -> IncomingCall:
    row = ring_at_browser(session, ctx, operator_id, now)
    if row is None or row.public_id != call_id:
        raise Conflict("nobody phones any more")
    return row
