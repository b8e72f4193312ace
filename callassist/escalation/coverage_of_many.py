"""Covered tonight, for a whole list of homes: the facts of `coverage` in a fixed number of queries.

Queries grow with the accounts and time zones of the list, not with its homes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import case, select
from sqlalchemy.orm import Session, selectinload

from callassist import roster
from callassist.domain.coverage import Coverage, CoverageFacts, assess, coming_night
from callassist.domain.spans import Span, gaps
from callassist.domain.viewer import Viewer
from callassist.escalation.coverage import (
    Surroundings,
    call_language,
    has_proved_channel,
    is_heard,
)
from callassist.models import Desk, DutySpan, HostContact, Operator, Property, Sensor, Shift, Stay
from callassist.stays.lookup import TYPED


def coverages_tonight(
    session: Session,
    viewer: Viewer,
    homes: Sequence[Property],
    around: Surroundings,
    now: datetime,
) -> dict[int, Coverage]:
    """By the home's id, what `coverage_tonight` says; homes of others are left out."""
    own = [home for home in homes if viewer.is_admin or home.account_id in viewer.account_ids]
    nights = {home.id: coming_night(now, ZoneInfo(home.timezone)) for home in own}
    ids = [home.id for home in own]
    sensors = _sensors(session, ids)
    contacts = set(
        session.scalars(
            select(HostContact.property_id).where(
                HostContact.property_id.in_(ids), HostContact.flagged_at.is_(None)
            )
        )
    )
    stays = _stays(session, own, nights)
    rosters = _Rosters(session)
    covered = {}
    for home in own:
        night, stay = nights[home.id], stays.get(home.id)
        desk = rosters.desk(home.account_id, night.starts_at)
        facts = CoverageFacts(
            sensor_paired=bool(sensors[home.id]),
            sensor_heard=any(is_heard(one, around, now) for one in sensors[home.id]),
            paused=home.paused_until is not None and home.paused_until > night.starts_at,
            host_only=home.host_only,
            stay_known=stay is not None,
            guest_dialable=stay is not None and _is_dialable(stay, now),
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
        covered[home.id] = assess(facts)
    return covered


def _sensors(session: Session, ids: Sequence[int]) -> dict[int, list[Sensor]]:
    found: dict[int, list[Sensor]] = defaultdict(list)
    for sensor in session.scalars(select(Sensor).where(Sensor.property_id.in_(ids))):
        if sensor.property_id is not None:
            found[sensor.property_id].append(sensor)
    return found


def _stays(session: Session, homes: Sequence[Property], nights: dict[int, Span]) -> dict[int, Stay]:
    """Who stays when the night begins, else who comes first in it, by home."""
    if not homes:
        return {}
    first = min(night.starts_at for night in nights.values())
    last = max(night.ends_at for night in nights.values())
    touching = (
        select(Stay)
        .where(
            Stay.property_id.in_(nights),
            Stay.check_in_at < last,
            Stay.check_out_at > first,
            Stay.cancelled_at.is_(None),
            Stay.erased_at.is_(None),
        )
        .options(selectinload(Stay.numbers))
        .order_by(case((Stay.source == TYPED, 0), else_=1), Stay.check_in_at.desc(), Stay.id.desc())
    )
    by_home: dict[int, list[Stay]] = defaultdict(list)
    for stay in session.scalars(touching):
        by_home[stay.property_id].append(stay)
    chosen = {}
    for home in homes:
        night = nights[home.id]
        there = [stay for stay in by_home[home.id] if _touches(stay, night)]
        now_there = [stay for stay in there if stay.check_in_at <= night.starts_at]
        coming = sorted(there, key=lambda stay: (stay.check_in_at, stay.id))
        if there:
            chosen[home.id] = (now_there or coming)[0]
    return chosen


def _touches(stay: Stay, night: Span) -> bool:
    return stay.check_in_at < night.ends_at and stay.check_out_at > night.starts_at


def _is_dialable(stay: Stay, now: datetime) -> bool:
    if stay.check_out_at <= now or stay.do_not_call_at is not None:
        return False
    return any(number.flagged_at is None for number in stay.numbers)


@dataclass
class _Rosters:
    """Desks, rosters and channels, each asked for once."""

    session: Session
    desks: dict[tuple[int, datetime], Desk | None] = field(default_factory=dict)
    shifts: dict[tuple[int, Span], list[tuple[Shift, Operator]]] = field(default_factory=dict)
    duties: dict[tuple[int, Span], list[DutySpan]] = field(default_factory=dict)
    channels: dict[int, bool] = field(default_factory=dict)

    def desk(self, account_id: int, at: datetime) -> Desk | None:
        """Which desk serves the account at an instant."""
        if (account_id, at) not in self.desks:
            self.desks[account_id, at] = roster.desk_for(self.session, account_id, at)
        return self.desks[account_id, at]

    def is_channel_proved(self, home: Property) -> bool:
        """Whether a delivery proved a channel of the home's account."""
        if home.account_id not in self.channels:
            self.channels[home.account_id] = has_proved_channel(self.session, home)
        return self.channels[home.account_id]

    def is_served(
        self, account_id: int, desk: Desk | None, night: Span, language: str | None
    ) -> bool:
        """Whether at every moment of the night somebody is rostered, or on the account's rota."""
        if desk is None:
            return False
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
