"""What the noise rule has to know about a property: its policy, its zone and its sensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from functools import lru_cache

from callassist.domain.noise.events import SourceKind
from callassist.domain.noise.instants import MINUTE, instant, span_micros
from callassist.domain.policy import EscalationPolicy
from callassist.errors import InvalidInput

SILENT_AFTER = timedelta(minutes=10)  # at least, and at least 2.5 reporting intervals
_SILENT_INTERVALS = 2.5
_MINUTES_KEPT = 4096  # of memory per policy and zone; three days of readings in order


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceTraits:
    """How one sensor reports. `interval` is used for level sensors only.

    `heartbeat`: how often a notice or state sensor says that it is alive; None if it does not, so
    that only its vendor can declare it silent. `notice_delay` is the noise before notice 1,
    `notice_step` that between two notices.
    """

    sensor_id: int
    kind: SourceKind
    interval: timedelta = timedelta(seconds=60)
    max_age: timedelta = timedelta(minutes=5)
    notice_delay: timedelta = timedelta(minutes=10)
    notice_step: timedelta = timedelta(minutes=10)
    heartbeat: timedelta | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The rules for one property. Make it once per property and policy, not once per reading.

    `policy` is the one that is stamped on the running breach, or the property's if none runs.
    """

    policy: EscalationPolicy
    tz: tzinfo
    traits: Mapping[int, SourceTraits]
    silent_after: timedelta = SILENT_AFTER
    plan: Plan = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plan", Plan(self))


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

    def __init__(
        self,
        kind: SourceKind,
        every: timedelta | None,
        max_age: timedelta,
        notice_delay: timedelta,
        notice_step: timedelta,
        silent_after: timedelta,
    ) -> None:
        self.is_level = kind is SourceKind.LEVEL
        self.max_age = span_micros(max_age)
        self.notice_delay = span_micros(notice_delay)
        self.notice_step = span_micros(notice_step)
        self.silence: int | None = None
        if every is not None:
            self.silence = span_micros(max(silent_after, every * _SILENT_INTERVALS))
        self.shortest_silence = self.silence or 0
        is_notice = kind is SourceKind.NOTICE
        # How far the next event of this sensor can tell of noise before it (third notice).
        self.reaches_back = self.notice_delay + 2 * self.notice_step if is_notice else 0


# Most sensors are of few kinds: a plan is made once for each, not once per property.
_source_plan = lru_cache(maxsize=512)(SourcePlan)


class Plan:
    """Rules made ready for comparing whole numbers."""

    __slots__ = ("_clock", "longest_age", "sources")

    def __init__(self, rules: Rules) -> None:
        self.sources = {
            sensor_id: _source_plan(
                traits.kind,
                traits.interval if traits.kind is SourceKind.LEVEL else traits.heartbeat,
                traits.max_age,
                traits.notice_delay,
                traits.notice_step,
                rules.silent_after,
            )
            for sensor_id, traits in rules.traits.items()
        }
        self.longest_age = max([each.max_age for each in self.sources.values()], default=0)
        self._clock = _policy_clock(rules.policy, rules.tz)

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


@lru_cache(maxsize=512)
def _policy_clock(policy: EscalationPolicy, tz: tzinfo) -> _PolicyClock:
    return _PolicyClock(policy, tz)
