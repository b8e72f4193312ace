"""One dial as the network tells it: any order, any multiplicity of events, one outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from callassist.domain.results import AttemptOutcome


class DialState(StrEnum):
    """Where one dial stands. Terminal states never leave."""

    WAITING = "waiting"  # written down, waits for its turn (one call per second)
    DIALING = "dialing"  # committed just before the network was asked; a crash leaves it here
    IN_DOUBT = "in_doubt"  # the answer was lost; looked up, never dialled blindly
    PLACED = "placed"  # the network accepted it
    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"


LIVE = frozenset({DialState.DIALING, DialState.PLACED, DialState.RINGING, DialState.TALKING})
UNSETTLED = LIVE | {DialState.WAITING, DialState.IN_DOUBT}


class LegStatus(StrEnum):
    """Our words for what a network reports about the called party's leg."""

    QUEUED = "queued"
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class LegEvent:
    """One report of the network; `outcome` and `talk_seconds` only with `ENDED`."""

    call_id: str
    sequence: int
    status: LegStatus
    at: datetime
    outcome: AttemptOutcome | None = None
    talk_seconds: int | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class DialFacts:
    """What is known of one dial; the value that `reduce` folds events into."""

    state: DialState
    sequence: int = -1  # newest event folded in
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: AttemptOutcome | None = None
    talk_seconds: int | None = None
