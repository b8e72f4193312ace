"""How the simulated network misbehaves, on demand and reproducibly."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from callassist.domain.dial import LegEvent


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Probabilities from 0 to 1; the default is a network without faults."""

    lose_callback: float = 0.0  # a callback is never sent
    double_callback: float = 0.0  # a callback is sent twice
    delay_callback: float = 0.0  # a callback comes up to `delay_up_to` late, so out of order
    delay_up_to: timedelta = timedelta(seconds=20)
    lose_reply: float = 0.0  # the call is accepted and rings, but place_call is left in doubt
    lose_request: float = 0.0  # place_call is left in doubt, and nothing was placed
    accept_within: timedelta = timedelta(0)  # a call whose reply was lost shows up so much later
    rate_limit: float = 0.0  # place_call is refused with 429
    retry_after_seconds: float = 1.0  # what the 429 says
    down: bool = False  # nothing works; nothing is placed

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, float) and field.name != "retry_after_seconds":
                _check_probability(field.name, value)


class Mishap(StrEnum):
    """What went wrong with one request to dial."""

    RATE_LIMITED = "rate_limited"  # refused with 429
    REQUEST_LOST = "request_lost"  # nothing was placed, and the caller cannot know
    REPLY_LOST = "reply_lost"  # the call was placed, and the caller cannot know


def mishap_of(faults: Faults, seed: int, request: int) -> Mishap | None:
    """What goes wrong with the dial asked for by the `request`th request."""
    for mishap, probability in (
        (Mishap.RATE_LIMITED, faults.rate_limit),
        (Mishap.REQUEST_LOST, faults.lose_request),
        (Mishap.REPLY_LOST, faults.lose_reply),
    ):
        if _happens(probability, seed, request, mishap):
            return mishap
    return None


def deliveries_of(faults: Faults, seed: int, request: int, event: LegEvent) -> list[datetime]:
    """When the callback for one report is posted: never, once or twice, perhaps late."""
    key = (seed, request, event.sequence, event.status)
    if _happens(faults.lose_callback, *key, "lose"):
        return []
    copies = 2 if _happens(faults.double_callback, *key, "double") else 1
    return [event.at + _delay(faults, *key, copy) for copy in range(copies)]


def draw(*key: object) -> Random:
    """A generator that depends on the key only, so a restart draws the same again."""
    return Random("|".join(str(part) for part in key))  # noqa: S311 - a play, not a secret


def _happens(probability: float, *key: object) -> bool:
    return probability > 0 and draw(*key).random() < probability


def _delay(faults: Faults, *key: object) -> timedelta:
    if not _happens(faults.delay_callback, *key, "delay"):
        return timedelta()
    return faults.delay_up_to * draw(*key, "how long").random()


def _check_probability(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"fault {name} is a probability between 0 and 1, not {value}")
