"""One call of the noise rule, on a copy of the state.

Verdict by verdict, then the sensor's segments, then, only if their shape changed, the breaches.
"""

from __future__ import annotations

from callassist.domain.noise.breaches import escalate, reconcile
from callassist.domain.noise.components import components
from callassist.domain.noise.effects import Effect, SensorBack, SensorSilent
from callassist.domain.noise.events import NoiseEvent, ReadingKind, Verdict
from callassist.domain.noise.hearing import RANKS, Said, after_level, after_word, has_gap, heard
from callassist.domain.noise.instants import MINUTE, instant, micros
from callassist.domain.noise.pruning import pruned
from callassist.domain.noise.rules import Plan, SourcePlan
from callassist.domain.noise.segments import louder, running
from callassist.domain.noise.state import Hearing, How, PropertyNoise, Source

_FUTURE = 5 * MINUTE  # clocks of sensors go wrong; more than this is not an instant to act on
_TOO_OLD = 24 * 60 * MINUTE
_LEVEL = ReadingKind.LEVEL
_LEVEL_RANK = RANKS[_LEVEL]


class Work:
    """The state being changed; `result` is the new one."""

    __slots__ = (
        "_is_stale",
        "_next_key",
        "_next_uid",
        "_now",
        "_plan",
        "_records",
        "_sources",
        "_up",
        "effects",
    )

    def __init__(self, state: PropertyNoise, plan: Plan, up: int) -> None:
        self._sources = state.sources.copy()
        self._records = state.records
        self._next_key = state.next_key
        self._next_uid = state.next_uid
        self._now = state.clock
        self._plan = plan
        self._up = up
        self._is_stale = False  # the records do not follow from the segments any more
        self.effects: list[Effect] = []

    def take(self, event: NoiseEvent) -> Verdict:
        """Apply one event; the quiet way first, for it is nearly all of them."""
        sensor_id = event.sensor_id
        at = micros(event.at)
        received = micros(event.received_at)
        rules = self._plan.source(sensor_id)
        source = self._sources.get(sensor_id)
        level = event.level_db
        if (
            source is not None
            and level is not None
            and event.kind is _LEVEL
            and rules.is_level
            and 0 < at - source.last_at <= rules.shortest_silence
            and -_FUTURE <= received - at <= rules.max_age
            and not source.hearing
            and level < self._plan.threshold(at)
            and running(source) is None
        ):
            self._sources[sensor_id] = Source(sensor_id, at, _LEVEL_RANK, at, 0, source.segments)
            self._now = max(self._now, received)
            return Verdict.APPLIED
        return self._take_slowly(event, at, received, rules, source)

    def tick(self, now: int) -> None:
        """Do what the clock alone does."""
        self._now = max(self._now, now)
        self._mark_silent()
        if self._records:
            turn = self._records[-1].turn
            self._is_stale = self._is_stale or (turn is not None and turn <= self._now)
        self.settle()
        self._escalate_if_on(self._now)

    def settle(self, said: Said | None = None) -> None:
        """Compute the breaches anew if segments changed; `said`: by this event, on time."""
        if not self._is_stale:
            return
        self._mark_silent()
        found = components(self._sources.values(), self._plan, self._now)
        self._records, told = reconcile(
            self._records,
            found,
            self._next_key,
            at=self._now if said is None else said.at,
            on_time=said is not None,
        )
        self._next_key = max([self._next_key, *[each.key + 1 for each in self._records]])
        self._forget()
        self.effects += told
        self._is_stale = False

    def result(self) -> PropertyNoise:
        """The new state."""
        self._forget()
        return PropertyNoise(
            self._sources, self._records, self._next_key, self._next_uid, self._now
        )

    def _forget(self) -> None:
        if self._records and self._records[0].ended is not None:
            self._sources, self._records = pruned(
                self._sources, self._records, self._plan, self._now
            )

    def _take_slowly(
        self, event: NoiseEvent, at: int, received: int, rules: SourcePlan, source: Source | None
    ) -> Verdict:
        rank = RANKS[event.kind]
        if received - at > _TOO_OLD:
            return Verdict.TOO_OLD
        if at - received > _FUTURE:
            return Verdict.FUTURE
        if rules.is_level and (event.kind is not _LEVEL or event.level_db is None):
            return Verdict.NOT_APPLICABLE
        if source is not None and (at, rank) <= (source.last_at, source.rank):
            return Verdict.OUT_OF_ORDER
        late = received - at > rules.max_age
        number = event.notice_number or 1
        said = Said(event.sensor_id, at, received, event.kind, event.level_db, number, late)
        self._now = max(self._now, received)
        self._hear(said, rules, source or Source(event.sensor_id, at, rank, at))
        return Verdict.LATE if late else Verdict.APPLIED

    def _hear(self, said: Said, rules: SourcePlan, source: Source) -> None:
        if not said.late:
            self.settle()  # what this event changes must be told from what late ones did
            segment = running(source)
            if segment is not None and segment.on_from is not None:
                self._escalate_if_on(said.at - 1)  # the timer may be a moment behind its source
        gap = has_gap(source, said.at, rules, self._plan, self._up)
        speak = after_level if rules.is_level else after_word
        segments = speak(source, said, self._plan, self._next_uid, gap=gap)
        after = heard(source, said, rules, self._up, gap=gap)._replace(segments=segments)
        self._tell_hearing(source, after, said.at, gap=gap)
        self._sources[said.sensor_id] = after
        if segments and segments[-1].uid == self._next_uid:
            self._next_uid += 1
        if not _has_same_shape(source, after) or self._is_unsure():
            self._is_stale = True
        elif segments is not source.segments:
            self._extend(after)
        if not said.late:
            self.settle(said)
            self._escalate_if_loud(said)

    def _escalate_if_loud(self, said: Said) -> None:
        """A loud event that is on time and comes when the breach is due starts the call."""
        segment = running(self._sources[said.sensor_id])
        if segment is None or segment.proof != said.at:
            return
        last = self._records[-1]
        if last.escalated is None and said.at >= last.sure:
            self._mark_silent()  # the timer may be behind: who is not heard does not count
            self.settle(said)
            if said.at >= self._records[-1].sure:
                self._escalate(said.at)

    def _is_unsure(self) -> bool:
        return bool(self._records) and self._records[-1].sure != self._records[-1].due

    def _extend(self, source: Source) -> None:
        """The running breach goes on: no beginning, end or gap has changed."""
        segment = running(source)
        if segment is None or self._is_stale:
            return
        record = self._records[-1]
        record = record._replace(
            last_loud=max(record.last_loud, segment.last_loud),
            proof=max(record.proof or 0, segment.proof or 0) or None,
            peak=louder(record.peak, segment.peak),
        )
        self._records = (*self._records[:-1], record)

    def _escalate_if_on(self, now: int) -> None:
        if self._records:
            last = self._records[-1]
            if last.on_since is not None and last.due <= now:
                self._escalate(max(last.due, last.on_since))

    def _escalate(self, at: int) -> None:
        last = self._records[-1]
        if last.escalated is None and last.frozen is None and last.ended is None:
            record, escalated = escalate(last, at)
            self._records = (*self._records[:-1], record)
            self.effects.append(escalated)

    def _tell_hearing(self, before: Source, after: Source, at: int, *, gap: bool) -> None:
        if not before.hearing and (after.hearing or gap):
            since = before.heard_at if gap else after.heard_at
            self.effects.append(SensorSilent(sensor_id=after.sensor_id, since=instant(since)))
        if not after.hearing and (before.hearing or gap):
            self.effects.append(SensorBack(sensor_id=after.sensor_id, at=instant(at)))

    def _mark_silent(self) -> None:
        for source in tuple(self._sources.values()):
            silence = self._plan.source(source.sensor_id).silence
            if silence is None or source.hearing:
                continue
            if self._now - max(source.heard_at, self._up) > silence:
                unheard = source._replace(hearing=int(Hearing.UNHEARD))
                self._sources[source.sensor_id] = unheard
                self._tell_hearing(source, unheard, self._now, gap=False)
                self._is_stale = self._is_stale or running(source) is not None


def _has_same_shape(before: Source, after: Source) -> bool:
    """Whether at most the loudness of a running segment changed."""
    if not after.segments:
        return not before.segments
    was, now = before.segments[-1] if before.segments else None, after.segments[-1]
    if now.how != How.OPEN:
        return after.segments is before.segments
    return (
        was is not None
        and (was.uid, was.how, was.start, was.on_from) == (now.uid, now.how, now.start, now.on_from)
        and not before.hearing
        and not after.hearing
    )
