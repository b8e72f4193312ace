"""What the noise rule has to know about a property: its policy, its zone and its sensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from typing import Generic, TypeVar

from callassist.domain.noise.events import SourceKind
from callassist.domain.noise.instants import MINUTE, instant, span_micros
from callassist.domain.policy import EscalationPolicy
from callassist.errors import InvalidInput

SILENT_AFTER = timedelta(minutes=10)  # at least, and at least 2.5 reporting intervals
_SILENT_INTERVALS = 2.5
_MADE_KEPT = 512
_MINUTES_KEPT = 4096  # of memory per policy and zone; three days of readings in order


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceTraits:
    """How one sensor reports; sensors alike may share it. `interval` is for level sensors only.

    `heartbeat`: how often a notice or state sensor says that it is alive; None if it does not, so
    that only its vendor can declare it silent. `notice_delay` is the noise before notice 1,
    `notice_step` that between two notices.
    """

    kind: SourceKind
    interval: timedelta = timedelta(seconds=60)
    max_age: timedelta = timedelta(minutes=5)
    notice_delay: timedelta = timedelta(minutes=10)
    notice_step: timedelta = timedelta(minutes=10)
    heartbeat: timedelta | None = None


@dataclass(kw_only=True, slots=True, eq=False)
class Rules:
    """The rules for one property; not frozen, because they are made on the hot path.

    That is fast if policy, zone and traits are objects that other rules were made of. `policy` is
    the one that is stamped on the running breach, or the property's if none runs.
    """

    policy: EscalationPolicy
    tz: tzinfo
    traits: Mapping[int, SourceTraits]
    silent_after: timedelta = SILENT_AFTER
    plan: Plan = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.plan = Plan(self)


class SourcePlan:
    """The traits of one sensor in microseconds; `silence` None: only its vendor can tell."""

    __slots__ = (
        "is_level",
        "max_age",
        "notice_delay",
        "notice_step",
        "reaches_back",
        "shortest_silence",
        "silence",
    )

    def __init__(self, traits: SourceTraits, silent_after: timedelta) -> None:
        self.is_level = traits.kind is SourceKind.LEVEL
        self.max_age = span_micros(traits.max_age)
        self.notice_delay = span_micros(traits.notice_delay)
        self.notice_step = span_micros(traits.notice_step)
        self.silence: int | None = None
        every = traits.interval if self.is_level else traits.heartbeat
        if every is not None:
            self.silence = span_micros(max(silent_after, every * _SILENT_INTERVALS))
        self.shortest_silence = self.silence or 0
        is_notice = traits.kind is SourceKind.NOTICE
        # How far the next event of this sensor can tell of noise before it (third notice).
        self.reaches_back = self.notice_delay + 2 * self.notice_step if is_notice else 0


class Plan:
    """Rules made ready for comparing whole numbers."""

    __slots__ = ("_clock", "sources")

    def __init__(self, rules: Rules) -> None:
        self.sources = {
            sensor_id: _source_plans.of(traits, rules.silent_after)
            for sensor_id, traits in rules.traits.items()
        }
        self._clock = _policy_clocks.of(rules.policy, rules.tz)

    @property
    def longest_age(self) -> int:
        """The longest that an event of any sensor may be under way."""
        return max([each.max_age for each in self.sources.values()], default=0)

    def threshold(self, at: int) -> float:
        """The level from which a reading taken at `at` is loud."""
        return self._clock.at(at)[0]

    def persist_for(self, at: int) -> int:
        """After how long a breach that began at `at` escalates."""
        return self._clock.at(at)[1]

    def calm_after(self, at: int) -> int:
        """The shortest lull that ends a stretch which began at `at`."""
        return self._clock.at(at)[2]

    def source(self, sensor_id: int) -> SourcePlan:
        """The plan of one sensor; raises InvalidInput for one that the rules do not name."""
        plan = self.sources.get(sensor_id)
        if plan is None:
            raise InvalidInput(f"sensor {sensor_id} is not one of this property's", "sensor_id")
        return plan


class _PolicyClock:
    """Remembers threshold, persist_for and calm_after of each minute that was asked for.

    Quiet hours begin and end on full minutes, in UTC as well, so a minute has one answer.
    """

    __slots__ = ("_known", "_policy", "_tz")

    def __init__(self, policy: EscalationPolicy, tz: tzinfo) -> None:
        self._policy = policy
        self._tz = tz
        self._known: dict[int, tuple[float, int, int]] = {}

    def at(self, at: int) -> tuple[float, int, int]:
        minute = at // MINUTE
        known = self._known.get(minute)
        return known if known is not None else self._look_up(minute)

    def _look_up(self, minute: int) -> tuple[float, int, int]:
        if len(self._known) >= _MINUTES_KEPT:
            self._known.clear()
        begins = instant(minute * MINUTE)
        cadence = self._policy.cadence_at(begins, self._tz)
        found = (
            self._policy.threshold_at(begins, self._tz),
            span_micros(cadence.persist_for),
            span_micros(cadence.calm_after),
        )
        self._known[minute] = found
        return found


_First = TypeVar("_First")
_Second = TypeVar("_Second")
_Made = TypeVar("_Made")


class _MadeOnce(Generic[_First, _Second, _Made]):
    """What is made of two values, remembered by their identity: hashing a policy costs more than
    all the rest. It keeps both, so that their ids stay theirs.
    """

    def __init__(self, make: Callable[[_First, _Second], _Made]) -> None:
        self._make = make
        self._known: dict[tuple[int, int], tuple[_First, _Second, _Made]] = {}

    def of(self, first: _First, second: _Second) -> _Made:
        """What is made of these two."""
        known = self._known.get((id(first), id(second)))
        if known is None:
            if len(self._known) >= _MADE_KEPT:
                self._known.clear()
            known = first, second, self._make(first, second)
            self._known[id(first), id(second)] = known
        return known[2]


# Most properties are alike: a plan or clock is made once for all of them.
_source_plans = _MadeOnce(SourcePlan)
_policy_clocks = _MadeOnce(_PolicyClock)
