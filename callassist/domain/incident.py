"""States of an incident, every legal move, and a named refusal for every other pair."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from callassist.errors import IllegalMove


class IncidentState(StrEnum):
    """Where an incident stands."""

    WATCHING = "watching"  # noise runs, nobody is phoned yet
    CALLING_GUEST = "calling_guest"  # a guest task is open or due
    CALLING_HOST = "calling_host"  # a host task is open or due
    FOLLOWING_UP = "following_up"  # somebody was reached; does it get quiet?
    CLOSED = "closed"


class Resolution(StrEnum):
    """How it ended."""

    WENT_QUIET = "went_quiet"  # quiet before anybody was reached
    GUEST_REACHED = "guest_reached"
    HOST_REACHED = "host_reached"
    NOBODY_REACHED = "nobody_reached"
    HOST_TOOK_OVER = "host_took_over"
    CANCELLED = "cancelled"
    SENSOR_LOST = "sensor_lost"  # silent while watching, never called
    MISSED = "missed"  # we were down; found too late to call


class IncidentEvent(StrEnum):
    """What can happen to an incident."""

    CALL_GUEST = "call_guest"  # noise persisted, or somebody asked for a call
    CALL_HOST = "call_host"  # no number, or the guest cannot or must not be called any more
    GUEST_REACHED = "guest_reached"
    HOST_REACHED = "host_reached"
    HOST_EXHAUSTED = "host_exhausted"  # every host contact tried, or task untaken for 30 min
    NOISE_ENDED = "noise_ended"  # and nothing is live, in doubt or in wrap-up
    SENSOR_LOST = "sensor_lost"
    FOLLOW_UP_OVER = "follow_up_over"
    TAKE_OVER = "take_over"
    CANCEL = "cancel"
    MISS = "miss"


S, E, R = IncidentState, IncidentEvent, Resolution


@dataclass(frozen=True)
class Move:
    """The state to go to; `resolution` only where closing decides it."""

    to: IncidentState
    resolution: Resolution | None = None


FIRST_CONTACT = Move(S.CLOSED)  # resolution: who was reached first

MOVES: dict[tuple[IncidentState, IncidentEvent], Move] = {
    (S.WATCHING, E.CALL_GUEST): Move(S.CALLING_GUEST),
    (S.WATCHING, E.CALL_HOST): Move(S.CALLING_HOST),
    (S.WATCHING, E.NOISE_ENDED): Move(S.CLOSED, R.WENT_QUIET),
    (S.WATCHING, E.SENSOR_LOST): Move(S.CLOSED, R.SENSOR_LOST),
    (S.WATCHING, E.TAKE_OVER): Move(S.CLOSED, R.HOST_TOOK_OVER),
    (S.WATCHING, E.CANCEL): Move(S.CLOSED, R.CANCELLED),
    (S.WATCHING, E.MISS): Move(S.CLOSED, R.MISSED),
    (S.CALLING_GUEST, E.CALL_HOST): Move(S.CALLING_HOST),
    (S.CALLING_GUEST, E.GUEST_REACHED): Move(S.FOLLOWING_UP),
    (S.CALLING_GUEST, E.HOST_REACHED): Move(S.FOLLOWING_UP),  # the host phones back
    (S.CALLING_GUEST, E.NOISE_ENDED): Move(S.CLOSED, R.WENT_QUIET),
    (S.CALLING_GUEST, E.TAKE_OVER): Move(S.CLOSED, R.HOST_TOOK_OVER),
    (S.CALLING_GUEST, E.CANCEL): Move(S.CLOSED, R.CANCELLED),
    (S.CALLING_GUEST, E.MISS): Move(S.CLOSED, R.MISSED),
    (S.CALLING_HOST, E.HOST_REACHED): Move(S.FOLLOWING_UP),
    (S.CALLING_HOST, E.GUEST_REACHED): Move(S.FOLLOWING_UP),  # the guest phones back
    (S.CALLING_HOST, E.HOST_EXHAUSTED): Move(S.CLOSED, R.NOBODY_REACHED),
    (S.CALLING_HOST, E.NOISE_ENDED): Move(S.CLOSED, R.WENT_QUIET),
    (S.CALLING_HOST, E.TAKE_OVER): Move(S.CLOSED, R.HOST_TOOK_OVER),
    (S.CALLING_HOST, E.CANCEL): Move(S.CLOSED, R.CANCELLED),
    (S.CALLING_HOST, E.MISS): Move(S.CLOSED, R.MISSED),
    (S.FOLLOWING_UP, E.NOISE_ENDED): FIRST_CONTACT,
    (S.FOLLOWING_UP, E.FOLLOW_UP_OVER): FIRST_CONTACT,
    (S.FOLLOWING_UP, E.TAKE_OVER): Move(S.CLOSED, R.HOST_TOOK_OVER),
    (S.FOLLOWING_UP, E.CANCEL): Move(S.CLOSED, R.CANCELLED),
}

_REFUSALS: dict[IncidentEvent, str] = {
    E.CALL_GUEST: "the guest is called only once noise has persisted while we watch",
    E.CALL_HOST: "the host is called from watching or after the guest",
    E.GUEST_REACHED: "nobody has been called yet, or the talk was recorded already",
    E.HOST_REACHED: "nobody has been called yet, or the talk was recorded already",
    E.HOST_EXHAUSTED: "the host is not being called",
    E.NOISE_ENDED: "the incident is over",
    E.SENSOR_LOST: "once a call has been requested, silence of the sensor does not stop it",
    E.FOLLOW_UP_OVER: "nobody is being followed up",
    E.TAKE_OVER: "the incident is over",
    E.CANCEL: "the incident is over",
    E.MISS: "a person was reached already, or the incident is over",
}


def move(state: IncidentState, event: IncidentEvent) -> Move:
    """The legal move for `event` in `state`; IllegalMove carries the named refusal."""
    try:
        return MOVES[state, event]
    except KeyError:
        if state is S.CLOSED:
            raise IllegalMove(f"{event} refused: the incident is closed") from None
        raise IllegalMove(f"{event} refused while {state}: {_REFUSALS[event]}") from None
