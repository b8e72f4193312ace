"""Hours of the day in a property's own zone: quiet hours, and the hours in which calls are made.

The only place of the domain in which local time exists. Hours belong to the weekday on which they
begin. When the clocks change, an ambiguous start is its first occurrence and an ambiguous end its
last (the night is never shortened), and a start or end that does not exist is the jump itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from callassist.errors import InvalidInput

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalHours:
    """From `start` to before `end`, local time; `end` before `start` crosses midnight.

    `weekdays` (0 = Monday) are those on which the hours begin. Raises InvalidInput.
    """

    start: time
    end: time
    weekdays: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise InvalidInput(
                "start and end are the same; give two different times, or leave the hours out",
                "end",
            )
        for name, value in (("start", self.start), ("end", self.end)):
            if value.tzinfo is not None or value.second or value.microsecond:
                raise InvalidInput("give a local time of full minutes, such as 22:00", name)
        if not self.weekdays or not self.weekdays <= EVERY_DAY:
            raise InvalidInput(f"name one or more of {', '.join(WEEKDAYS)}", "weekdays")

    def contains(self, at: datetime, tz: tzinfo) -> bool:
        """Whether the aware instant `at` lies in these hours at a property in zone `tz`."""
        local_on = at.astimezone(tz).date()
        return any(
            starts_at <= at < ends_at
            for day in (local_on - _DAY, local_on)
            if (span := self.span_on(day, tz)) is not None
            for starts_at, ends_at in (span,)
        )

    def span_on(self, day: date, tz: tzinfo) -> tuple[datetime, datetime] | None:
        """The UTC instants of the hours that begin on the local date `day`, or None."""
        if day.weekday() not in self.weekdays:
            return None
        last_on = day if self.start < self.end else day + _DAY
        starts_at = _instant(datetime.combine(day, self.start), tz, fold=0)
        return starts_at, _instant(datetime.combine(last_on, self.end), tz, fold=1)

    def to_dict(self) -> dict[str, object]:
        """JSON-safe form: local times as HH:MM, weekdays by name."""
        return {
            "start": self.start.strftime("%H:%M"),
            "end": self.end.strftime("%H:%M"),
            "weekdays": [WEEKDAYS[day] for day in sorted(self.weekdays)],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> LocalHours:
        """Read what `to_dict` wrote or a person typed; raises InvalidInput naming the field."""
        for name in data:
            if name not in ("start", "end", "weekdays"):
                raise InvalidInput("unknown key; known are start, end, weekdays", name)
        return cls(
            start=_local_time(data.get("start"), "start"),
            end=_local_time(data.get("end"), "end"),
            weekdays=_weekdays(data.get("weekdays", WEEKDAYS)),
        )


NIGHT = LocalHours(start=time(22), end=time(8))


def do_overlap(hours: Sequence[LocalHours]) -> bool:
    """Whether any two of these, which may begin on different weekdays, have a minute in common."""
    taken: set[int] = set()
    for one in hours:
        starts = one.start.hour * 60 + one.start.minute
        ends = one.end.hour * 60 + one.end.minute
        length = (ends - starts) % _DAY_MINUTES
        for day in one.weekdays:
            begins = day * _DAY_MINUTES + starts
            minutes = {(begins + each) % _WEEK_MINUTES for each in range(length)}
            if taken & minutes:
                return True
            taken |= minutes
    return False


def running_or_next(hours: Sequence[LocalHours], at: datetime, tz: tzinfo) -> LocalHours | None:
    """Of these the one in which `at` lies, else the one that begins first within a day."""
    local_on = at.astimezone(tz).date()
    near = [
        (span, one)
        for one in hours
        for day in (local_on - _DAY, local_on, local_on + _DAY)
        if (span := one.span_on(day, tz)) is not None and span[0] - _DAY <= at < span[1]
    ]
    return min(near, key=lambda found: found[0])[1] if near else None


def _instant(wall: datetime, tz: tzinfo, *, fold: int) -> datetime:
    """The UTC instant of a local wall time; the jump itself when the clocks skip it."""
    instant = wall.replace(tzinfo=tz, fold=fold).astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) == wall:
        return instant
    # The wall time is skipped: its two readings lie before and after the jump.
    readings = [wall.replace(tzinfo=tz, fold=each).astimezone(UTC) for each in (0, 1)]
    before, after = min(readings), max(readings)
    offset = before.astimezone(tz).utcoffset()
    while after - before > _MINUTE:
        middle = before + (after - before) // 2 // _MINUTE * _MINUTE
        if middle.astimezone(tz).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def _local_time(value: object, name: str) -> time:
    if isinstance(value, time):  # TOML has local times of its own
        return value
    try:
        return datetime.strptime(str(value), "%H:%M").time()  # noqa: DTZ007 a wall time
    except ValueError:
        raise InvalidInput(f"{value!r} is not a local time; write it as 22:00", name) from None


def _weekdays(value: object) -> frozenset[int]:
    if not isinstance(value, list | tuple) or not all(day in WEEKDAYS for day in value):
        raise InvalidInput(f"give a list of {', '.join(WEEKDAYS)}", "weekdays")
    return frozenset(WEEKDAYS.index(day) for day in value)
