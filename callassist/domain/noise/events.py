"""What sensors say, in our words, and what the rule answers to each of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SourceKind(StrEnum):
    """How a sensor tells that it is loud."""

    LEVEL = "level"  # posts dB; we judge by the policy's threshold
    NOTICE = "notice"  # posts "still noisy" notices, then "ended"; judges by itself
    STATE = "state"  # posts "noise started" and "noise ended" on change; judges by itself


class ReadingKind(StrEnum):
    """What one event of a sensor says."""

    LEVEL = "level"
    NOTICE = "notice"
    NOTICE_ENDED = "notice_ended"
    NOISE_STARTED = "noise_started"
    NOISE_ENDED = "noise_ended"
    HEARTBEAT = "heartbeat"
    OFFLINE = "offline"  # the vendor says that the device is gone
    ONLINE = "online"  # the vendor says that it is back; its last word on noise stands


@dataclass(kw_only=True, slots=True)
class NoiseEvent:
    """One event; instants are aware. Not frozen: it is made once per reading, on the hot path."""

    sensor_id: int
    at: datetime
    received_at: datetime
    kind: ReadingKind
    level_db: float | None = None
    notice_number: int | None = None


class Verdict(StrEnum):
    """What became of one event; all but `too_old` are kept for the curve."""

    APPLIED = "applied"
    LATE = "late"  # applied, but older than max_age at arrival: cannot start a call
    OUT_OF_ORDER = "out_of_order"  # not newer than what this sensor said already: moved nothing
    FUTURE = "future"  # more than 5 min ahead: moved nothing
    TOO_OLD = "too_old"  # more than 24 h: to be ignored
    NOT_APPLICABLE = "not_applicable"  # not a kind that this sensor speaks: moved nothing
