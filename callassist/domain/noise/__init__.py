"""The noise rule (DESIGN 3.1): from what sensors say to breaches that begin, escalate and end.

Pure: no database, no clock of its own. `apply` takes events, `tick` lets time pass, both return
the new state and what has to be written down; `encode` and `decode` keep the state as bytes.
"""

from __future__ import annotations

from callassist.domain.noise.codec import decode, encode
from callassist.domain.noise.effects import (
    BreachBegan,
    BreachEffect,
    BreachEnded,
    BreachEscalated,
    BreachFrozen,
    BreachMoved,
    BreachReopened,
    BreachThawed,
    Effect,
    EndReason,
    SensorBack,
    SensorSilent,
)
from callassist.domain.noise.events import NoiseEvent, ReadingKind, SourceKind, Verdict
from callassist.domain.noise.replay import LoudStretch, Replay, replay
from callassist.domain.noise.rules import SILENT_AFTER, Rules, SourceTraits
from callassist.domain.noise.state import Breach, PropertyNoise
from callassist.domain.noise.steps import Step, apply, tick

__all__ = [
    "SILENT_AFTER",
    "Breach",
    "BreachBegan",
    "BreachEffect",
    "BreachEnded",
    "BreachEscalated",
    "BreachFrozen",
    "BreachMoved",
    "BreachReopened",
    "BreachThawed",
    "Effect",
    "EndReason",
    "LoudStretch",
    "NoiseEvent",
    "PropertyNoise",
    "ReadingKind",
    "Replay",
    "Rules",
    "SensorBack",
    "SensorSilent",
    "SourceKind",
    "SourceTraits",
    "Step",
    "Verdict",
    "apply",
    "decode",
    "encode",
    "replay",
    "tick",
]
