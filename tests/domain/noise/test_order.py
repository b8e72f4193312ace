"""Any multiplicity, any order between sensors and inside a batch gives one outcome."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from callassist.domain.noise import NoiseEvent, PropertyNoise, Verdict
from tests.dealing import examples
from tests.domain.noise.home import Home
from tests.domain.noise.streams import (
    ANY_KIND,
    GAPPY,
    LEVELS,
    STEADY,
    Evening,
    arrivals_of,
    batches_of,
    evening_of,
)

_MUCH_LATER = 5000
seeds = st.integers(0, 2**48).map(Random)


def _outcome(evening: Evening, batches: list[list[NoiseEvent]]) -> Home:
    home = Home(kinds=evening.kinds)
    for batch in batches:
        home.hear(*batch)
    home.tick(_MUCH_LATER)
    return home


def _spans(home: Home) -> list[object]:
    return [(each.first, each.began, each.ended, each.reason) for each in home.breaches]


def _calls(home: Home) -> list[bool]:
    return [each.escalated is not None for each in home.breaches]


@settings(max_examples=examples(150, dealt=50), deadline=None)
@given(seeds)
def test_the_same_breaches_however_they_are_told(rng: Random) -> None:
    evening = evening_of(rng, kinds=ANY_KIND, spacing=GAPPY, most=3)
    at_once = _outcome(evening, [evening.events])
    one_by_one = _outcome(evening, [[event] for event in evening.events])
    shuffled = _outcome(evening, batches_of(rng, evening))
    assert _spans(shuffled) == _spans(one_by_one) == _spans(at_once)


@settings(max_examples=examples(150, dealt=50), deadline=None)
@given(seeds)
def test_the_same_calls_in_whatever_order_sensors_are_heard_in_time(rng: Random) -> None:
    evening = evening_of(rng, kinds=LEVELS, spacing=STEADY, most=4)
    evening, batches = arrivals_of(rng, evening)
    at_once = _outcome(evening, [evening.events])
    arrived = _outcome(evening, batches)
    assert (_spans(arrived), _calls(arrived)) == (_spans(at_once), _calls(at_once))


@settings(max_examples=examples(100, dealt=30), deadline=None)
@given(seeds)
def test_repeating_what_was_said_changes_nothing(rng: Random) -> None:
    evening = evening_of(rng, kinds=ANY_KIND, spacing=GAPPY, most=3)
    home = _outcome(evening, [evening.events])
    before, told = home.state, list(home.effects)
    assert set(home.hear(*evening.events)) <= {Verdict.OUT_OF_ORDER, Verdict.NOT_APPLICABLE}
    assert (home.state, home.effects) == (before, told)


@settings(max_examples=examples(100, dealt=30), deadline=None)
@given(seeds)
def test_a_single_stale_event_never_moves_state(rng: Random) -> None:
    evening = evening_of(rng, kinds=ANY_KIND, spacing=GAPPY, most=2)
    home = Home(kinds=evening.kinds)
    events = sorted(evening.events, key=lambda event: event.at)
    stale = [event for event in events if rng.random() < 0.2]
    home.hear(*[event for event in events if event not in stale])
    heard = {source.sensor_id: source.last_at for source in home.state.sources.values()}
    fresh = PropertyNoise()
    for event in stale:
        before = home.state
        (verdict,) = home.hear(event)
        if verdict is Verdict.OUT_OF_ORDER:
            assert home.state == before
        else:
            source = home.state.sources[event.sensor_id]
            assert source.last_at > heard.get(event.sensor_id, 0)
            heard[event.sensor_id] = source.last_at
    assert fresh == PropertyNoise(), "the empty state is shared and never changed in place"
