"""The process that keeps deadlines, delivers, and does the housekeeping."""

from __future__ import annotations

from callassist.worker.metronome import Metronome

__all__ = ["Metronome"]
