"""Covered tonight, for a whole list of homes: the facts of `coverage` in a fixed number of queries.

Queries grow with the accounts and time zones of the list, not with its homes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, false, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from callassist import roster
from callassist.domain.coverage import Coverage, CoverageFacts, assess, coming_night
from callassist.domain.spans import Span, gaps
from callassist.domain.viewer import Viewer
from callassist.escalation.coverage import (
    Hearable,
    Surroundings,
    call_language,
    has_proved_channel,
    is_heard,
)
from callassist.models import (
    Desk,
    DutySpan,
    HostContact,
    Operator,
    Property,
    Sensor,
    Shift,
    Stay,
    StayNumber,
)
from callassist.stays.lookup import TYPED

_MANY = 50  # homes
_assessed = lru_cache(maxsize=1024)(assess)  # hundreds of homes lack the same few things


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


class StayFacts(NamedTuple):
    """What coverage has to know of a stay."""

    id: int
    public_id: str
    property_id: int
    language: str | None
    check_in_at: datetime
    check_out_at: datetime
    do_not_call_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Night:
    """One home's coming night: the verdict and the stay that it is about."""

    coverage: Coverage
    stay: StayFacts | None


def coverages_tonight(
    session: Session,
    viewer: Viewer,
    homes: Sequence[HomeFacts],
    around: Surroundings,
    now: datetime,
) -> dict[int, Coverage]:
    """By the home's id, what `coverage_tonight` says; homes of others are left out."""
    found = nights(session, viewer, homes, around, now)
    return {home_id: night.coverage for home_id, night in found.items()}


def nights(
    session: Session,
    viewer: Viewer,
    homes: Sequence[HomeFacts],
    around: Surroundings,
    now: datetime,
) -> dict[int, Night]:
    """By the home's id, its coming night; homes of others are left out."""
    own = [home for home in homes if viewer.is_admin or home.account_id in viewer.account_ids]
    zones = {zone: coming_night(now, ZoneInfo(zone)) for zone in {home.timezone for home in own}}
    spans = {home.id: zones[home.timezone] for home in own}
    these = _Homes(own)
    sensors = _sensors(session, these)
    contacts = set(
        session.scalars(
            select(HostContact.property_id).where(
                these.have(HostContact.property_id), HostContact.flagged_at.is_(None)
            )
        )
    )
    stays = _stays(session, these, spans)
    dialable = _with_number(session, these, spans)
    rosters = _Rosters(session)
    found = {}
    for home in own:
        night, stay = spans[home.id], stays.get(home.id)
        desk = rosters.desk(home.account_id, night.starts_at)
        facts = CoverageFacts(
            sensor_paired=home.id in sensors,
            sensor_heard=any(is_heard(one, around, now) for one in sensors.get(home.id, ())),
            paused=home.paused_until is not None and home.paused_until > night.starts_at,
            shadow=home.shadow_since is not None,
            host_only=home.host_only,
            stay_known=stay is not None,
            guest_dialable=stay is not None and stay.id in dialable and _may_dial(stay, now),
            host_contact=home.id in contacts,
            channel_proved=rosters.is_channel_proved(home),
            desk_known=desk is not None,
            operator_all_night=rosters.is_served(home.account_id, desk, night, None),
            language_all_night=rosters.is_served(
                home.account_id, desk, night, call_language(home, stay, desk)
            ),
            network_simulated=around.capabilities.simulated,
            heartbeat_watched=around.heartbeat_watched,
        )
        found[home.id] = Night(coverage=_assessed(facts), stay=stay)
    return found


