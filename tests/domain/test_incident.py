"""The incident's table: each pair is a move or a named refusal, and every state has a way out."""

from __future__ import annotations

from itertools import product

import pytest

from callassist.domain.incident import (
    FIRST_CONTACT,
    MOVES,
    IncidentEvent,
    IncidentState,
    Resolution,
    move,
)
from callassist.errors import IllegalMove

OPEN = [state for state in IncidentState if state is not IncidentState.CLOSED]
PAIRS = list(product(IncidentState, IncidentEvent))
# events that come by themselves, with no person doing anything
BY_ITSELF = {
    IncidentEvent.NOISE_ENDED,
    IncidentEvent.FOLLOW_UP_OVER,
    IncidentEvent.HOST_EXHAUSTED,
    IncidentEvent.CALL_HOST,
    IncidentEvent.CALL_GUEST,
}


def reachable(events: set[IncidentEvent], start: IncidentState) -> set[IncidentState]:
    """Every state that `events` alone can lead to."""
    found = {start}
    while (
        more := {
            made.to for (state, event), made in MOVES.items() if state in found and event in events
        }
        - found
    ):
        found |= more
    return found


@pytest.mark.parametrize(("state", "event"), PAIRS)
def test_each_event_in_each_state_moves_or_is_refused_with_a_reason(state, event):
    if (state, event) in MOVES:
        assert move(state, event) == MOVES[state, event]
        return
    with pytest.raises(IllegalMove) as refused:
        move(state, event)
    said = refused.value.detail
    assert event in said
    assert str(state) in said
    if state is not IncidentState.CLOSED:
        assert len(said.partition(": ")[2]) > 10


@pytest.mark.parametrize("event", IncidentEvent)
def test_a_closed_incident_never_moves_again(event):
    with pytest.raises(IllegalMove, match="the incident is closed"):
        move(IncidentState.CLOSED, event)


@pytest.mark.parametrize("state", OPEN)
def test_every_open_state_ends_by_itself(state):
    assert IncidentState.CLOSED in reachable(BY_ITSELF, state)


@pytest.mark.parametrize("state", IncidentState)
def test_every_state_can_be_reached(state):
    assert state in reachable(set(IncidentEvent), IncidentState.WATCHING)


def test_calls_never_go_back_from_the_host_to_the_guest_nor_to_watching():
    back = {
        (before, made.to)
        for (before, _), made in MOVES.items()
        if list(IncidentState).index(made.to) <= list(IncidentState).index(before)
    }
    assert back == set()


def test_closing_says_how_and_nothing_else_does():
    for (state, event), made in MOVES.items():
        closes = made.to is IncidentState.CLOSED
        assert (made.resolution is not None) == (closes and made is not FIRST_CONTACT), event
        if made is FIRST_CONTACT:
            assert state is IncidentState.FOLLOWING_UP


def test_every_resolution_can_be_reached():
    said = {made.resolution for made in MOVES.values() if made.resolution is not None}
    by_first_contact = {Resolution.GUEST_REACHED, Resolution.HOST_REACHED}
    assert said | by_first_contact == set(Resolution)
    assert not said & by_first_contact


@pytest.mark.parametrize("event", [IncidentEvent.TAKE_OVER, IncidentEvent.CANCEL])
@pytest.mark.parametrize("state", OPEN)
def test_the_host_can_end_it_at_any_moment(state, event):
    assert move(state, event).to is IncidentState.CLOSED


@pytest.mark.parametrize("state", [each for each in OPEN if each is not IncidentState.WATCHING])
def test_a_lost_sensor_stops_nothing_once_a_call_was_requested(state):
    with pytest.raises(IllegalMove, match="silence of the sensor does not stop it"):
        move(state, IncidentEvent.SENSOR_LOST)


def test_who_was_reached_is_never_called_missed():
    with pytest.raises(IllegalMove, match="a person was reached already"):
        move(IncidentState.FOLLOWING_UP, IncidentEvent.MISS)
