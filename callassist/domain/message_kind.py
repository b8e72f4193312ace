"""Every kind of message that we send, and to whom it goes."""

from __future__ import annotations

from enum import StrEnum


class MessageKind(StrEnum):
    """Host kinds first, staff kinds last (DESIGN 3.5)."""

    CALL_REQUESTED = "call_requested"
    GUEST_REACHED = "guest_reached"
    GUEST_NOT_REACHED = "guest_not_reached"
    WENT_QUIET = "went_quiet"
    REPORT_READY = "report_ready"
    NEEDS_YOU = "needs_you"
    SENSOR_SILENT = "sensor_silent"
    SENSOR_BACK = "sensor_back"
    NUMBER_FLAGGED = "number_flagged"
    NOT_COVERED = "not_covered"
    NOISE_STARTED = "noise_started"
    MORNING_NOTE = "morning_note"
    CONNECTION_FAILING = "connection_failing"  # a booking system, or a maker of sensors
    WEBHOOK_DISABLED = "webhook_disabled"  # a host's own system is told nothing any more
    SPENDING = "spending"
    CHANNEL_TEST = "channel_test"
    CALL_RESULT = "call_result"  # to who took a call by phone: how did it go?
    SUPERVISOR_PAGE = "supervisor_page"
    SHIFT_SWAP = "shift_swap"


STAFF_KINDS = frozenset({MessageKind.SUPERVISOR_PAGE, MessageKind.SHIFT_SWAP})
OFF_BY_DEFAULT = frozenset({MessageKind.NOISE_STARTED})
