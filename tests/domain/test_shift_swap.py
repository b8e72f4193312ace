"""The states of a request to swap shifts: each legal move, and a sentence for every other one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from callassist.domain.shift_swap import (
    MOVES,
    OPEN_SWAP_STATES,
    OVER,
    SwapEvent,
    SwapState,
    moved,
    newly_open,
)
from callassist.domain.spans import Span
from callassist.errors import IllegalMove

EVENING = datetime(2026, 6, 13, 20, tzinfo=UTC)


def span(first: int, last: int) -> Span:
    return Span(EVENING + timedelta(hours=first), EVENING + timedelta(hours=last))


@pytest.mark.parametrize(("state", "event"), list(product(SwapState, SwapEvent)))
def test_every_move_is_in_the_table_or_refused_in_words(state: SwapState, event: SwapEvent) -> None:
    if (state, event) in MOVES:
        assert moved(state, event) is MOVES[state, event]
        return
    with pytest.raises(IllegalMove) as refused:
        moved(state, event)
    assert refused.value.detail == OVER[state]


def test_what_is_over_stays_over() -> None:
    assert {state for state, _event in MOVES} == set(OPEN_SWAP_STATES)
    assert MOVES[SwapState.AGREED, SwapEvent.DECLINE] is SwapState.DECLINED
    assert (SwapState.ASKED, SwapEvent.CONFIRM) not in MOVES  # never over the colleague's head


def test_only_what_is_newly_open_is_a_loss() -> None:
    night = span(0, 10)
    assert newly_open([night], [night], night) == []
    assert newly_open([night], [span(0, 4), span(8, 10)], night) == [span(4, 8)]
    # nobody was there before either
    assert newly_open([span(0, 4)], [], night) == [span(0, 4)]
    assert newly_open([], [], night) == []
    assert newly_open([span(-5, 20)], [span(-5, 3)], night) == [span(3, 10)]
