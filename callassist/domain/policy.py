"""The escalation policy of a property: when noise is too loud, for how long, and what then.

It is stamped on the breach as JSON when the breach begins, so that what runs never changes because
somebody edited it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta, tzinfo
from typing import TypeVar

from callassist.domain.cadence import Cadence, as_span
from callassist.domain.quiet_hours import NIGHT, LocalHours, do_overlap
from callassist.errors import InvalidInput

LOWEST_DB, HIGHEST_DB = -20.0, 200.0
MOST_QUIET_HOURS = 3  # stretches, such as weekdays, weekend and a feast
BY_DAY = Cadence()
_ZERO = timedelta()
_SPANS = ("follow_up_after", "still_loud_after", "rearm_after", "repeat_after")
_Part = TypeVar("_Part")


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationPolicy:
    """Everything about an escalation that a host may set (DESIGN 3). Raises InvalidInput.

    `quiet_hours` None: the day's threshold and times always apply; `more_quiet_hours` are those
    of other weekdays. `quiet_cadence` None: quiet hours change the threshold only. `cover` None:
    calls are made at any hour.
    """

    threshold_db: float = 75.0
    quiet_threshold_db: float = 70.0
    quiet_hours: LocalHours | None = NIGHT
    more_quiet_hours: tuple[LocalHours, ...] = ()
    cadence: Cadence = BY_DAY
    quiet_cadence: Cadence | None = None
    ladder_enabled: bool = False  # texts to the guest before the call; needs consent too
    automatic_call: bool = True  # nobody takes the call: a voice phones the guest; needs consent
    cover: LocalHours | None = None
    follow_up_after: timedelta = timedelta(minutes=30)  # after a contact: closed at the latest
    still_loud_after: timedelta = timedelta(minutes=15)  # after a contact: the host is told
    repeat_after: timedelta = timedelta(minutes=30)  # after a contact: calls again
    rearm_after: timedelta = timedelta(minutes=60)  # after an incident without contact

    def __post_init__(self) -> None:
        for name in ("threshold_db", "quiet_threshold_db"):
            level = getattr(self, name)
            if not (math.isfinite(level) and LOWEST_DB <= level <= HIGHEST_DB):
                raise InvalidInput(f"give dB from {LOWEST_DB:g} to {HIGHEST_DB:g}", name)
        if self.quiet_cadence is not None and self.quiet_hours is None:
            raise InvalidInput("set quiet_hours too, or leave it out", "quiet_cadence")
        if self.more_quiet_hours and self.quiet_hours is None:
            raise InvalidInput("set quiet_hours too, or leave it out", "more_quiet_hours")
        if len(self.more_quiet_hours) > MOST_QUIET_HOURS - 1:
            raise InvalidInput(f"give at most {MOST_QUIET_HOURS - 1}", "more_quiet_hours")
        if do_overlap(self.all_quiet_hours):
            raise InvalidInput("these quiet hours overlap", "more_quiet_hours")
        for name in _SPANS:
            if not getattr(self, name) > _ZERO:
                raise InvalidInput("must be more than 0", name)
        if self.still_loud_after > self.follow_up_after:
            raise InvalidInput("must be at most follow_up_after", "still_loud_after")

    @property
    def all_quiet_hours(self) -> tuple[LocalHours, ...]:
        """Every stretch of quiet hours, of whichever weekdays."""
        return () if self.quiet_hours is None else (self.quiet_hours, *self.more_quiet_hours)

    def is_quiet(self, at: datetime, tz: tzinfo) -> bool:
        """Whether `at` lies in the quiet hours of a property in zone `tz`."""
        return any(hours.contains(at, tz) for hours in self.all_quiet_hours)

    def threshold_at(self, at: datetime, tz: tzinfo) -> float:
        """The level in dB from which a reading taken at `at` is loud."""
        return self.quiet_threshold_db if self.is_quiet(at, tz) else self.threshold_db

    def cadence_at(self, at: datetime, tz: tzinfo) -> Cadence:
        """The times of a breach that began at `at`; they stay its own to its end."""
        if self.quiet_cadence is not None and self.is_quiet(at, tz):
            return self.quiet_cadence
        return self.cadence

    def makes_calls_at(self, at: datetime, tz: tzinfo) -> bool:
        """Whether `at` lies in the hours in which the host wants calls to be made."""
        return self.cover is None or self.cover.contains(at, tz)

    def to_dict(self) -> dict[str, object]:
        """JSON-safe form with every field: durations in seconds, local times as HH:MM."""
        return {
            "threshold_db": self.threshold_db,
            "quiet_threshold_db": self.quiet_threshold_db,
            "quiet_hours": self.quiet_hours and self.quiet_hours.to_dict(),
            "more_quiet_hours": [hours.to_dict() for hours in self.more_quiet_hours],
            "cadence": self.cadence.to_dict(),
            "quiet_cadence": self.quiet_cadence and self.quiet_cadence.to_dict(),
            "ladder_enabled": self.ladder_enabled,
            "automatic_call": self.automatic_call,
            "cover": self.cover and self.cover.to_dict(),
            **{name: getattr(self, name).total_seconds() for name in _SPANS},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> EscalationPolicy:
        """Read what `to_dict` wrote, a decoded TOML file, or what an API client sent.

        What is missing has its default (of `quiet_cadence`: the day's value); None or false
        switches `quiet_hours`, `quiet_cadence` or `cover` off. Raises InvalidInput naming the
        field by its dotted path.
        """
        known = [each.name for each in fields(cls)]
        for name in data:
            if name not in known:
                raise InvalidInput(f"unknown key; known are {', '.join(known)}", name)
        day = _part(data, "cadence", Cadence.from_dict) or BY_DAY
        return cls(
            threshold_db=_level(data, "threshold_db", 75.0),
            quiet_threshold_db=_level(data, "quiet_threshold_db", 70.0),
            quiet_hours=_part(data, "quiet_hours", LocalHours.from_dict, NIGHT),
            more_quiet_hours=_more_hours(data),
            cadence=day,
            quiet_cadence=_part(data, "quiet_cadence", lambda part: Cadence.from_dict(part, day)),
            ladder_enabled=_switch(data, "ladder_enabled", False),
            automatic_call=_switch(data, "automatic_call", True),
            cover=_part(data, "cover", LocalHours.from_dict),
            follow_up_after=as_span(data, "follow_up_after", timedelta(minutes=30)),
            still_loud_after=as_span(data, "still_loud_after", timedelta(minutes=15)),
            repeat_after=as_span(data, "repeat_after", timedelta(minutes=30)),
            rearm_after=as_span(data, "rearm_after", timedelta(minutes=60)),
        )


def _part(
    data: Mapping[str, object],
    name: str,
    read: Callable[[Mapping[str, object]], _Part],
    default: _Part | None = None,
) -> _Part | None:
    part = data.get(name, default)
    if part is default:
        return default
    if part is None or part is False:
        return None
    if not isinstance(part, Mapping):
        raise InvalidInput("give a table of values, or false for none", name)
    try:
        return read(part)
    except InvalidInput as refused:
        inner = refused.detail.split(": ", 1)[-1] if refused.field else refused.detail
        raise InvalidInput(inner, f"{name}.{refused.field}" if refused.field else name) from refused


def _more_hours(data: Mapping[str, object]) -> tuple[LocalHours, ...]:
    given = data.get("more_quiet_hours", ())
    if not isinstance(given, list | tuple):
        raise InvalidInput("give a list of tables of values", "more_quiet_hours")
    return tuple(_hours_at(given, place) for place in range(len(given)))


def _hours_at(given: Sequence[object], place: int) -> LocalHours:
    name = f"more_quiet_hours.{place}"
    found = _part({name: given[place]}, name, LocalHours.from_dict)
    if found is None:
        raise InvalidInput("give a table of values", name)
    return found


def _level(data: Mapping[str, object], name: str, default: float) -> float:
    value = data.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput("give a number of dB", name)
    return float(value)


def _switch(data: Mapping[str, object], name: str, default: bool) -> bool:
    value = data.get(name, default)
    if not isinstance(value, bool):
        raise InvalidInput("give true or false", name)
    return value
