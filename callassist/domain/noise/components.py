"""From the segments of all sensors to breaches: a pure function of what is known.

A breach is a run of overlapping segments. Where a run is left by a silent gap, it goes on with the
next loud reading that comes before the gap is too long, and the time between does not count. Where
it is left by calm, it is over, even if another sensor of it is silent: that one counts neither way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from callassist.domain.noise.effects import EndReason
from callassist.domain.noise.instants import NEVER
from callassist.domain.noise.rules import Plan
from callassist.domain.noise.segments import as_gap
from callassist.domain.noise.state import How, Segment, Source


class Component(NamedTuple):
    """One breach as it follows from the segments; fields as in `Record`."""

    uids: tuple[int, ...]
    first: int
    began: int
    due: int
    last_loud: int
    proof: int | None
    proven_at: int  # the instant at which it became due and was loud; NEVER if it did not
    peak: float | None
    on_since: int | None
    frozen: int | None
    turn: int | None
    ended: int | None
    reason: str | None
    spent: int  # nothing that is newer than this can touch it


def components(sources: Iterable[Source], plan: Plan, now: int) -> list[Component]:
    """The breaches in time; only the last one can be running. `now`: the service's clock."""
    ordered = sorted(
        [
            as_gap(source, segment, plan) if source.hearing and segment.how == How.OPEN else segment
            for source in sources
            for segment in source.segments
        ],
        key=lambda segment: (segment.start, segment.uid),
    )
    found: list[Component] = []
    run: _Run | None = None
    for segment in ordered:
        if run is not None and run.takes(segment.start):
            run.add(segment)
            continue
        if run is not None:
            found.append(run.outcome(plan, NEVER))
        run = _Run(segment)
    if run is not None:
        found.append(run.outcome(plan, now))
    return found


class _Run:
    """Segments being joined, in the order of their starts."""

    __slots__ = ("end", "gaps", "holes", "how", "segments")

    def __init__(self, first: Segment) -> None:
        self.segments = [first]
        self.gaps = [first] if first.how == How.GAP else []
        self.holes = 0
        self.end = NEVER if first.how == How.OPEN else first.end
        self.how = first.how

    def takes(self, start: int) -> bool:
        """Whether a segment that starts at `start` belongs to this run."""
        if start <= self.end:
            return True
        if self.how != How.GAP:
            return False
        deadline, calm = self._limits()
        return start <= deadline and start <= calm

    def add(self, segment: Segment) -> None:
        if segment.start > self.end:
            self.holes += segment.start - self.end
        self.segments.append(segment)
        end = NEVER if segment.how == How.OPEN else segment.end
        if segment.how == How.GAP:
            self.gaps.append(segment)
        # Of two that end together the silent one was loud when last heard: not over yet.
        if end > self.end or (end == self.end and segment.how == How.GAP):
            self.end, self.how = end, segment.how

    def _limits(self) -> tuple[int, int]:
        """Of a run that is left by a gap: when it is lost, and when somebody says calm."""
        waiting = [gap for gap in self.gaps if gap.back is None or gap.back > self.end]
        calm = min((gap.back for gap in waiting if gap.back is not None), default=NEVER)
        return max(gap.until for gap in waiting), calm

    def outcome(self, plan: Plan, now: int) -> Component:
        """The finished breach; `now` NEVER if a later segment shows that it is over."""
        first = self.segments[0].start
        began = first + self.holes
        due = began + plan.persist_for(first)
        last_loud = max(segment.last_loud for segment in self.segments)
        proofs = [segment.proof for segment in self.segments if segment.proof is not None]
        peaks = [segment.peak for segment in self.segments if segment.peak is not None]
        on_since = [
            segment.on_from
            for segment in self.segments
            if segment.how == How.OPEN and segment.on_from is not None and segment.proof is not None
        ]
        frozen = turn = ended = reason = None
        spent = self.end
        if self.how == How.CALM or (self.how == How.WANING and self.end <= now):
            ended, reason = self.end, EndReason.CALM.value
        elif self.how == How.WANING:
            turn = self.end
        elif self.how == How.GAP:
            deadline, calm = self._limits()
            spent = min(deadline, calm)
            if calm <= deadline:
                ended, reason = last_loud, EndReason.CALM.value
            elif deadline <= now:
                ended, reason = last_loud, EndReason.SENSOR_LOST.value
            else:
                frozen, turn = self.end, deadline
        return Component(
            uids=tuple([segment.uid for segment in self.segments]),
            first=first,
            began=began,
            due=due,
            last_loud=last_loud,
            proof=max(proofs, default=None),
            proven_at=min((_proven_at(segment, due) for segment in self.segments), default=NEVER),
            peak=max(peaks, default=None),
            on_since=min(on_since, default=None),
            frozen=frozen,
            turn=turn,
            ended=ended,
            reason=reason,
            spent=spent,
        )


def _proven_at(segment: Segment, due: int) -> int:
    if segment.proof is None or segment.proof < due:
        return NEVER
    return segment.proof if segment.on_from is None else max(due, segment.on_from)