class _Homes:
    """Which homes are asked for, as a condition: hundreds of ids cost more than what they spare."""

    def __init__(self, homes: Sequence[HomeFacts]) -> None:
        self._ids = [home.id for home in homes]
        self._account_ids = {home.account_id for home in homes}

    def have(self, property_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """At least these homes; with many also others of their accounts."""
        if len(self._ids) <= _MANY:
            return property_id.in_(self._ids)
        return property_id.in_(
            select(Property.id).where(Property.account_id.in_(self._account_ids))
        )


def _sensors(session: Session, homes: _Homes) -> dict[int, list[Hearable]]:
    query = select(
        Sensor.property_id,
        Sensor.kind,
        Sensor.interval_seconds,
        Sensor.last_heard_at,
        Sensor.silent_since,
    ).where(homes.have(Sensor.property_id))
    found: dict[int, list[Hearable]] = defaultdict(list)
    for row in session.execute(query):
        found[row.property_id].append(row)
    return found


def _stays(session: Session, homes: _Homes, spans: Mapping[int, Span]) -> dict[int, StayFacts]:
    """Who stays when the night begins, else who comes first in it, by home."""
    touching = (
        select(
            Stay.id,
            Stay.public_id,
            Stay.property_id,
            Stay.language,
            Stay.check_in_at,
            Stay.check_out_at,
            Stay.do_not_call_at,
        )
        .where(_touching(homes, spans))
        .order_by(case((Stay.source == TYPED, 0), else_=1), Stay.check_in_at.desc(), Stay.id.desc())
    )
    by_home: dict[int, list[StayFacts]] = defaultdict(list)
    for row in session.execute(touching):
        stay = StayFacts(*row)
        if stay.property_id in spans and _touches(stay, spans[stay.property_id]):
            by_home[stay.property_id].append(stay)
    chosen = {}
    for home_id, there in by_home.items():
        now_there = [stay for stay in there if stay.check_in_at <= spans[home_id].starts_at]
        coming = sorted(there, key=lambda stay: (stay.check_in_at, stay.id))
        chosen[home_id] = (now_there or coming)[0]
    return chosen


def _with_number(session: Session, homes: _Homes, spans: Mapping[int, Span]) -> set[int]:
    """The stays of these nights that have a number which nobody flagged."""
    query = (
        select(StayNumber.stay_id)
        .join(Stay, Stay.id == StayNumber.stay_id)
        .where(_touching(homes, spans), StayNumber.flagged_at.is_(None))
    )
    return set(session.scalars(query))


def _touching(homes: _Homes, spans: Mapping[int, Span]) -> ColumnElement[bool]:
    if not spans:
        return false()
    return and_(
        homes.have(Stay.property_id),
        Stay.check_in_at < max(night.ends_at for night in spans.values()),
        Stay.check_out_at > min(night.starts_at for night in spans.values()),
        Stay.cancelled_at.is_(None),
        Stay.erased_at.is_(None),
    )


def _touches(stay: StayFacts, night: Span) -> bool:
    return stay.check_in_at < night.ends_at and stay.check_out_at > night.starts_at


def _may_dial(stay: StayFacts, now: datetime) -> bool:
    return stay.check_out_at > now and stay.do_not_call_at is None


@dataclass
class _Rosters:
    """Desks, rosters and channels, each asked for once."""

    session: Session
    desks: dict[tuple[int, datetime], Desk | None] = field(default_factory=dict)
    shifts: dict[tuple[int, Span], list[tuple[Shift, Operator]]] = field(default_factory=dict)
    duties: dict[tuple[int, Span], list[DutySpan]] = field(default_factory=dict)
    channels: dict[int, bool] = field(default_factory=dict)
    served: dict[tuple[int, int | None, Span, str | None], bool] = field(default_factory=dict)

    def desk(self, account_id: int, at: datetime) -> Desk | None:
        """Which desk serves the account at an instant."""
        if (account_id, at) not in self.desks:
            self.desks[account_id, at] = roster.desk_for(self.session, account_id, at)
        return self.desks[account_id, at]

    def is_channel_proved(self, home: HomeFacts) -> bool:
        """Whether a delivery proved a channel of the home's account."""
        if home.account_id not in self.channels:
            self.channels[home.account_id] = has_proved_channel(self.session, home)
        return self.channels[home.account_id]

    def is_served(
        self, account_id: int, desk: Desk | None, night: Span, language: str | None
    ) -> bool:
        """Whether at every moment of the night somebody is rostered, or on the account's rota."""
        key = (account_id, None if desk is None else desk.id, night, language)
        if key not in self.served:
            self.served[key] = desk is not None and self._is_served(
                account_id, desk, night, language
            )
        return self.served[key]

    def _is_served(self, account_id: int, desk: Desk, night: Span, language: str | None) -> bool:
        if (desk.id, night) not in self.shifts:
            self.shifts[desk.id, night] = roster.rostered(
                self.session, desk.id, night.starts_at, night.ends_at
            )
        spans = [
            Span(shift.starts_at, shift.ends_at)
            for shift, operator in self.shifts[desk.id, night]
            if language is None or roster.speaks(operator, language)
        ]
        if desk.account_id == account_id:
            spans += self._on_call(account_id, night, language)
        return not gaps(spans, night)

    def _on_call(self, account_id: int, night: Span, language: str | None) -> list[Span]:
        if (account_id, night) not in self.duties:
            self.duties[account_id, night] = roster.duty_between(
                self.session, account_id, night.starts_at, night.ends_at
            )
        return [
            Span(duty.starts_at, duty.ends_at)
            for duty in self.duties[account_id, night]
            if duty.phone is not None and (language is None or language in duty.languages)
        ]
