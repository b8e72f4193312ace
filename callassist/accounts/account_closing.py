"""The moment at which an account is over: nobody is in it, nothing comes in, nobody is called.

One transaction. What the account leaves behind is erased afterwards (account_erasing).
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from callassist.accounts.connections import hash_token
from callassist.accounts.person_erasing import erase_person, forget_channels
from callassist.models import (
    Account,
    ApiToken,
    Desk,
    DeskLink,
    Digest,
    DutyFeed,
    DutySpan,
    Invitation,
    NeedsYou,
    NotificationChannel,
    Operator,
    Person,
    Property,
    ReportShare,
    RoleBinding,
    SensorBroker,
    SensorConnection,
    SensorSample,
    ServiceAgreement,
)
from callassist.storage.vault import Vault

_FOR_GOOD = timedelta(days=36_500)


def close_account(session: Session, vault: Vault, account: Account, now: datetime) -> None:
    """Close every way in and out of an account in which no incident is open."""
    desks = list(session.scalars(select(Desk.id).where(Desk.account_id == account.id)))
    account.deleted_at = now
    _stop_watching(session, account.id, now)
    _end_addresses(session, account.id, desks, now)
    _tell_nobody(session, vault, account.id, desks, now)
    _send_home(session, vault, account.id, desks, now)
    session.flush()


def _stop_watching(session: Session, account_id: int, now: datetime) -> None:
    # archived: readings move nothing; paused: noise that runs already opens no incident
    for home in session.scalars(select(Property).where(Property.account_id == account_id)):
        home.archived_at = home.archived_at or now
        home.paused_from, home.paused_until = now, now + _FOR_GOOD
    own = ServiceAgreement.account_id == account_id
    in_force = or_(ServiceAgreement.ends_at.is_(None), ServiceAgreement.ends_at > now)
    # one that would begin later ends as it begins
    session.execute(delete(ServiceAgreement).where(own, ServiceAgreement.starts_at >= now))
    session.execute(update(ServiceAgreement).where(own, in_force).values(ends_at=now))


def _end_addresses(session: Session, account_id: int, desks: list[int], now: datetime) -> None:
    """Of sensors, programs, calendars, wallboards and shared reports."""
    own = select(SensorConnection).where(SensorConnection.account_id == account_id)
    for connection in session.scalars(own):
        connection.disabled_at = connection.disabled_at or now
        connection.token_hash = hash_token(secrets.token_urlsafe(24))
        connection.secret = connection.previous_secret = None
        connection.name, connection.options = "", {}
    ids = select(SensorConnection.id).where(SensorConnection.account_id == account_id)
    for kept in (SensorBroker, SensorSample):
        session.execute(delete(kept).where(kept.connection_id.in_(ids)))
    tokens = or_(ApiToken.account_id == account_id, ApiToken.desk_id.in_(desks))
    for table, which in (
        (ApiToken, tokens),
        (DutyFeed, DutyFeed.account_id == account_id),
        (DeskLink, DeskLink.desk_id.in_(desks)),
        (ReportShare, ReportShare.account_id == account_id),
    ):
        session.execute(
            update(table).where(which, table.revoked_at.is_(None)).values(revoked_at=now)
        )
    session.execute(update(ApiToken).where(tokens).values(name=""))


def _tell_nobody(
    session: Session, vault: Vault, account_id: int, desks: list[int], now: datetime
) -> None:
    channels = NotificationChannel
    told = or_(channels.account_id == account_id, channels.desk_id.in_(desks))
    forget_channels(session, vault, told, now)
    session.execute(delete(Digest).where(Digest.account_id == account_id))
    session.execute(delete(DutySpan).where(DutySpan.account_id == account_id))
    asked = or_(Invitation.account_id == account_id, Invitation.desk_id.in_(desks))
    session.execute(delete(Invitation).where(asked))
    waiting = NeedsYou.account_id == account_id, NeedsYou.acknowledged_at.is_(None)
    session.execute(update(NeedsYou).where(*waiting).values(acknowledged_at=now))
    session.execute(
        update(NeedsYou).where(NeedsYou.account_id == account_id).values(acknowledged_by="")
    )


def _send_home(
    session: Session, vault: Vault, account_id: int, desks: list[int], now: datetime
) -> None:
    """Take everybody's role here away; who has none elsewhere is erased."""
    here = or_(RoleBinding.account_id == account_id, RoleBinding.desk_id.in_(desks))
    people = list(
        session.scalars(
            select(Person)
            .where(Person.id.in_(select(RoleBinding.person_id).where(here)))
            .order_by(Person.id)
        )
    )
    session.execute(delete(RoleBinding).where(here))
    for operator in session.scalars(select(Operator).where(Operator.desk_id.in_(desks))):
        operator.active, operator.name, operator.phone = False, operator.desk_name, None
    ids = [person.id for person in people]
    left = select(RoleBinding.person_id).where(RoleBinding.person_id.in_(ids))
    elsewhere = set(session.scalars(left))
    for person in people:
        session.expire(person, ["bindings"])
        if person.id not in elsewhere:
            erase_person(session, vault, person, now=now)
