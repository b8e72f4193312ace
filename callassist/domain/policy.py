"""The escalation policy of a property: when noise is too loud, for how long, and what then.

It is stamped on the breach as JSON when the breach begins, so that what runs never changes because
somebody edited it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta, tzinfo
from typing import TypeVar

from callassist.domain.cadence import Cadence, as_span
from callassist.domain.quiet_hours import NIGHT, LocalHours
from callassist.errors import InvalidInput

LOWEST_DB, HIGHEST_DB = -20.0, 200.0
BY_DAY = Cadence()
_ZERO = timedelta()
_SPANS = ("follow_up_after", "still_loud_after", "rearm_after", "repeat_after")
_Part = TypeVar("_Part")


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationPolicy:
    """Everything about an escalation that a host may set (DESIGN 3). Raises InvalidInput.

    `quiet_hours` None: the day's threshold and times always apply. `quiet_cadence` None: quiet
    hours change the threshold only. `cover` None: calls are made at any hour.
    """

    threshold_db: float = 75.0
    quiet_threshold_db: float = 70.0
    quiet_hours: LocalHours | None = NIGHT
    cadence: Cadence = BY_DAY
    quiet_cadence: Cadence | None = None
    ladder_enabled: bool = False  # texts to the guest before the call; needs consent too
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
        for name in _SPANS:
            if not getattr(self, name) > _ZERO:
                raise InvalidInput("must be more than 0", name)
        if self.still_loud_after > self.follow_up_after:
            raise InvalidInput("must be at most follow_up_after", "still_loud_after")

    def is_quiet(self, at: datetime, tz: tzinfo) -> bool:
        """Whether `at` lies in the quiet hours of a property in zone `tz`."""
        return self.quiet_hours is not None and self.quiet_hours.contains(at, tz)

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
            "cadence": self.cadence.to_dict(),
            "quiet_cadence": self.quiet_cadence and self.quiet_cadence.to_dict(),
            "ladder_enabled": self.ladder_enabled,
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
            cadence=day,
            quiet_cadence=_part(data, "quiet_cadence", lambda part: Cadence.from_dict(part, day)),
            ladder_enabled=_switch(data, "ladder_enabled"),
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


def _level(data: Mapping[str, object], name: str, default: float) -> float:
    value = data.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput("give a number of dB", name)
    return float(value)


def _switch(data: Mapping[str, object], name: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise InvalidInput("give true or false", name)
    return value
