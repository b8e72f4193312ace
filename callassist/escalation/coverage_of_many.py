"""Covered tonight, for a whole list of homes: the facts of `coverage` in a fixed number of queries.

Queries grow with the accounts and time zones of the list, not with its homes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callassist import roster
from callassist.domain.coverage import Coverage, CoverageFacts, assess, coming_night
from callassist.domain.spans import Span, gaps
from callassist.domain.viewer import Viewer
from callassist.escalation.barred import barred
from callassist.escalation.coverage import (
    Surroundings,
    call_language,
    has_proved_channel,
)
from callassist.escalation.facts_of_many import HomeFacts, Homes, StayFacts, hearing, with_contact
from callassist.escalation.facts_of_many import stays as stays_of
from callassist.models import (
    Desk,
    DutySpan,
    Operator,
    Shift,
)


class Night(NamedTuple):
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
    these = Homes(own)
    heard = hearing(session, these, around, now)
    contacts = with_contact(session, these)
    stays, dialable = stays_of(session, these, spans)
    left_out = barred(session, {one.account_id for one in own}, [one.id for one in stays.values()])
    contacts -= left_out.homes
    rosters = _Rosters(session)
    said = around.capabilities.simulated, around.heartbeat_watched
    found: dict[int, Night] = {}
    verdicts: dict[tuple[object, ...], Coverage] = {}
    for home in own:
        night, stay = spans[home.id], stays.get(home.id)
        facts = (
            heard.get(home.id),
            home.paused_until is not None and home.paused_until > night.starts_at,
            home.shadow_since is not None,
            home.host_only,
            stay is not None,
            stay is not None and stay.id in dialable and _may_dial(stay, now),
            stay is None or stay.id not in left_out.stays,
            home.id in contacts,
        )
        # who answers is the same for homes that have this in common, too
        alike = *facts, home.account_id, home.timezone, home.language, stay and stay.language
        verdict = verdicts.get(alike)
        if verdict is None:
            crew = rosters.crew_for(home, stay, night)
            verdict = verdicts[alike] = _verdict(_Facts(*facts, crew), *said)
        found[home.id] = Night(verdict, stay)
    return found


class _Facts(NamedTuple):
    """What decides, and little more: hundreds of homes lack the same few things."""

    is_heard: bool | None  # None: there is no sensor
    paused: bool
    shadow: bool
    host_only: bool
    stay_known: bool
    guest_dialable: bool
    guest_country_allowed: bool
    host_contact: bool
    crew: _Crew


@lru_cache(maxsize=1024)
def _verdict(facts: _Facts, network_simulated: bool, heartbeat_watched: bool) -> Coverage:
    crew = facts.crew
    return assess(
        CoverageFacts(
            sensor_paired=facts.is_heard is not None,
            sensor_heard=bool(facts.is_heard),
            paused=facts.paused,
            shadow=facts.shadow,
            host_only=facts.host_only,
            stay_known=facts.stay_known,
            guest_dialable=facts.guest_dialable,
            guest_country_allowed=facts.guest_country_allowed,
            host_contact=facts.host_contact,
            channel_proved=crew.is_channel_proved,
            desk_known=crew.is_desk_known,
            operator_all_night=crew.is_there,
            language_all_night=crew.speaks,
            network_simulated=network_simulated,
            heartbeat_watched=heartbeat_watched,
        )
    )


def _may_dial(stay: StayFacts, now: datetime) -> bool:
    return stay.check_out_at > now and stay.do_not_call_at is None


class _Crew(NamedTuple):
    """Who answers for a home and the stay there in the coming night."""

    is_channel_proved: bool
    is_desk_known: bool
    is_there: bool  # somebody at every moment
    speaks: bool  # the same in the language of the call


@dataclass
class _Served:
    """Who answers for the homes of one account and zone in the coming night."""

    desk: Desk | None
    is_channel_proved: bool  # a delivery proved a channel of the account
    is_manned: Callable[[str | None], bool]
    known: dict[str | None, bool] = field(default_factory=dict)

    def speaks(self, language: str | None) -> bool:
        """Whether somebody with this language, or anybody, is there at every moment."""
        if language not in self.known:
            self.known[language] = self.is_manned(language)
        return self.known[language]


@dataclass
class _Rosters:
    """Desks, rosters and channels, each asked for once."""

    session: Session
    served: dict[tuple[int, str], _Served] = field(default_factory=dict)
    desks: dict[tuple[int, datetime], Desk | None] = field(default_factory=dict)
    shifts: dict[tuple[int, Span], list[tuple[Shift, Operator]]] = field(default_factory=dict)
    duties: dict[tuple[int, Span], list[DutySpan]] = field(default_factory=dict)
    channels: dict[int, bool] = field(default_factory=dict)

    def crew_for(self, home: HomeFacts, stay: StayFacts | None, night: Span) -> _Crew:
        """What hundreds of homes have in common."""
        served = self._of(home, night)
        return _Crew(
            is_channel_proved=served.is_channel_proved,
            is_desk_known=served.desk is not None,
            is_there=served.speaks(None),
            speaks=served.speaks(call_language(home, stay, served.desk)),
        )

    def _of(self, home: HomeFacts, night: Span) -> _Served:
        """What the homes of an account have in common in their zone's coming night."""
        key = (home.account_id, home.timezone)
        if key not in self.served:
            self.served[key] = self._served(home, night)
        return self.served[key]

    def _served(self, home: HomeFacts, night: Span) -> _Served:
        account_id, at = home.account_id, (home.account_id, night.starts_at)
        if at not in self.desks:
            self.desks[at] = roster.desk_for(self.session, account_id, night.starts_at)
        if account_id not in self.channels:
            self.channels[account_id] = has_proved_channel(self.session, home)
        desk = self.desks[at]
        return _Served(
            desk=desk,
            is_channel_proved=self.channels[account_id],
            is_manned=lambda language: (
                desk is not None and self._is_manned(account_id, desk, night, language)
            ),
        )

    def _is_manned(self, account_id: int, desk: Desk, night: Span, language: str | None) -> bool:
        """Whether at every moment of the night somebody is rostered, or on the account's rota."""
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
