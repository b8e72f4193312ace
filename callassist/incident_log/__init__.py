"""The append-only log of incidents: who could look at it later finds every change."""

from __future__ import annotations

from callassist.incident_log.leaders import leaders_of
from callassist.incident_log.log import append, entries
from callassist.incident_log.verify import Fault, verify

__all__ = ["Fault", "append", "entries", "leaders_of", "verify"]
