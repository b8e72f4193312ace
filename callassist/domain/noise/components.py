"""From the segments of all sensors to breaches: a pure function of what is known.

A breach is a run of overlapping segments. Where a run is left by a silent gap, it goes on with the
next loud reading that comes before the gap is too long, and the time between does not count. Where
it is left by calm, it is over, even if another sensor of it is silent: that one counts neither way.
A sensor counts as heard until its gap is long enough to be called silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from callassist.domain.noise.effects import EndReason
from callassist.domain.noise.instants import NEVER
from callassist.domain.noise.rules import Plan
from callassist.domain.noise.segments import as_gap, floor, sure_until
from callassist.domain.noise.state import How, Segment, Source


class Component(NamedTuple):
    """One breach as it follows from the segments; fields as in `Record`."""

    uids: tuple[int, ...]
    first: int
    began: int
    due: int
    sure: int  # `due` if every sensor that may have said "calm" did
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
        [_as_known(source, segment, plan) for source in sources for segment in source.segments]
    )
    found: list[Component] = []
    run: _Run | None = None
    for known in ordered:
        if run is not None and run.takes(known.start):
            run.add(known, is_recent=now <= known.start + plan.longest_age)
            continue
        if run is not None:
            found.append(run.outcome(plan, NEVER))
        run = _Run(known)
    if run is not None:
        found.append(run.outcome(plan, now))
    return found


class _Known(NamedTuple):
    """A segment as far as it is known now."""

    start: int
    uid: int  # unique, so that the order never depends on what follows
    segment: Segment
    sure_end: int  # until when it covers, whatever its sensor's next event says
    is_live: bool  # that event may still show that it ended in calm after `sure_end`


def _as_known(source: Source, segment: Segment, plan: Plan) -> _Known:
    if segment.how != How.OPEN:
        return _Known(segment.start, segment.uid, segment, segment.end, False)
    sure_end = sure_until(source, segment, plan)
    if source.hearing:
        segment = as_gap(source, segment, plan)
    return _Known(segment.start, segment.uid, segment, sure_end, sure_end != NEVER)


class _Run:
    """Segments being joined, in the order of their starts."""

    __slots__ = (
        "end",
        "gaps",
        "heard_until",
        "holes",
        "how",
        "is_live",
        "segments",
        "sure_began",
        "sure_end",
    )

    def __init__(self, known: _Known) -> None:
        first = known.segment
        self.segments = [first]
        self.gaps = [first] if first.how == How.GAP else []
        self.heard_until = first.unheard_from
        self.holes = 0
        self.end = NEVER if first.how == How.OPEN else first.end
        self.how = first.how
        self.sure_began = first.start
        self.sure_end = known.sure_end
        self.is_live = known.is_live

    def takes(self, start: int) -> bool:
        """Whether a segment that starts at `start` belongs to this run."""
        if start <= max(self.end, self.heard_until):
            return True
        if self.how != How.GAP:
            return False
        deadline, calm = self._limits()
        return start <= deadline and start <= calm

    def add(self, known: _Known, *, is_recent: bool) -> None:
        """Join a segment. `is_recent`: an event from before it may still come in on time."""
        segment = known.segment
        if segment.start > max(self.end, self.heard_until):
            # No loud sensor was heard, for long enough to be called silence: that does not count.
            self.holes += segment.start - self.end
            self.sure_began += segment.start - self.end
        if segment.start > self.sure_end and self.is_live and is_recent:
            self.sure_began = segment.start  # calm may have been said before, and not heard yet
        self.sure_end = max(self.sure_end, known.sure_end)
        self.is_live = self.is_live or known.is_live
        self.segments.append(segment)
        end = NEVER if segment.how == How.OPEN else segment.end
        if segment.how == How.GAP:
            self.gaps.append(segment)
            self.heard_until = max(self.heard_until, segment.unheard_from)
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
        sure = max(due, self.sure_began + plan.persist_for(self.sure_began))
        last_loud = max(segment.last_loud for segment in self.segments)
        proofs = [segment.proof for segment in self.segments if segment.proof is not None]
        peaks = [segment.peak for segment in self.segments if segment.peak is not None]
        on_since = [
            segment.on_from
            for segment in self.segments
            if segment.how == How.OPEN and segment.on_from is not None and segment.proof is not None
        ]
        frozen = turn = ended = reason = None
        # A sensor that was lost here has its next part begin after `floor`, so that must be known.
        spent = max([self.end, self.heard_until, *[floor((gap,)) for gap in self.gaps]])
        if self.how == How.CALM or (self.how == How.WANING and self.end <= now):
            ended, reason = self.end, EndReason.CALM.value
        elif self.how == How.WANING:
            turn = self.end
        elif self.how == How.GAP:
            deadline, calm = self._limits()
            spent = max(spent, min(deadline, calm))
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
            sure=sure,
            last_loud=last_loud,
            proof=max(proofs, default=None),
            proven_at=min((_proven_at(segment, sure) for segment in self.segments), default=NEVER),
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
