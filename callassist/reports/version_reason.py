"""Why a version of a report was written."""

from __future__ import annotations

from enum import StrEnum


class VersionReason(StrEnum):
    """Stored with each version; names what made it due."""

    CALLING_ENDED = "calling_ended"  # nobody is phoned any more; noise may go on
    CLOSED = "closed"  # the incident is over, minutes to quiet are known
    CORRECTION = "correction"  # rows changed afterwards
