"""A demo night: inputs only (readings, numbers, shifts); the real engine does the rest."""

from __future__ import annotations

from callassist.demo.night import DemoNight, run_demo

__all__ = ["DemoNight", "run_demo"]
