"""May we contact this guest automatically now? Consent, stop list and local hours decide.

A call by a person needs none of this (DESIGN 3.7); the stay's own "do not phone me" ends those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from typing import Any

from callassist.errors import InvalidInput


class Channel(StrEnum):
    """Ways of automatic contact."""

    SMS = "sms"
    VOICE = "voice"


class GivenBy(StrEnum):
    """Who gave a permission."""

    HOST = "host"  # the host recorded it for this stay
    BOOKING = "booking"  # house rules accepted at booking
    GUEST = "guest"  # the guest, on the guest page


class Reason(StrEnum):
    """Why automatic contact is allowed or not; written to the log as it is."""

    ALLOWED = "allowed"
    NO_NUMBER = "no_number"
    STAY_OVER = "stay_over"  # ended, cancelled or erased
    DO_NOT_CALL = "do_not_call"  # the guest asked not to be phoned during this stay
    STOPPED = "stopped"  # the number asked for no automatic contact, whoever asks
    NUMBER_FLAGGED = "number_flagged"
    NO_CONSENT = "no_consent"
    OUTSIDE_HOURS = "outside_hours"


@dataclass(frozen=True)
class Decision:
    """The answer and its reason, for the log and the home page."""

    allowed: bool
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class ContactFacts:
    """What is known of one number at the moment of asking; `country` is the home's ISO code."""

    country: str
    has_number: bool = True
    flagged: bool = False
    stay_over: bool = False
    do_not_call: bool = False
    stopped: bool = False
    consent: bool = False


@dataclass(frozen=True, kw_only=True)
class Window:
    """Local hours [opens, closes) in which automatic contact is allowed; may not cross midnight."""

    opens: time
    closes: time
    source: str = ""

    def holds(self, local: time) -> bool:
        """Whether a local time of day is inside."""
        return self.opens <= local.replace(tzinfo=None) < self.closes


@dataclass(frozen=True, kw_only=True)
class Hours:
    """The table of config/hours.toml: per channel a default, and countries that differ.

    `running_stay` tells which channels may go at any hour while the stay runs.
    """

    checked_on: str
    defaults: Mapping[Channel, Window]
    countries: Mapping[tuple[str, Channel], Window] = field(default_factory=dict)
    running_stay: frozenset[Channel] = frozenset()

    def window(self, country: str, channel: Channel) -> Window:
        """The window of a country, or the default."""
        return self.countries.get((country, channel), self.defaults[channel])


def may_contact_automatically(
    facts: ContactFacts,
    hours: Hours,
    local_now: datetime,
    channel: Channel,
) -> Decision:
    """Whether an automatic message may go out at this local time; the first obstacle is named.

    All automatic contact is about a running stay: a channel in `hours.running_stay` ignores hours.
    """
    obstacles = (
        (not facts.has_number, Reason.NO_NUMBER),
        (facts.stay_over, Reason.STAY_OVER),
        (facts.do_not_call, Reason.DO_NOT_CALL),
        (facts.stopped, Reason.STOPPED),
        (facts.flagged, Reason.NUMBER_FLAGGED),
        (not facts.consent, Reason.NO_CONSENT),
        (_outside(facts.country, hours, local_now, channel), Reason.OUTSIDE_HOURS),
    )
    for is_obstacle, reason in obstacles:
        if is_obstacle:
            return Decision(False, reason)
    return Decision(True, Reason.ALLOWED)


def _outside(country: str, hours: Hours, local_now: datetime, channel: Channel) -> bool:
    if channel in hours.running_stay:
        return False
    return not hours.window(country, channel).holds(local_now.time())


def parse_hours(table: Mapping[str, Any]) -> Hours:
    """The table as read from TOML; InvalidInput names the entry that is wrong."""
    try:
        defaults = {channel: _window(table["default"][channel], "default") for channel in Channel}
        checked_on = str(table["checked_on"])
    except KeyError as error:
        raise InvalidInput(f"hours table lacks {error.args[0]!r}", "hours") from None
    countries: dict[tuple[str, Channel], Window] = {}
    for country, channels in table.get("countries", {}).items():
        for channel in Channel:
            if channel in channels:
                entry = dict(channels[channel], source=channels.get("source", ""))
                countries[country, channel] = _window(entry, country)
    free = frozenset(Channel(word) for word in table.get("running_stay", {}).get("any_hour", []))
    return Hours(checked_on=checked_on, defaults=defaults, countries=countries, running_stay=free)


def _window(entry: Mapping[str, Any], name: str) -> Window:
    opens, closes = entry.get("opens"), entry.get("closes")
    if not isinstance(opens, time) or not isinstance(closes, time) or opens >= closes:
        raise InvalidInput("opens and closes must be times, opens first, like 08:00:00", name)
    return Window(opens=opens, closes=closes, source=str(entry.get("source", "")))
