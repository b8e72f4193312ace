"""The call task's table: each pair is a move or a named refusal, and nothing waits for ever."""

from __future__ import annotations

from itertools import product

import pytest

from callassist.domain.call_task import MOVES, OPEN_TASK_STATES, TaskEvent, TaskState, move
from callassist.errors import IllegalMove

OVER = (TaskState.COMPLETED, TaskState.CANCELLED)


@pytest.mark.parametrize(("state", "event"), list(product(TaskState, TaskEvent)))
def test_each_event_in_each_state_moves_or_is_refused_by_name(state, event):
    if (state, event) in MOVES:
        assert move(state, event) is MOVES[state, event]
        return
    with pytest.raises(IllegalMove, match=f"a call task that is {state} cannot {event}"):
        move(state, event)


def test_every_state_is_open_or_over():
    assert set(OPEN_TASK_STATES) | set(OVER) == set(TaskState)
    assert not set(OPEN_TASK_STATES) & set(OVER)


@pytest.mark.parametrize("state", OPEN_TASK_STATES)
def test_every_open_task_can_be_cancelled_and_can_end(state):
    assert move(state, TaskEvent.CANCEL) is TaskState.CANCELLED


@pytest.mark.parametrize("state", OVER)
@pytest.mark.parametrize("event", TaskEvent)
def test_a_task_that_is_over_never_moves(state, event):
    with pytest.raises(IllegalMove):
        move(state, event)


@pytest.mark.parametrize("event", TaskEvent)
def test_every_event_is_legal_somewhere(event):
    assert any(event is of for _, of in MOVES)


@pytest.mark.parametrize("state", [each for each in TaskState if each is not TaskState.PENDING])
def test_every_state_is_led_to(state):
    assert state in MOVES.values()


def test_an_offered_task_cannot_be_pulled_by_another():
    with pytest.raises(IllegalMove):
        move(TaskState.OFFERED, TaskEvent.PULL)


def test_only_taken_work_is_dialled_and_ends_in_a_wrap_up():
    before = {state for (state, event) in MOVES if event is TaskEvent.CALL_ENDED}
    assert before == {TaskState.ASSIGNED}
    assert move(TaskState.ASSIGNED, TaskEvent.CALL_ENDED) is TaskState.WRAPPING_UP
