"""Whose channels a message goes to. A person who left the account or desk is told nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from callassist import roster
from callassist.domain.viewer import Role
from callassist.models import NotificationChannel, Person, RoleBinding

_CHANNEL = NotificationChannel


def account_channels(session: Session, account_id: int) -> list[NotificationChannel]:
    """Working channels of everybody of an account, and those that the account shares."""
    mine = _CHANNEL.account_id == account_id
    belongs = _bound(RoleBinding.account_id == account_id)
    return _working(session, mine, or_(_CHANNEL.person_id.is_(None), belongs))


def person_channels(
    session: Session, account_id: int, person_ids: Collection[int]
) -> list[NotificationChannel]:
    """Working channels of these people within the account."""
    mine = _CHANNEL.account_id == account_id
    belongs = _bound(RoleBinding.account_id == account_id)
    return _working(session, mine, _CHANNEL.person_id.in_(person_ids), belongs)


def owner_channels(session: Session, account_id: int) -> list[NotificationChannel]:
    """Working channels of the account's owners, and those that the account shares."""
    mine = _CHANNEL.account_id == account_id
    owns = _bound(RoleBinding.account_id == account_id, RoleBinding.role == Role.OWNER)
    return _working(session, mine, or_(_CHANNEL.person_id.is_(None), owns))


def desk_people_channels(
    session: Session, desk_id: int, person_ids: Collection[int]
) -> list[NotificationChannel]:
    """Working channels of these people at a desk."""
    mine = _CHANNEL.desk_id == desk_id
    belongs = _bound(RoleBinding.desk_id == desk_id)
    return _working(session, mine, _CHANNEL.person_id.in_(person_ids), belongs)


def shared_desk_channels(session: Session, desk_id: int) -> list[NotificationChannel]:
    """Working channels that belong to a desk's supervisors together."""
    return _working(session, _CHANNEL.desk_id == desk_id, _CHANNEL.person_id.is_(None))


def supervisor_channels(
    session: Session, desk_id: int, *, on_shift_at: datetime | None = None
) -> list[NotificationChannel]:
    """Working channels of the desk's supervisors; with an instant, only of those on shift."""
    supervises = _bound(RoleBinding.desk_id == desk_id, RoleBinding.role == Role.SUPERVISOR)
    conditions = [_CHANNEL.desk_id == desk_id, supervises]
    if on_shift_at is not None:
        there = [one.person_id for one in roster.on_shift(session, desk_id, on_shift_at)]
        conditions.append(_CHANNEL.person_id.in_([one for one in there if one is not None]))
    return _working(session, *conditions)


def _bound(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        exists()
        .where(
            RoleBinding.person_id == _CHANNEL.person_id,
            Person.id == RoleBinding.person_id,
            Person.active.is_(True),
            *conditions,
        )
        .correlate(_CHANNEL)
    )


def _working(session: Session, *conditions: ColumnElement[bool]) -> list[NotificationChannel]:
    query = select(_CHANNEL).where(_CHANNEL.disabled_at.is_(None), *conditions)
    return list(session.scalars(query.order_by(_CHANNEL.id)))
