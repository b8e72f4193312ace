"""Which incident somebody means who writes or phones: known by the number alone (DESIGN 3.2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callassist.escalation.context import Escalation
from callassist.models import GuestText, Incident, StayNumber


def incidents_of_number(
    session: Session, ctx: Escalation, indexes: Collection[str], now: datetime
) -> list[Incident]:
    """Incidents about the guest with this number: open ones first, else the last that ended.

    Of several the one about which they were texted last comes first, then the newest. One that
    ended longer ago than `means_last_for` is none any more, and neither is a rehearsal.
    """
    texted = (
        select(func.max(GuestText.asked_at))
        .where(GuestText.incident_id == Incident.id)
        .correlate(Incident)
        .scalar_subquery()
    )
    about = (
        select(Incident)
        .where(
            Incident.stay_id.in_(
                select(StayNumber.stay_id).where(StayNumber.number_index.in_(indexes))
            ),
            Incident.practice.is_(False),
            Incident.shadow.is_(False),
            Incident.closed_at.is_(None) | (Incident.closed_at > now - ctx.settings.means_last_for),
        )
        .order_by(func.coalesce(texted, 0).desc(), Incident.opened_at.desc(), Incident.id.desc())
    )
    found = list(session.scalars(about))
    still_open = [one for one in found if one.closed_at is None]
    return still_open or sorted(found, key=_ended, reverse=True)[:1]


def _ended(incident: Incident) -> datetime:
    assert incident.closed_at is not None
    return incident.closed_at


def stay_number_of(
    session: Session, incident: Incident, indexes: Collection[str]
) -> StayNumber | None:
    """The number of the incident's stay that is this one."""
    return session.scalars(
        select(StayNumber).where(
            StayNumber.stay_id == incident.stay_id, StayNumber.number_index.in_(indexes)
        )
    ).first()
