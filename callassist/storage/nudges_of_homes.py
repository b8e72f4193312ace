"""Whom a change to a home, to what is in it or to all homes of an account concerns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from callassist.domain.nudge import NudgeKind
from callassist.models import Account, HostContact, Property, Sensor, Stay, StayNumber
from callassist.storage.told import Told

_KNOWN = "callassist_homes"  # in a session: by id, what is told of them
_HOME = select(Property.public_id, Property.account_id).where(Property.id == bindparam("home"))


def of_account(_session: Session, account: Account) -> Iterator[Told]:
    """An account's own facts stand on the pages of all its homes."""
    yield Told(kind=NudgeKind.HOME, account_id=account.id)


def of_all_homes(_session: Session, row: Any) -> Iterator[Told]:
    """A change to all homes of an account, or to what has no home yet."""
    yield Told(kind=NudgeKind.HOME, account_id=row.account_id)


def of_home(_session: Session, home: Property) -> Iterator[Told]:
    """The home itself."""
    yield _told(home.public_id, home.account_id)


def of_home_by_id(session: Session, property_id: int | None) -> Iterator[Told]:
    """The home that a row names; many rows of one home ask for it once."""
    if property_id is None:
        return
    known = session.info.setdefault(_KNOWN, {})
    if property_id not in known:
        found = session.connection().execute(_HOME, {"home": property_id}).one_or_none()
        known[property_id] = found
    if known[property_id] is not None:
        yield _told(*known[property_id])


def of_contact_or_stay(session: Session, row: HostContact | Stay) -> Iterator[Told]:
    """At its home."""
    yield from of_home_by_id(session, row.property_id)


def of_stay_number(session: Session, number: StayNumber) -> Iterator[Told]:
    """At the home of its stay."""
    stay = session.get(Stay, number.stay_id)
    if stay is not None:
        yield from of_home_by_id(session, stay.property_id)


def of_sensor(session: Session, sensor: Sensor) -> Iterator[Told]:
    """At its home; while it has none, wherever it might be paired."""
    if sensor.property_id is None:
        yield from of_all_homes(session, sensor)
    else:
        yield from of_home_by_id(session, sensor.property_id)


def _told(public_id: str, account_id: int) -> Told:
    return Told(kind=NudgeKind.HOME, public_id=public_id, account_id=account_id)
