"""What an operator does now, as the server sees it."""

from __future__ import annotations

from enum import StrEnum


class PresenceState(StrEnum):
    """Only `available` gets offers."""

    OFFLINE = "offline"  # not signed in to the desk, or no heartbeat for 60 s
    AVAILABLE = "available"
    OFFERED = "offered"  # has 45 s to answer
    ON_A_CALL = "on_a_call"  # has a task; dialling or talking
    WRAP_UP = "wrap_up"  # writes the result down
    BREAK = "break"


CHOSEN_BY_OPERATOR = frozenset(
    {PresenceState.OFFLINE, PresenceState.AVAILABLE, PresenceState.BREAK}
)
BUSY = frozenset({PresenceState.OFFERED, PresenceState.ON_A_CALL, PresenceState.WRAP_UP})
