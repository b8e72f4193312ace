"""Is a home covered tonight, or which part is missing? (DESIGN 3.6)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from callassist.domain.quiet_hours import NIGHT
from callassist.domain.spans import Span

COVERAGE_CHECK = "coverage_check"  # timer kind; subject: stay id
FIRST_WARNING = timedelta(hours=48)


class Stage(StrEnum):
    """When a stay's coverage is checked; each tells the host at most once."""

    STORED = "stored"
    TWO_DAYS = "two_days"  # 48 h before check-in
    CHECK_IN = "check_in"


class MissingPart(StrEnum):
    """What a home lacks to be covered; the order is the order of pages and messages."""

    SENSOR = "sensor"  # no sensor is paired with the home
    SENSOR_SILENT = "sensor_silent"  # there is one, but none is heard
    PAUSED = "paused"  # the host paused the home into the night
    SHADOW = "shadow"  # shadow mode: all rules run, nothing leaves the house
    STAY = "stay"  # nobody is known to stay, and the host did not choose "host only"
    GUEST_NUMBER = "guest_number"  # the stay has no number that may be dialled
    GUEST_COUNTRY = "guest_country"  # the owner's list of countries leaves the number out
    HOST_CONTACT = "host_contact"
    CHANNEL = "channel"  # no way of telling the host that a delivery proved
    DESK = "desk"  # no desk serves the account
    OPERATOR = "operator"  # nobody rostered or on call for all of the night
    OPERATOR_LANGUAGE = "operator_language"  # somebody is, but not with the call language
    SIMULATED_NETWORK = "simulated_network"  # nobody is really phoned


class Remark(StrEnum):
    """Said beside the verdict; does not change it."""

    NOBODY_WATCHES = "nobody_watches"  # no heartbeat address: nobody watches the watcher


class CoverageFacts(NamedTuple):
    """What is known of one home and the coming night; made by the hundred."""

    sensor_paired: bool
    sensor_heard: bool
    paused: bool
    shadow: bool
    host_only: bool
    stay_known: bool
    guest_dialable: bool
    host_contact: bool
    channel_proved: bool
    desk_known: bool
    operator_all_night: bool
    language_all_night: bool
    network_simulated: bool
    heartbeat_watched: bool
    guest_country_allowed: bool = True


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The verdict for one home and night."""

    covered: bool
    missing: tuple[MissingPart, ...]
    remarks: tuple[Remark, ...] = ()

    @cached_property
    def really_missing(self) -> tuple[MissingPart, ...]:
        """What is missing besides a real phone network."""
        return tuple(part for part in self.missing if part is not MissingPart.SIMULATED_NETWORK)


def assess(facts: CoverageFacts) -> Coverage:
    """Covered when nothing is missing; otherwise every missing part, in order.

    With a simulated network the verdict is never "covered" (DESIGN 3.6).
    """
    guest = not facts.host_only
    nobody = facts.desk_known and not facts.operator_all_night
    checks = (
        (not facts.sensor_paired, MissingPart.SENSOR),
        (facts.sensor_paired and not facts.sensor_heard, MissingPart.SENSOR_SILENT),
        (facts.paused, MissingPart.PAUSED),
        (facts.shadow, MissingPart.SHADOW),
        (guest and not facts.stay_known, MissingPart.STAY),
        (guest and facts.stay_known and not facts.guest_dialable, MissingPart.GUEST_NUMBER),
        (
            guest and facts.guest_dialable and not facts.guest_country_allowed,
            MissingPart.GUEST_COUNTRY,
        ),
        (not facts.host_contact, MissingPart.HOST_CONTACT),
        (not facts.channel_proved, MissingPart.CHANNEL),
        (not facts.desk_known, MissingPart.DESK),
        (nobody, MissingPart.OPERATOR),
        (
            facts.operator_all_night and not facts.language_all_night,
            MissingPart.OPERATOR_LANGUAGE,
        ),
        (facts.network_simulated, MissingPart.SIMULATED_NETWORK),
    )
    missing = tuple(part for is_missing, part in checks if is_missing)
    remarks = () if facts.heartbeat_watched else (Remark.NOBODY_WATCHES,)
    return Coverage(covered=not missing, missing=missing, remarks=remarks)


# Weeks before a stay nobody can know who will be on shift or what a sensor will say that night.
_NOT_YET_KNOWN = frozenset(
    {
        MissingPart.SENSOR_SILENT,
        MissingPart.PAUSED,
        MissingPart.OPERATOR,
        MissingPart.OPERATOR_LANGUAGE,
    }
)


def worth_telling(coverage: Coverage, stage: Stage) -> tuple[MissingPart, ...]:
    """What `not_covered` names at a stage; nothing to tell when empty.

    That the network is simulated is no news by itself: a fixed banner says it on every page.
    """
    known = tuple(
        part for part in coverage.missing if not (stage is Stage.STORED and part in _NOT_YET_KNOWN)
    )
    return () if known == (MissingPart.SIMULATED_NETWORK,) else known


def coming_night(at: datetime, zone: tzinfo) -> Span:
    """The night (22:00 to 08:00 local) that `at` lies in, from `at` on, or else the next one."""
    today = at.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        span = NIGHT.span_on(day, zone)
        if span is not None and at < span[1]:
            return Span(max(at, span[0]), span[1])
    raise AssertionError("22:00 to 08:00 begins on every day")


def stage_at(check_in_at: datetime, at: datetime) -> Stage:
    """Which of the three checks an instant belongs to."""
    if at >= check_in_at:
        return Stage.CHECK_IN
    if at >= check_in_at - FIRST_WARNING:
        return Stage.TWO_DAYS
    return Stage.STORED


def next_check_at(check_in_at: datetime, after: datetime) -> datetime | None:
    """The next check of a stay after one at `after`; None when check-in has passed."""
    for instant in (check_in_at - FIRST_WARNING, check_in_at):
        if instant > after:
            return instant
    return None
