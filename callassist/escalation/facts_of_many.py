"""What coverage has to know of many homes: statements that are made once and asked for together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, Protocol

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, case, exists, select
from sqlalchemy.orm import Session

from callassist.domain.spans import Span
from callassist.escalation.coverage import Surroundings, is_heard
from callassist.models import HostContact, Property, Sensor, Stay, StayNumber
from callassist.stays.lookup import TYPED

_MANY = 50  # homes
# of the tables themselves: rows by the hundred go past the mapper
_HOME, _SENSOR = Property.__table__.c, Sensor.__table__.c
_CONTACT, _STAY, _NUMBER = HostContact.__table__.c, Stay.__table__.c, StayNumber.__table__.c


class HomeFacts(Protocol):
    """What coverage has to know of a home: a Property, or a row with these columns."""

    @property
    def id(self) -> int: ...
    @property
    def account_id(self) -> int: ...
    @property
    def timezone(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def host_only(self) -> bool: ...
    @property
    def paused_until(self) -> datetime | None: ...
    @property
    def shadow_since(self) -> datetime | None: ...


class _Sensor(NamedTuple):
    kind: str
    interval_seconds: int
    last_heard_at: datetime | None
    silent_since: datetime | None


class StayFacts(NamedTuple):
    """What coverage has to know of a stay."""

    id: int
    public_id: str
    property_id: int
    language: str | None
    check_in_at: datetime
    check_out_at: datetime
    do_not_call_at: datetime | None


class Homes:
    """Which homes are asked for: hundreds of ids cost more than what they spare."""

    def __init__(self, homes: Sequence[HomeFacts]) -> None:
        self.are_many = len(homes) > _MANY
        self.values: dict[str, Any] = (
            {"accounts": list({home.account_id for home in homes})}
            if self.are_many
            else {"homes": [home.id for home in homes]}
        )


def _these(property_id: ColumnElement[Any], *, are_many: bool) -> ColumnElement[bool]:
    """At least the homes asked for; where they are many also others of their accounts."""
    if not are_many:
        return property_id.in_(bindparam("homes", expanding=True))
    places: BindParameter[Any] = bindparam("accounts", expanding=True)
    return property_id.in_(select(_HOME.id).where(_HOME.account_id.in_(places)))


@cache
def _contacts(are_many: bool) -> Select[int]:
    return select(_CONTACT.property_id).where(
        _these(_CONTACT.property_id, are_many=are_many), _CONTACT.flagged_at.is_(None)
    )


@cache
def _listening(are_many: bool) -> Select[*tuple[Any, ...]]:
    columns = (_SENSOR[name] for name in _Sensor._fields)
    return select(_SENSOR.property_id, *columns).where(
        _these(_SENSOR.property_id, are_many=are_many)
    )


@cache
def _touching(are_many: bool) -> Select[*tuple[Any, ...]]:
    """Stays of these nights, and whether they have a number that nobody flagged."""
    number = exists().where(_NUMBER.stay_id == _STAY.id, _NUMBER.flagged_at.is_(None))
    return (
        select(*(_STAY[name] for name in StayFacts._fields), number)
        .where(
            _these(_STAY.property_id, are_many=are_many),
            _STAY.check_in_at < bindparam("last"),
            _STAY.check_out_at > bindparam("first"),
            _STAY.cancelled_at.is_(None),
            _STAY.erased_at.is_(None),
        )
        .order_by(
            case((_STAY.source == TYPED, 0), else_=1), _STAY.check_in_at.desc(), _STAY.id.desc()
        )
    )


def with_contact(session: Session, homes: Homes) -> set[int]:
    """The homes whose host can be phoned."""
    return set(session.scalars(_contacts(homes.are_many), homes.values).all())


def hearing(session: Session, homes: Homes, around: Surroundings, now: datetime) -> dict[int, bool]:
    """The homes that have a sensor, and whether one of theirs is heard."""
    found: dict[int, bool] = {}
    for home_id, *facts in session.execute(_listening(homes.are_many), homes.values).all():
        if not found.get(home_id):
            found[home_id] = is_heard(_Sensor._make(facts), around, now)
    return found


def stays(
    session: Session, homes: Homes, spans: Mapping[int, Span]
) -> tuple[dict[int, StayFacts], set[int]]:
    """Who stays when the night begins, else who comes first in it, by home.

    And which stays have a number that nobody flagged.
    """
    if not spans:
        return {}, set()
    night = {
        "first": min(night.starts_at for night in spans.values()),
        "last": max(night.ends_at for night in spans.values()),
    }
    dialable = set()
    by_home: dict[int, list[StayFacts]] = defaultdict(list)
    for *columns, has_number in session.execute(
        _touching(homes.are_many), {**homes.values, **night}
    ).all():
        stay = StayFacts(*columns)
        if stay.property_id in spans and _touches(stay, spans[stay.property_id]):
            by_home[stay.property_id].append(stay)
            if has_number:
                dialable.add(stay.id)
    return {home_id: _first(there, spans[home_id]) for home_id, there in by_home.items()}, dialable


def _first(there: Sequence[StayFacts], night: Span) -> StayFacts:
    now_there = [stay for stay in there if stay.check_in_at <= night.starts_at]
    coming = sorted(there, key=lambda stay: (stay.check_in_at, stay.id))
    return (now_there or coming)[0]


def _touches(stay: StayFacts, night: Span) -> bool:
    return stay.check_in_at < night.ends_at and stay.check_out_at > night.starts_at
