"""What the noise rule would have made of a recorded past: the same rule, time passed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from callassist.domain.noise.effects import (
    BreachBegan,
    BreachEnded,
    BreachEscalated,
    BreachMoved,
    BreachReopened,
    Effect,
)
from callassist.domain.noise.events import NoiseEvent, SourceKind
from callassist.domain.noise.rules import Rules
from callassist.domain.noise.state import PropertyNoise
from callassist.domain.noise.steps import apply, tick

_CHUNK = 1000  # readings per step


@dataclass(frozen=True, kw_only=True, slots=True)
class LoudStretch:
    """A breach from its first loud reading; `ended_at` None while it runs."""

    first_loud_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """What the rule made of a series."""

    readings: int
    breaches: int
    escalations: tuple[BreachEscalated, ...]
    loud: tuple[LoudStretch, ...]  # oldest first


def replay(events: Sequence[NoiseEvent], rules: Rules, until: datetime | None = None) -> Replay:
    """Run events, in the order of time, through the rule of a home; without re-arming.

    `until`: let the clock run to that instant afterwards, for sensors that report on change.
    """
    if not events:
        return Replay(readings=0, breaches=0, escalations=(), loud=())
    up_since = events[0].at
    is_level_only = all(one.kind is SourceKind.LEVEL for one in rules.traits.values())
    # Levels prove noise by themselves; what stays on until told otherwise needs the clock between.
    size = _CHUNK if is_level_only else 1
    state = PropertyNoise()
    effects: list[Effect] = []
    for start in range(0, len(events), size):
        chunk = events[start : start + size]
        if not is_level_only:
            state = _pass_time(state, chunk[0].at, rules, up_since, effects)
        step = apply(state, chunk, rules, up_since)
        state = step.state
        effects += step.effects
    if until is not None and not is_level_only:
        _pass_time(state, until, rules, up_since, effects)
    return Replay(
        readings=len(events),
        breaches=sum(isinstance(each, BreachBegan) for each in effects),
        escalations=tuple(each for each in effects if isinstance(each, BreachEscalated)),
        loud=tuple(_stretches(effects)),
    )


def _stretches(effects: Sequence[Effect]) -> list[LoudStretch]:
    found: dict[int, LoudStretch] = {}
    for each in effects:
        if isinstance(each, BreachBegan | BreachMoved):
            ended_at = found[each.key].ended_at if each.key in found else None
            found[each.key] = LoudStretch(first_loud_at=each.first_loud_at, ended_at=ended_at)
            for key in each.absorbed if isinstance(each, BreachMoved) else ():
                found.pop(key, None)
        elif isinstance(each, BreachEnded | BreachReopened):
            ended_at = each.ended_at if isinstance(each, BreachEnded) else None
            found[each.key] = replace(found[each.key], ended_at=ended_at)
    return sorted(found.values(), key=lambda one: one.first_loud_at)


def _pass_time(
    state: PropertyNoise, to: datetime, rules: Rules, up_since: datetime, effects: list[Effect]
) -> PropertyNoise:
    while (due := state.next_due(rules, up_since)) is not None and due <= to:
        step = tick(state, due, rules, up_since)
        if step.state == state:
            break
        state = step.state
        effects += step.effects
    return state
