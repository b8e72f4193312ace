"""Random evenings for the property tests of the noise rule.

Hypothesis draws the seed; the many small choices come from `Random`, which is a hundred times
faster than drawing each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from callassist.domain.noise import NoiseEvent, ReadingKind, SourceKind
from tests.domain.noise.home import CALM, LOUD, at, level, said

STEADY = (1, 1, 1, 2, 3, 4, 5, 6, 9)  # minutes between readings: never silent
GAPPY = (*STEADY, 10, 11, 20, 30, 31, 45)
ANY_KIND = tuple(SourceKind)
LEVELS = (SourceKind.LEVEL,)
_LONGEST = 20 * 60  # minutes; what is older than a day is forgotten, in whatever order
_WORDS = {
    SourceKind.NOTICE: (ReadingKind.NOTICE, ReadingKind.NOTICE_ENDED),
    SourceKind.STATE: (ReadingKind.NOISE_STARTED, ReadingKind.NOISE_ENDED),
}
_VENDOR = (ReadingKind.HEARTBEAT, ReadingKind.OFFLINE, ReadingKind.ONLINE)


@dataclass(frozen=True)
class Evening:
    """What each sensor says, in its own order; all of it on time."""

    kinds: dict[int, SourceKind]
    streams: dict[int, tuple[NoiseEvent, ...]]

    @property
    def events(self) -> list[NoiseEvent]:
        return [event for stream in self.streams.values() for event in stream]


def evening_of(
    rng: Random, *, kinds: Sequence[SourceKind], spacing: Sequence[int], most: int
) -> Evening:
    """One to `most` sensors; level sensors tend to stay as loud as they were."""
    picked = {sensor: rng.choice(kinds) for sensor in range(1, rng.randint(1, most) + 1)}
    streams = {
        sensor: _levels(rng, sensor, spacing)
        if kind is SourceKind.LEVEL
        else _words(rng, sensor, kind)
        for sensor, kind in picked.items()
    }
    return Evening(picked, streams)


def batches_of(rng: Random, evening: Evening) -> list[list[NoiseEvent]]:
    """The evening in any order between sensors and inside a batch, with any duplicates."""
    left = {sensor: list(stream) for sensor, stream in evening.streams.items()}
    sticky = rng.random()  # from well mixed to one sensor after the other
    sent: list[NoiseEvent] = []
    batches = []
    sensor = rng.choice(list(left))
    while any(left.values()):
        batch = []
        for _ in range(rng.choice((1, 1, 2, 3, 6))):
            if rng.random() > sticky or not left[sensor]:
                sensor = rng.choice([each for each in left if left[each]] or [sensor])
            batch += left[sensor][:1]
            del left[sensor][:1]
        sent += batch
        batch += rng.sample(sent, min(len(sent), rng.choice((0, 0, 1, 3))))
        rng.shuffle(batch)
        batches.append(batch)
    return batches


def arrivals_of(rng: Random, evening: Evening) -> tuple[Evening, list[list[NoiseEvent]]]:
    """The evening with each event up to 5 minutes under way, in batches in order of arrival."""
    streams = {}
    for sensor, stream in evening.streams.items():
        arrived, most = at(0), rng.choice((0, 1, 5))
        delayed = []
        for event in stream:
            arrived = max(arrived, event.at + timedelta(minutes=rng.uniform(0, most)))
            delayed.append(replace(event, received_at=arrived))
        streams[sensor] = tuple(delayed)
    delayed_evening = Evening(evening.kinds, streams)
    order = sorted(delayed_evening.events, key=lambda event: event.received_at)
    batches = []
    while order:
        size = rng.choice((1, 1, 1, 2, 3))
        batch, order = order[:size], order[size:]
        rng.shuffle(batch)
        batches.append(batch)
    return delayed_evening, batches


def _levels(rng: Random, sensor: int, spacing: Sequence[int]) -> tuple[NoiseEvent, ...]:
    when = rng.randint(0, 30)
    delay = rng.choice((0, 0.5, 4))
    steady = rng.choice((0.5, 0.8, 0.95))
    some = rng.sample(list(spacing), 3)
    loud = rng.random() < 0.7
    events = []
    for _ in range(rng.randint(1, 60)):
        when += rng.choice(spacing) if rng.random() < 0.1 else min(some)
        if when > _LONGEST:
            break
        loud = loud if rng.random() < steady else not loud
        events.append(level(when, LOUD if loud else CALM, sensor=sensor, delay=delay))
    return tuple(events)


def _words(rng: Random, sensor: int, kind: SourceKind) -> tuple[NoiseEvent, ...]:
    when = rng.randint(0, 40)
    words = (*_WORDS[kind] * 3, *_VENDOR)
    events = []
    for number in range(rng.randint(1, 12)):
        when += rng.choice(GAPPY)
        events.append(said(rng.choice(words), when, sensor=sensor, number=number % 3 + 1))
    return tuple(events)
