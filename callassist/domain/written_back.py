"""The life of something that is written into a booking of the host's own system."""

from __future__ import annotations

from enum import StrEnum


class Written(StrEnum):
    """Forward only, except that `UNKNOWN` may still turn out to be `SENT`."""

    WAITING = "waiting"
    SENDING = "sending"  # the system is being asked
    SENT = "sent"
    FAILED = "failed"  # the system refused it
    UNKNOWN = "unknown"  # no answer came; never written again
    NOT_SENT = "not_sent"  # our own rules were against it


class Kind(StrEnum):
    """What is written."""

    MESSAGE = "message"  # to the guest, in the booking's conversation
    NOTE = "note"  # for the host, on the reservation
