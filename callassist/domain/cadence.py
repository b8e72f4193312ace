"""The times of an escalation; a policy has one set for the day and may have one for quiet hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta

from callassist.domain.durations import LONGEST, parse_duration
from callassist.errors import InvalidInput

MIN_ATTEMPT_GAP = timedelta(minutes=5)  # between two dials that reach one number (DESIGN 3.3)
MAX_ATTEMPTS = 3
_ZERO = timedelta()


@dataclass(frozen=True, kw_only=True, slots=True)
class Cadence:
    """When a breach opens an incident, warns, calls, and when it is over. Raises InvalidInput.

    `ladder_steps` are the instants into the breach at which the guest is sent a text.
    """

    open_after: timedelta = timedelta(minutes=10)
    persist_for: timedelta = timedelta(minutes=30)
    calm_after: timedelta = timedelta(minutes=5)
    ladder_steps: tuple[timedelta, ...] = (timedelta(minutes=10), timedelta(minutes=20))
    attempts: int = MAX_ATTEMPTS
    attempt_gap: timedelta = MIN_ATTEMPT_GAP

    def __post_init__(self) -> None:
        if not _ZERO < self.persist_for <= LONGEST:
            raise InvalidInput("give more than 0 and at most 168h", "persist_for")
        if not _ZERO < self.calm_after < self.persist_for:
            raise InvalidInput("must be more than 0 and less than persist_for", "calm_after")
        if not _ZERO < self.open_after <= self.persist_for:
            raise InvalidInput("must be more than 0 and at most persist_for", "open_after")
        if any(not _ZERO < step < self.persist_for for step in self.ladder_steps):
            raise InvalidInput(
                "each step must be more than 0 and less than persist_for", "ladder_steps"
            )
        if list(self.ladder_steps) != sorted(set(self.ladder_steps)):
            raise InvalidInput("give each step once, the earliest first", "ladder_steps")
        if not 1 <= self.attempts <= MAX_ATTEMPTS:
            raise InvalidInput(f"give 1 to {MAX_ATTEMPTS} attempts", "attempts")
        if not MIN_ATTEMPT_GAP <= self.attempt_gap <= LONGEST:
            raise InvalidInput("give at least 5m and at most 168h", "attempt_gap")

    def to_dict(self) -> dict[str, object]:
        """JSON-safe form; durations in seconds."""
        return {
            "open_after": self.open_after.total_seconds(),
            "persist_for": self.persist_for.total_seconds(),
            "calm_after": self.calm_after.total_seconds(),
            "ladder_steps": [step.total_seconds() for step in self.ladder_steps],
            "attempts": self.attempts,
            "attempt_gap": self.attempt_gap.total_seconds(),
        }

    @classmethod
    def attempts_in(cls, data: Mapping[str, object]) -> int:
        """How many attempts a stored cadence allows, without reading the rest of it."""
        return _attempts(data, MAX_ATTEMPTS)

    @classmethod
    def from_dict(cls, data: Mapping[str, object], base: Cadence | None = None) -> Cadence:
        """Read seconds or text such as "30m"; what is missing is taken from `base`.

        Raises InvalidInput naming the field.
        """
        base = base or cls()
        known = [each.name for each in fields(cls)]
        for name in data:
            if name not in known:
                raise InvalidInput(f"unknown key; known are {', '.join(known)}", name)
        return cls(
            open_after=as_span(data, "open_after", base.open_after),
            persist_for=as_span(data, "persist_for", base.persist_for),
            calm_after=as_span(data, "calm_after", base.calm_after),
            ladder_steps=_steps(data, base.ladder_steps),
            attempts=_attempts(data, base.attempts),
            attempt_gap=as_span(data, "attempt_gap", base.attempt_gap),
        )


def as_span(data: Mapping[str, object], name: str, default: timedelta) -> timedelta:
    """The duration `data[name]`, in seconds or as text, or `default`; raises InvalidInput."""
    return _span(data[name], name) if name in data else default


def _span(value: object, name: str) -> timedelta:
    if isinstance(value, str):
        return parse_duration(value, name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput('give a duration as seconds or as text such as "30m"', name)
    if not 0 <= value <= LONGEST.total_seconds():  # also refuses NaN
        raise InvalidInput("give at least 0 and at most 168h", name)
    return timedelta(seconds=value)


def _steps(data: Mapping[str, object], default: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    steps = data.get("ladder_steps", default)
    if steps is default:
        return default
    if not isinstance(steps, list | tuple):
        raise InvalidInput('give a list of durations such as ["10m", "20m"]', "ladder_steps")
    return tuple(_span(step, "ladder_steps") for step in steps)


def _attempts(data: Mapping[str, object], default: int) -> int:
    value = data.get("attempts", default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(f"give a whole number from 1 to {MAX_ATTEMPTS}", "attempts")
    return value
