"""A shift given away or swapped: its states and legal moves, and whether the roster allows it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from callassist.domain.spans import Span, gaps
from callassist.errors import IllegalMove


class SwapState(StrEnum):
    """Where a request stands."""

    ASKED = "asked"  # waits for the colleague
    AGREED = "agreed"  # waits for a supervisor
    CONFIRMED = "confirmed"  # the roster was changed
    DECLINED = "declined"  # by the colleague
    REFUSED = "refused"  # by a supervisor
    WITHDRAWN = "withdrawn"  # by who asked
    LAPSED = "lapsed"  # a shift in it began, was moved or taken off the roster first


class SwapEvent(StrEnum):
    """What can happen to a request."""

    AGREE = "agree"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    LAPSE = "lapse"


OPEN_SWAP_STATES = (SwapState.ASKED, SwapState.AGREED)

MOVES: dict[tuple[SwapState, SwapEvent], SwapState] = {
    (SwapState.ASKED, SwapEvent.AGREE): SwapState.AGREED,
    (SwapState.ASKED, SwapEvent.DECLINE): SwapState.DECLINED,
    (SwapState.ASKED, SwapEvent.WITHDRAW): SwapState.WITHDRAWN,
    (SwapState.ASKED, SwapEvent.REFUSE): SwapState.REFUSED,
    (SwapState.ASKED, SwapEvent.LAPSE): SwapState.LAPSED,
    (SwapState.AGREED, SwapEvent.DECLINE): SwapState.DECLINED,  # thought better of it
    (SwapState.AGREED, SwapEvent.WITHDRAW): SwapState.WITHDRAWN,
    (SwapState.AGREED, SwapEvent.CONFIRM): SwapState.CONFIRMED,
    (SwapState.AGREED, SwapEvent.REFUSE): SwapState.REFUSED,
    (SwapState.AGREED, SwapEvent.LAPSE): SwapState.LAPSED,
}

# why nothing more happens to a request in this state
OVER: dict[SwapState, str] = {
    SwapState.ASKED: "the colleague has not agreed yet",
    SwapState.AGREED: "this was agreed to already; a supervisor is next",
    SwapState.CONFIRMED: "this swap is on the roster already",
    SwapState.DECLINED: "the colleague who was asked cannot",
    SwapState.REFUSED: "a supervisor refused this swap",
    SwapState.WITHDRAWN: "this request was withdrawn meanwhile",
    SwapState.LAPSED: "the shift began or was changed meanwhile; ask anew",
}


def moved(state: SwapState, event: SwapEvent) -> SwapState:
    """The state after `event`; IllegalMove says why there is none."""
    try:
        return MOVES[state, event]
    except KeyError:
        raise IllegalMove(OVER[state]) from None


def newly_open(before: Iterable[Span], after: Iterable[Span], whole: Span) -> list[Span]:
    """The parts of `whole` that `before` holds and `after` does not."""
    open_already = gaps(before, whole)
    return gaps([*after, *open_already], whole)
