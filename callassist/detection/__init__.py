"""From verdicts to rows: the noise rule's state per home, its breaches, their timers."""

from __future__ import annotations

from callassist.detection.detection import Detection

__all__ = ["Detection"]
