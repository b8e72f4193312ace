"""Durable deadlines: rows that say when they are due, and the loop that fires them."""

from __future__ import annotations

from callassist.timers.arming import Arming, arm, arm_many, disarm, disarm_all
from callassist.timers.claimed import DueTimer
from callassist.timers.firing import TimerHandler
from callassist.timers.loop import TimerLoop
from callassist.timers.pruning import prune

__all__ = [
    "Arming",
    "DueTimer",
    "TimerHandler",
    "TimerLoop",
    "arm",
    "arm_many",
    "disarm",
    "disarm_all",
    "prune",
]
