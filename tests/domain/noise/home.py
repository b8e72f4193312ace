"""A home whose sensors speak in minutes of one evening, for the tests of the noise rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from callassist.domain.noise import (
    Breach,
    BreachBegan,
    BreachEnded,
    BreachEscalated,
    BreachMoved,
    BreachReopened,
    Effect,
    NoiseEvent,
    PropertyNoise,
    ReadingKind,
    Rules,
    SourceKind,
    SourceTraits,
    Step,
    Verdict,
    apply,
    decode,
    encode,
    tick,
)
from callassist.domain.policy import EscalationPolicy

EVENING = datetime(2025, 6, 6, 18, tzinfo=UTC)
LOUD, CALM = 80.0, 40.0
POLICY = EscalationPolicy(quiet_hours=None)


def at(minute: float) -> datetime:
    """The instant `minute` minutes into the evening."""
    return EVENING + timedelta(minutes=minute)


def minute(instant: datetime) -> float:
    """The other way round."""
    return (instant - EVENING).total_seconds() / 60


def said(
    kind: ReadingKind,
    when: float,
    *,
    sensor: int = 1,
    db: float | None = None,
    number: int | None = None,
    delay: float = 0,
) -> NoiseEvent:
    """An event that took `delay` minutes to reach us."""
    return NoiseEvent(
        sensor_id=sensor,
        at=at(when),
        received_at=at(when + delay),
        kind=kind,
        level_db=db,
        notice_number=number,
    )


def level(when: float, db: float, *, sensor: int = 1, delay: float = 0) -> NoiseEvent:
    return said(ReadingKind.LEVEL, when, sensor=sensor, db=db, delay=delay)


@dataclass(frozen=True)
class Told:
    """One breach as the effects described it in the end; instants in minutes."""

    first: float
    began: float
    escalated: float | None = None
    ended: float | None = None
    reason: str | None = None


class Home:
    """Sensors by number; 1 reports levels unless `kinds` says otherwise."""

    def __init__(
        self,
        *,
        policy: EscalationPolicy = POLICY,
        tz: tzinfo = UTC,
        kinds: dict[int, SourceKind] | None = None,
        traits: Mapping[int, SourceTraits] | None = None,
    ) -> None:
        named = kinds or {1: SourceKind.LEVEL}
        known = {each: SourceTraits(kind=kind) for each, kind in named.items()}
        self.rules = Rules(policy=policy, tz=tz, traits=known | dict(traits or {}))
        self.state = PropertyNoise()
        self.up_since = at(-600)
        self.effects: list[Effect] = []
        self.told: dict[int, Told] = {}

    def hear(self, *events: NoiseEvent) -> tuple[Verdict, ...]:
        """Apply events as one batch."""
        return self._keep(apply(self.state, events, self.rules, self.up_since)).verdicts

    def levels(self, start: int, stop: int, db: float, *, sensor: int = 1) -> None:
        """One reading a minute from `start` to before `stop`."""
        for when in range(start, stop):
            self.hear(level(when, db, sensor=sensor))

    def tick(self, when: float) -> tuple[Effect, ...]:
        return self._keep(tick(self.state, at(when), self.rules, self.up_since)).effects

    def due(self) -> float | None:
        """When the clock is next needed."""
        due = self.state.next_due(self.rules, self.up_since)
        return None if due is None else minute(due)

    @property
    def breach(self) -> Breach:
        assert self.state.breach is not None
        return self.state.breach

    @property
    def breaches(self) -> list[Told]:
        return sorted(self.told.values(), key=lambda each: each.first)

    def of(self, *kinds: type[Effect]) -> list[Effect]:
        return [each for each in self.effects if isinstance(each, kinds)]

    def _keep(self, step: Step) -> Step:
        self.state = decode(encode(step.state))  # as the database would give it back
        assert self.state == step.state
        self.effects += step.effects
        for effect in step.effects:
            self._note(effect)
        return step

    def _note(self, effect: Effect) -> None:
        match effect:
            case BreachBegan():
                assert effect.key not in self.told
                self.told[effect.key] = Told(minute(effect.first_loud_at), minute(effect.began_at))
            case BreachMoved():
                parts = [self.told.pop(key).escalated for key in effect.absorbed]
                known = [each for each in parts if each is not None]
                told = self.told[effect.key]
                if told.escalated is not None:
                    known.append(told.escalated)
                self.told[effect.key] = replace(
                    told,
                    first=minute(effect.first_loud_at),
                    began=minute(effect.began_at),
                    escalated=min(known, default=None),
                )
            case BreachEscalated():
                assert self.told[effect.key].escalated is None
                self._change(effect.key, escalated=minute(effect.at))
            case BreachReopened():
                self._change(effect.key, ended=None, reason=None)
            case BreachEnded():
                self._change(effect.key, ended=minute(effect.ended_at), reason=effect.reason.value)

    def _change(self, key: int, **values: float | str | None) -> None:
        self.told[key] = replace(self.told[key], **values)  # type: ignore[arg-type]
