"""Which results can be saved, when, and how often."""

from __future__ import annotations

import pytest

from callassist.errors import Conflict, InvalidInput
from callassist.escalation import wrap_up
from tests.escalation.night import NO_ANSWER, called


def test_reached_is_refused_for_a_call_that_nobody_answered(night):
    home = called(night, guest_numbers=(NO_ANSWER,))
    home.accept()
    home.dial()
    home.call_ends()
    with pytest.raises(InvalidInput, match="nobody was spoken to"):
        home.save("guest_agreed")
    assert home.incident.state == "calling_guest"
    home.save("no_answer")


def test_an_unknown_result_names_those_that_exist(night):
    home = called(night)
    home.accept()
    with pytest.raises(InvalidInput, match="guest_agreed"):
        home.save("fine")


def test_a_result_before_the_call_is_refused(night):
    home = called(night)
    home.accept()
    with pytest.raises(Conflict, match="not dialled yet"):
        home.save("no_answer")


def test_the_same_result_saved_twice_changes_nothing_more(night):
    home = called(night)
    home.accept()
    task_id = home.task_of("Ann")
    home.dial()
    home.call_ends()
    home.save("guest_agreed")
    from_before = home.told()
    with home.sessions.write() as session:
        from_again = wrap_up.save_result(
            session, home.ctx, home.operator_ids["Ann"], task_id, "guest_agreed", home.clock.now()
        )
    assert from_again.state == "completed"
    assert home.told() == from_before
