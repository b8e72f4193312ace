"""What the rule must never do, whatever is heard and whenever the clock comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from callassist.domain.noise import (
    BreachBegan,
    BreachEnded,
    BreachEscalated,
    NoiseEvent,
    SourceKind,
    decode,
    encode,
)
from tests.dealing import examples
from tests.domain.noise.home import LOUD, Home, at, minute
from tests.domain.noise.streams import ANY_KIND, GAPPY, LEVELS, evening_of

seeds = st.integers(0, 2**48).map(Random)


def _lived(rng: Random, home: Home, events: list[NoiseEvent]) -> None:
    """Play the events in order of time, with the clock at every due instant or at odd ones."""
    punctual = rng.random() < 0.5
    for event in sorted(events, key=lambda each: each.received_at):
        due = home.due()
        while punctual and due is not None and due < minute(event.received_at):
            home.tick(due)
            due = home.due()
        if rng.random() < 0.1:
            home.tick(minute(event.received_at))
        told = len(home.effects)
        home.hear(event)
        _check_step(home, event, told)


def _check_step(home: Home, event: NoiseEvent, since: int) -> None:
    for effect in home.effects[since:]:
        if not isinstance(effect, BreachEscalated):
            continue
        running = home.state.breach
        if running is not None and running.key == effect.key:
            frozen = running.frozen_since
            assert frozen is None or effect.at < frozen, "a frozen breach cannot escalate"
        assert effect.at >= effect.began_at + timedelta(minutes=30)
        assert event.received_at - event.at <= timedelta(minutes=5), "late ones call nobody"


@settings(max_examples=examples(150, dealt=50), deadline=None)
@given(seeds)
def test_a_frozen_breach_or_a_late_reading_never_escalates(rng: Random) -> None:
    evening = evening_of(rng, kinds=ANY_KIND, spacing=GAPPY, most=3)
    events = [
        replace(event, received_at=event.received_at + timedelta(minutes=rng.choice((0, 0, 9, 60))))
        for event in evening.events
    ]
    _lived(rng, Home(kinds=evening.kinds), events)


@settings(max_examples=examples(100, dealt=30), deadline=None)
@given(seeds)
def test_only_late_readings_never_escalate_even_by_the_clock(rng: Random) -> None:
    evening = evening_of(rng, kinds=ANY_KIND, spacing=GAPPY, most=3)
    home = Home(kinds=evening.kinds)
    late = [
        replace(event, received_at=event.at + timedelta(minutes=rng.uniform(5.1, 90)))
        for event in evening.events
    ]
    _lived(rng, home, late)
    home.tick(5000)
    assert home.of(BreachEscalated) == []


@settings(max_examples=examples(150, dealt=50), deadline=None)
@given(seeds)
def test_a_call_starts_with_a_loud_reading_if_only_levels_are_heard(rng: Random) -> None:
    evening = evening_of(rng, kinds=LEVELS, spacing=GAPPY, most=3)
    home = Home(kinds=evening.kinds)
    _lived(rng, home, evening.events)
    home.tick(5000)
    loud = {event.at for event in evening.events if event.level_db == LOUD}
    assert {each.at for each in home.of(BreachEscalated) if isinstance(each, BreachEscalated)} <= (
        loud
    )


@settings(max_examples=examples(150, dealt=50), deadline=None)
@given(seeds)
def test_the_clock_always_gets_on_and_every_breach_of_levels_ends(rng: Random) -> None:
    evening = evening_of(rng, kinds=LEVELS, spacing=GAPPY, most=3)
    home = Home(kinds=evening.kinds)
    _lived(rng, home, evening.events)
    steps = 0
    while (due := home.due()) is not None:
        assert home.tick(due) != (), "what is due does something"
        steps += 1
        assert steps < 20
    assert home.state.breach is None
    assert all(each.ended is not None for each in home.breaches)


@settings(max_examples=examples(100, dealt=30), deadline=None)
@given(seeds)
def test_the_clock_does_nothing_before_it_is_due(rng: Random) -> None:
    evening = evening_of(rng, kinds=ANY_KIND, spacing=GAPPY, most=3)
    home = Home(kinds=evening.kinds)
    events = sorted(evening.events, key=lambda each: each.received_at)
    for event, following in pairwise([*events, events[-1]]):
        home.hear(event)
        now, due = minute(event.received_at), home.due()
        if due is not None and due > now:
            before = home.effects.copy()
            home.tick(rng.uniform(now, min(due - 1e-4, minute(following.received_at))))
            assert home.effects == before


@settings(max_examples=examples(100, dealt=30), deadline=None)
@given(seeds)
def test_a_state_survives_the_database(rng: Random) -> None:
    evening = evening_of(rng, kinds=ANY_KIND, spacing=GAPPY, most=3)
    home = Home(kinds=evening.kinds)
    for event in evening.events:
        home.hear(event)
        assert encode(decode(encode(home.state))) == encode(home.state)


def test_keys_are_never_used_twice() -> None:
    home = Home(kinds={1: SourceKind.LEVEL})
    for start in range(0, 600, 20):
        home.levels(start, start + 5, LOUD)
        home.levels(start + 5, start + 12, 40)
    keys = [each.key for each in home.of(BreachBegan) if isinstance(each, BreachBegan)]
    assert keys == list(range(1, 31))
    assert len(home.of(BreachEnded)) == 30
    assert home.breaches[-1].ended == minute(at(589))
