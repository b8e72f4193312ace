"""What ingest asks of detection: judge what was heard, and write down what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from callassist.domain.noise import NoiseEvent


class NotMoved(StrEnum):
    """Verdicts beside the noise rule's own: kept for the curve, the rule was not asked."""

    UNPAIRED = "unpaired"  # the sensor belongs to no home yet
    PAUSED = "paused"  # taken before the end of the home's pause
    ARCHIVED = "archived"  # the home is not watched any more
    ELSEWHERE = "elsewhere"  # the sensor is not in this home any more: ask again where it is


class Detector(Protocol):
    """Applies readings to the homes that they were taken in."""

    def apply(
        self, session: Session, heard: Mapping[int, Sequence[NoiseEvent]], now: datetime
    ) -> dict[int, list[str]]:
        """Move the state of each home by its events, in the caller's transaction.

        `heard` is by property id; the answer has one verdict (`domain.noise.Verdict` or
        `NotMoved`) per event, in its order. Locks the homes in the order of their ids.
        """
        ...
