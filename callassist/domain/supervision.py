"""How a supervisor steps in, and why."""

from __future__ import annotations

from enum import StrEnum


class InterventionKind(StrEnum):
    """What a supervisor did."""

    ASSIGNED = "assigned"
    TAKEN_BACK = "taken_back"
    WRAP_UP_FINISHED = "wrap_up_finished"
    STATUS_SET = "status_set"
    HOST_TOLD = "host_told"


class Reason(StrEnum):
    """Why; chosen from a list, so that no name or number gets into the record."""

    URGENT = "urgent"
    LANGUAGE = "language"
    NOT_RESPONDING = "not_responding"
    SHIFT_CHANGE = "shift_change"
    TECHNICAL = "technical"
    TRAINING = "training"
    OTHER = "other"


class LinkKind(StrEnum):
    """What a secret address of a desk shows."""

    WALL = "wall"
    SHIFTS = "shifts"
