"""What the caller has to write down and tell after a step of the noise rule.

Each names its breach by `key`. All may be repeated with better values when readings arrive that
are older than what was known: the last one of a kind is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EndReason(StrEnum):
    """Why a breach is over."""

    CALM = "calm"  # a heard sensor says so
    SENSOR_LOST = "sensor_lost"  # not heard for persist_for; nobody knows


@dataclass(frozen=True, kw_only=True, slots=True)
class BreachBegan:
    """A new breach; stamp the policy on it."""

    key: int
    first_loud_at: datetime
    began_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class BreachMoved:
    """Its beginning changed: unheard gaps do not count, or an earlier source became known.

    `absorbed`: keys of earlier breaches which turned out to be the same one; they are no more.
    """

    key: int
    first_loud_at: datetime
    began_at: datetime
    absorbed: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class BreachReopened:
    """It had ended, and a reading that arrived later shows that it had not."""

    key: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BreachFrozen:
    """No loud sensor of it has been heard since `since`; it cannot escalate."""

    key: int
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class BreachThawed:
    """A loud sensor of it is heard again."""

    key: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class BreachEscalated:
    """It has persisted: a call is to be requested. Once per breach."""

    key: int
    at: datetime
    first_loud_at: datetime
    began_at: datetime
    peak_db: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class BreachEnded:
    """It is over. With `sensor_lost`, and when heard again calm, `ended_at` is `last_loud_at`."""

    key: int
    ended_at: datetime
    reason: EndReason
    last_loud_at: datetime
    peak_db: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SensorSilent:
    """A sensor has not been heard since `since`: unknown, not quiet."""

    sensor_id: int
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SensorBack:
    """A silent sensor is heard again."""

    sensor_id: int
    at: datetime


BreachEffect = (
    BreachBegan
    | BreachMoved
    | BreachReopened
    | BreachFrozen
    | BreachThawed
    | BreachEscalated
    | BreachEnded
)
Effect = BreachEffect | SensorSilent | SensorBack
