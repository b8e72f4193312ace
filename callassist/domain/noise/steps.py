"""The noise rule: `apply` what sensors said, or let the clock `tick`. DESIGN 3.1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import lt

from callassist.domain.noise.effects import Effect
from callassist.domain.noise.events import NoiseEvent, Verdict
from callassist.domain.noise.hearing import RANKS
from callassist.domain.noise.instants import micros
from callassist.domain.noise.rules import Rules
from callassist.domain.noise.state import PropertyNoise
from callassist.domain.noise.work import Work


@dataclass(kw_only=True, slots=True)
class Step:
    """What came of a call: the new state, what to write down in order, a verdict per event.

    Not frozen: it is made once per reading, on the hot path.
    """

    state: PropertyNoise
    effects: tuple[Effect, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def apply(
    state: PropertyNoise, events: Sequence[NoiseEvent], rules: Rules, up_since: datetime
) -> Step:
    """Take in events of this property's sensors, in whatever order they were sent.

    `up_since`: since when the service has been up; what was not heard before is nobody's silence.
    Verdicts are in the order of `events`. Raises InvalidInput for a sensor that is not in `rules`,
    TypeError for a naive instant.
    """
    work = Work(state, rules.plan, micros(up_since))
    if _are_in_order(events):
        verdicts = tuple([work.take(event) for event in events])
    else:
        order = sorted(range(len(events)), key=lambda index: _event_order(events[index]))
        judged = {index: work.take(events[index]) for index in order}
        verdicts = tuple([judged[index] for index in range(len(events))])
    work.settle()
    return Step(state=work.result(), effects=tuple(work.effects), verdicts=verdicts)


def tick(state: PropertyNoise, now: datetime, rules: Rules, up_since: datetime) -> Step:
    """Do what is due by the clock alone: silence, lost sensors, waning noise, sources that are on.

    Nothing is due before `PropertyNoise.next_due`. Ticking early, late or twice does no harm.
    """
    work = Work(state, rules.plan, micros(up_since))
    work.tick(micros(now))
    return Step(state=work.result(), effects=tuple(work.effects))


def _are_in_order(events: Sequence[NoiseEvent]) -> bool:
    instants = [event.at for event in events]
    return all(map(lt, instants, instants[1:]))


def _event_order(event: NoiseEvent) -> tuple[datetime, int, int, float, int]:
    level = 0.0 if event.level_db is None else -event.level_db
    number = -(event.notice_number or 0)
    return event.at, RANKS[event.kind], event.sensor_id, level, number
