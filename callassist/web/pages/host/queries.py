"""Small queries that several of the host's pages share; the viewer's scope first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from callassist.accounts.people import accounts
from callassist.accounts.policies import policies
from callassist.bootstrap import Service
from callassist.domain.viewer import Viewer
from callassist.models import Account, HostContact, NotificationChannel, Policy, Property, Stay
from callassist.notifications.keeping_channels import visible
from callassist.web.pages import asking

_COMING = timedelta(days=60)
_GONE_LATELY = timedelta(days=2)
_MOST_STAYS = 10


@dataclass(frozen=True, kw_only=True)
class StayLine:
    """One stay with its numbers, masked."""

    stay: Stay
    guest: str | None
    is_now: bool


def writable_accounts(session: Session, viewer: Viewer) -> list[Account]:
    """Accounts in which the viewer may add things."""
    return [one for one in accounts(session, viewer) if viewer.can_write(one.id)]


def presets(session: Session, viewer: Viewer, account_id: int) -> list[Policy]:
    """The rules that a home of this account can have."""
    return policies(session, viewer, account_id)


def own_number(session: Session, account: Account) -> str:
    """Whom operators call of this account, if one is known: mostly the same phone."""
    query = (
        select(HostContact.phone)
        .join(Property, Property.id == HostContact.property_id)
        .where(Property.account_id == account.id, Property.archived_at.is_(None))
        .order_by(HostContact.id)
        .limit(1)
    )
    sealed = session.scalar(query)
    return asking.service().vault.open(sealed) if sealed else ""


def own_channels(session: Session, viewer: Viewer) -> list[NotificationChannel]:
    """How the viewer is told: their own channels, oldest first."""
    query = select(NotificationChannel).where(
        visible(viewer), NotificationChannel.person_id == viewer.person_id
    )
    return list(session.scalars(query.order_by(NotificationChannel.id)))


def coming_stays(
    session: Session, service: Service, home: Property, now: datetime
) -> tuple[StayLine, ...]:
    """Who stays in a home of the viewer's, who left lately and who comes next."""
    query = (
        select(Stay)
        .where(
            Stay.property_id == home.id,
            Stay.check_out_at > now - _GONE_LATELY,
            Stay.check_in_at < now + _COMING,
            Stay.cancelled_at.is_(None),
        )
        .options(selectinload(Stay.numbers))
        .order_by(Stay.check_in_at, Stay.id)
        .limit(_MOST_STAYS)
    )
    return tuple(
        StayLine(
            stay=stay,
            guest=service.vault.open(stay.guest_name)
            if stay.guest_name is not None and stay.erased_at is None
            else None,
            is_now=stay.check_in_at <= now < stay.check_out_at,
        )
        for stay in session.scalars(query)
    )
