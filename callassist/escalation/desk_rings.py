"""A call that came in rings at an operator's browser, who answers or declines."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from callassist.domain.phoning_back import Line
from callassist.errors import Conflict
from callassist.escalation.context import Escalation
from callassist.escalation.incoming import operator_missed
from callassist.escalation.locks import lock_incident
from callassist.models import IncomingCall
from callassist.ports.telephony import RingsDesks


def ring_at_browser(session: Session, operator_id: int) -> IncomingCall | None:
    """The call that rings at this operator's browser now; None when there is none."""
    ringing = select(IncomingCall).where(
        IncomingCall.operator_id == operator_id,
        IncomingCall.state == Line.RINGING,
        IncomingCall.line.is_not(None),
        IncomingCall.line != "",
    )
    return session.scalars(ringing.order_by(IncomingCall.id.desc()).limit(1)).first()


def decline_ring(
    session: Session, ctx: Escalation, operator_id: int, call_id: str, now: datetime
) -> None:
    """The caller hears the menu instead. Raises Conflict when it rings no more."""
    row = _ringing(session, operator_id, call_id)
    assert row.incident_id is not None
    lock_incident(session, row.incident_id)
    session.refresh(row)
    operator_missed(session, ctx, row, now, has_declined=True)


def browser_of_ring(
    session: Session, ctx: Escalation, operator_id: int, call_id: str
) -> tuple[RingsDesks | None, str]:
    """The network to tell what was decided, and of which call; None where the browser tells it.

    Raises Conflict when it rings no more.
    """
    row = _ringing(session, operator_id, call_id)
    network = ctx.network_named(row.provider)
    return network if isinstance(network, RingsDesks) else None, row.provider_call_id


def _ringing(session: Session, operator_id: int, call_id: str) -> IncomingCall:
    row = ring_at_browser(session, operator_id)
    if row is None or row.public_id != call_id:
        raise Conflict("nobody phones any more")
    return row
