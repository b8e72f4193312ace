"""Everything about a property's noise that has to be remembered from one reading to the next.

For each sensor the *segments*: stretches from a loud reading in which the sensor was heard. A
segment is closed by calm, or by a silent gap. Breaches are computed from the segments of all
sensors (components.py), so the order in which sensors are heard makes no difference.

All instants are microseconds (instants.py). Tuples, because they are copied, compared and encoded
faster than anything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from callassist.domain.noise.instants import instant, maybe_instant, micros

if TYPE_CHECKING:
    from callassist.domain.noise.rules import Rules


class How(IntEnum):
    """What is known about the end of a segment."""

    OPEN = 0  # it goes on
    CALM = 1  # ended at `end` by a calm reading or an "ended" notice
    WANING = 2  # a state source said "noise ended"; ends at `end` unless it starts again
    GAP = 3  # last heard at `end`, then silent; another loud reading until `until` goes on


class Hearing(IntEnum):
    """Whether a sensor is heard."""

    HEARD = 0
    UNHEARD = 1  # by the clock; a reading that was under way may still show that it was heard
    OFFLINE = 2  # its vendor says so


class Segment(NamedTuple):
    """One stretch in which one sensor was heard and loud, with its dips."""

    uid: int
    start: int
    part: int  # where it began, before the silent gaps
    how: int = How.OPEN
    end: int = 0  # unused while open
    unheard_from: int = 0  # of a gap: when the sensor began to count as silent
    until: int = 0  # of a gap
    back: int | None = None  # of a gap: when the sensor was heard again, calm
    last_loud: int = 0
    proof: int | None = None  # the latest instant known loud from a reading that was not late
    on_from: int | None = None  # notice and state sources: since when it is known to be on
    peak: float | None = None


class Source(NamedTuple):
    """One sensor."""

    sensor_id: int
    last_at: int  # of its newest event; what is not newer moves nothing
    rank: int  # of that event, for two at one instant
    heard_at: int  # until when it was heard
    hearing: int = Hearing.HEARD
    segments: tuple[Segment, ...] = ()


class Record(NamedTuple):
    """One breach as last told to the caller."""

    key: int
    anchor: int  # uid of the segment that began it: keeps its key when breaches merge or split
    first: int
    began: int
    due: int
    sure: int  # the same, if what is on its way still shows the worst (components.py)
    last_loud: int
    proof: int | None
    peak: float | None
    on_since: int | None  # a notice or state source is on and heard, with proof
    spent: int  # nothing newer than this can touch it
    frozen: int | None = None
    turn: int | None = None  # when the clock alone ends it
    ended: int | None = None
    reason: str | None = None
    escalated: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Breach:
    """The running breach."""

    key: int
    first_loud_at: datetime
    began_at: datetime  # moved by the gaps that do not count
    due_at: datetime  # when it has persisted for long enough
    last_loud_at: datetime
    is_on: bool  # a heard notice or state source is on: loud now, whatever `last_loud_at` says
    peak_db: float | None
    frozen_since: datetime | None
    escalated_at: datetime | None


class PropertyNoise(NamedTuple):
    """The noise rule's memory for one property; a value; begin with `PropertyNoise()`."""

    sources: dict[int, Source] = {}  # noqa: RUF012 never changed in place
    records: tuple[Record, ...] = ()  # in time; at most the last one runs
    next_key: int = 1
    next_uid: int = 1
    clock: int = 0  # how far the service's clock was when it last mattered

    @property
    def breach(self) -> Breach | None:
        """The running breach, if there is one."""
        if not self.records or self.records[-1].ended is not None:
            return None
        last = self.records[-1]
        return Breach(
            key=last.key,
            first_loud_at=instant(last.first),
            began_at=instant(last.began),
            due_at=instant(last.due),
            last_loud_at=instant(last.last_loud),
            is_on=last.on_since is not None,
            peak_db=last.peak,
            frozen_since=maybe_instant(last.frozen),
            escalated_at=maybe_instant(last.escalated),
        )

    @property
    def silent_sensors(self) -> dict[int, datetime]:
        """The sensors that are silent now, and since when."""
        return {
            source.sensor_id: instant(source.heard_at)
            for source in self.sources.values()
            if source.hearing
        }

    def next_due(self, rules: Rules, up_since: datetime) -> datetime | None:
        """The earliest instant at which `tick` would do something, if no reading comes first."""
        up = micros(up_since)
        turns = [
            max(source.heard_at, up) + silence + 1
            for source in self.sources.values()
            if not source.hearing
            and (silence := rules.plan.source(source.sensor_id).silence) is not None
        ]
        if self.records and self.records[-1].ended is None:
            last = self.records[-1]
            if last.turn is not None:
                turns.append(last.turn)
            if last.on_since is not None and last.escalated is None:
                turns.append(last.due)
        return maybe_instant(min(turns, default=None))
