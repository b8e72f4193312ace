"""Stays of the viewer's homes: in pages, by month, and those of tonight that lack a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, selectinload

from callassist.domain.coverage import coming_night
from callassist.domain.viewer import Viewer
from callassist.errors import NotFound
from callassist.models import Property, Stay

PAGE = 50


class When(StrEnum):
    """Which stays a list shows."""

    COMING = "coming"  # there now, or later
    PAST = "past"


@dataclass(frozen=True, kw_only=True)
class StayLine:
    """One stay with its home; numbers are loaded."""

    stay: Stay
    home: Property

    @property
    def zone(self) -> ZoneInfo:
        """Where its times are told."""
        return ZoneInfo(self.home.timezone)


@dataclass(frozen=True, kw_only=True)
class StayPage:
    """Some stays and, if there are more, the place at which they begin."""

    lines: tuple[StayLine, ...]
    next: str | None


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A home whose guest of tonight cannot be phoned: `stay` is None when nobody is known."""

    home: Property
    stay: Stay | None


def stay_page(
    session: Session,
    viewer: Viewer,
    when: When,
    now: datetime,
    *,
    home_id: int | None = None,
    after: str | None = None,
) -> StayPage:
    """Fifty stays: coming ones by arrival, past ones the latest first."""
    query = _of(viewer, home_id)
    if when is When.COMING:
        query = query.where(Stay.check_out_at > now, Stay.cancelled_at.is_(None))
        query = query.order_by(Stay.check_in_at, Stay.id)
    else:
        query = query.where(Stay.check_out_at <= now, Stay.cancelled_at.is_(None))
        query = query.order_by(Stay.check_in_at.desc(), Stay.id.desc())
    if after is not None:
        query = query.where(_behind(session, viewer, when, after))
    rows = session.execute(query.limit(PAGE + 1)).all()
    lines = tuple(StayLine(stay=stay, home=home) for stay, home in rows[:PAGE])
    return StayPage(
        lines=lines, next=lines[-1].stay.public_id if len(rows) > PAGE and lines else None
    )


def stays_between(
    session: Session,
    viewer: Viewer,
    starts_at: datetime,
    ends_at: datetime,
    *,
    home_id: int | None = None,
) -> list[StayLine]:
    """Stays that touch [starts_at, ends_at), by arrival."""
    query = (
        _of(viewer, home_id)
        .where(
            Stay.check_in_at < ends_at,
            Stay.check_out_at > starts_at,
            Stay.cancelled_at.is_(None),
        )
        .order_by(Stay.check_in_at, Stay.id)
    )
    return [StayLine(stay=stay, home=home) for stay, home in session.execute(query)]


def every_stay(session: Session, viewer: Viewer, home_id: int | None = None) -> Iterator[StayLine]:
    """All that are known, by arrival, a batch at a time: for a file."""
    query = _of(viewer, home_id).order_by(Stay.check_in_at, Stay.id)
    for stay, home in session.execute(query.execution_options(yield_per=500)):
        yield StayLine(stay=stay, home=home)


def tonight_gaps(
    session: Session, viewer: Viewer, now: datetime, home_id: int | None = None
) -> list[Gap]:
    """Homes in which somebody stays tonight who cannot be phoned, or nobody knows who stays."""
    homes = list(session.scalars(_watched(viewer, home_id)))
    nights = {home.timezone: coming_night(now, ZoneInfo(home.timezone)) for home in homes}
    found: dict[int, list[Stay]] = {home.id: [] for home in homes}
    if homes:
        tonight = or_(
            *(
                and_(
                    Property.timezone == zone,
                    Stay.check_in_at < night.ends_at,
                    Stay.check_out_at > night.starts_at,
                )
                for zone, night in nights.items()
            )
        )
        query = _of(viewer, home_id).where(tonight, Stay.cancelled_at.is_(None))
        for stay, home in session.execute(query.order_by(Stay.check_in_at, Stay.id)):
            if home.id in found:
                found[home.id].append(stay)
    return list(_gaps(homes, found))


def is_dialable(stay: Stay) -> bool:
    """Whether a number is there that may be dialled while the stay lasts."""
    wanted = stay.do_not_call_at is None and stay.erased_at is None
    return wanted and any(number.flagged_at is None for number in stay.numbers)


def clashing(
    session: Session,
    home: Property,
    check_in_at: datetime,
    check_out_at: datetime,
    *,
    besides: Stay | None = None,
) -> list[Stay]:
    """Other stays of a home that share time with this span, whoever entered them."""
    query = select(Stay).where(
        Stay.property_id == home.id,
        Stay.cancelled_at.is_(None),
        Stay.check_in_at < check_out_at,
        Stay.check_out_at > check_in_at,
    )
    own = None if besides is None else besides.id
    return [one for one in session.scalars(query.order_by(Stay.check_in_at)) if one.id != own]


def _gaps(homes: Sequence[Property], found: dict[int, list[Stay]]) -> Iterator[Gap]:
    for home in homes:
        there = found[home.id]
        unreachable = [stay for stay in there if not is_dialable(stay)]
        if unreachable:
            yield Gap(home=home, stay=unreachable[0])
        elif not there:
            yield Gap(home=home, stay=None)


def _of(viewer: Viewer, home_id: int | None) -> Select[Stay, Property]:
    query = (
        select(Stay, Property)
        .join(Property, Property.id == Stay.property_id)
        .where(Stay.account_id.in_(viewer.account_ids), Property.archived_at.is_(None))
        .options(selectinload(Stay.numbers))
    )
    return query if home_id is None else query.where(Stay.property_id == home_id)


def _watched(viewer: Viewer, home_id: int | None) -> Select[Property]:
    query = (
        select(Property)
        .where(
            Property.account_id.in_(viewer.account_ids),
            Property.archived_at.is_(None),
            Property.host_only.is_(False),
        )
        .order_by(func.lower(Property.name), Property.id)
    )
    return query if home_id is None else query.where(Property.id == home_id)


def _behind(session: Session, viewer: Viewer, when: When, after: str) -> ColumnElement[bool]:
    place = session.execute(
        select(Stay.check_in_at, Stay.id).where(
            Stay.account_id.in_(viewer.account_ids), Stay.public_id == after
        )
    ).first()
    if place is None:
        raise NotFound("no such place in this list")
    at, row = place
    if when is When.COMING:
        return or_(Stay.check_in_at > at, and_(Stay.check_in_at == at, Stay.id > row))
    return or_(Stay.check_in_at < at, and_(Stay.check_in_at == at, Stay.id < row))
