"""States of a call task and its legal moves (names follow TaskRouter)."""

from __future__ import annotations

from enum import StrEnum

from callassist.errors import IllegalMove


class TaskState(StrEnum):
    """Where one piece of operator work stands."""

    PENDING = "pending"  # waits in the queue; due from available_at
    OFFERED = "offered"  # held 45 s for one operator
    ASSIGNED = "assigned"  # one operator has it; dial not ended
    WRAPPING_UP = "wrapping_up"  # the call ended; result and note are being written
    COMPLETED = "completed"  # a result was saved
    CANCELLED = "cancelled"  # not needed any more


class TaskEvent(StrEnum):
    """What can happen to a call task."""

    OFFER = "offer"
    WITHDRAW = "withdraw"  # offer missed or declined
    ACCEPT = "accept"
    PULL = "pull"  # taken from the queue without an offer
    RETURN = "return"  # back to the queue
    CALL_ENDED = "call_ended"
    COMPLETE = "complete"
    CANCEL = "cancel"
    PHONED_BACK = "phoned_back"  # the party phones while the result is being written


class Party(StrEnum):
    """Who is phoned."""

    GUEST = "guest"
    HOST = "host"


OPEN_TASK_STATES = (
    TaskState.PENDING,
    TaskState.OFFERED,
    TaskState.ASSIGNED,
    TaskState.WRAPPING_UP,
)

MOVES: dict[tuple[TaskState, TaskEvent], TaskState] = {
    (TaskState.PENDING, TaskEvent.OFFER): TaskState.OFFERED,
    (TaskState.PENDING, TaskEvent.PULL): TaskState.ASSIGNED,
    (TaskState.PENDING, TaskEvent.COMPLETE): TaskState.COMPLETED,  # untaken host task, phone-back
    (TaskState.PENDING, TaskEvent.CANCEL): TaskState.CANCELLED,
    (TaskState.OFFERED, TaskEvent.ACCEPT): TaskState.ASSIGNED,
    (TaskState.OFFERED, TaskEvent.WITHDRAW): TaskState.PENDING,
    (TaskState.OFFERED, TaskEvent.CANCEL): TaskState.CANCELLED,
    (TaskState.ASSIGNED, TaskEvent.CALL_ENDED): TaskState.WRAPPING_UP,
    (TaskState.ASSIGNED, TaskEvent.RETURN): TaskState.PENDING,
    (TaskState.ASSIGNED, TaskEvent.COMPLETE): TaskState.COMPLETED,
    (TaskState.ASSIGNED, TaskEvent.CANCEL): TaskState.CANCELLED,
    (TaskState.WRAPPING_UP, TaskEvent.COMPLETE): TaskState.COMPLETED,
    (TaskState.WRAPPING_UP, TaskEvent.RETURN): TaskState.PENDING,  # cancelled before an answer
    (TaskState.WRAPPING_UP, TaskEvent.PHONED_BACK): TaskState.ASSIGNED,
    (TaskState.WRAPPING_UP, TaskEvent.CANCEL): TaskState.CANCELLED,
}


def move(state: TaskState, event: TaskEvent) -> TaskState:
    """The state after `event`; IllegalMove names why there is none."""
    try:
        return MOVES[state, event]
    except KeyError:
        raise IllegalMove(f"a call task that is {state} cannot {event}") from None
