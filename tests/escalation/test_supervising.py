"""A supervisor may move calls and people, but never tear a call out of a conversation."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callassist.domain.viewer import Role, Viewer
from callassist.errors import Conflict, Forbidden, InvalidInput, NotFound
from callassist.escalation import supervising
from callassist.models import Intervention, Operator
from tests.escalation.night import NO_ANSWER

TWO = {"Ann": ("en",), "Ben": ("en", "fr")}


def waiting(night, **fields):
    """A call waits, and nobody is available."""
    home = night(operators=TWO, **fields)
    home.noise_for_30_minutes()
    return home


def chief(home, role=Role.SUPERVISOR):
    return Viewer(name="chief", desk_roles={home.desk_id: frozenset({role})})


def operator_id(home, name):
    with home.sessions.read() as session:
        return session.scalars(select(Operator.id).where(Operator.desk_name == name)).one()


def do(home, act, *arguments, viewer=None, reason="urgent"):
    with home.sessions.write() as session:
        seen = viewer or chief(home)
        act(session, home.ctx, seen, *arguments, reason, home.clock.now())
    home.run()


def notes(home):
    with home.sessions.read() as session:
        return [(each.kind, each.reason) for each in session.scalars(select(Intervention))]


def test_a_waiting_call_is_offered_to_the_operator_whom_the_supervisor_chose(night):
    home = waiting(night)
    home.available("Ann")
    home.decline("Ann")
    home.choose("Ann", "break")
    home.available("Ann")
    do(home, supervising.assign, home.tasks()[0].id, operator_id(home, "Ann"))
    assert home.presence("Ann") == "offered"
    assert home.tasks()[0].state == "offered"
    assert notes(home) == [("assigned", "urgent")]


def test_somebody_who_is_not_available_gets_no_call(night):
    home = waiting(night)
    with pytest.raises(Conflict, match="Ben is not available"):
        do(home, supervising.assign, home.tasks()[0].id, operator_id(home, "Ben"))
    assert home.tasks()[0].state == "pending"
    assert notes(home) == []


def test_a_call_that_a_colleague_has_is_not_assigned_twice(night):
    home = waiting(night)
    home.available("Ann")
    home.accept("Ann")
    home.available("Ben")
    with pytest.raises(Conflict, match="already taken by Ann"):
        do(home, supervising.assign, home.tasks()[0].id, operator_id(home, "Ben"))


def test_a_retry_that_is_not_due_is_not_assigned(night):
    home = waiting(night, guest_numbers=(NO_ANSWER,))
    home.available("Ann")
    home.work("no_answer", "Ann")
    with pytest.raises(Conflict, match=r"due in [1-5]:\d\d min, not before"):
        do(home, supervising.assign, home.tasks()[-1].id, operator_id(home, "Ann"))


def test_an_offer_is_taken_back_and_goes_to_the_next(night):
    home = waiting(night)
    home.available("Ann")
    assert home.presence("Ann") == "offered"
    do(home, supervising.take_back, home.tasks()[0].id, reason="shift_change")
    assert home.tasks()[0].state in ("pending", "offered")
    assert notes(home) == [("taken_back", "shift_change")]


def test_a_call_taken_but_not_dialled_goes_back_into_the_queue(night):
    home = waiting(night)
    home.available("Ben")
    home.accept("Ben")
    home.choose("Ann", "offline")
    do(home, supervising.take_back, home.tasks()[0].id, reason="not_responding")
    assert "task_returned" in home.log()
    assert home.findings() == []


def test_a_call_that_is_being_dialled_stays_where_it_is(night):
    home = waiting(night, guest_numbers=("+12025550190",))
    home.available("Ann")
    home.accept("Ann")
    home.dial("Ann")
    with pytest.raises(Conflict, match="being dialled"):
        do(home, supervising.take_back, home.tasks()[0].id)


def test_a_wrap_up_that_nobody_finishes_is_ended_with_the_networks_fact(night):
    home = waiting(night, guest_numbers=(NO_ANSWER,))
    home.available("Ann")
    home.accept("Ann")
    home.dial("Ann")
    home.call_ends("Ann")
    do(home, supervising.finish_wrap_up, home.tasks()[0].id, reason="not_responding")
    assert home.tasks()[0].state == "completed"
    assert len(home.tasks()) == 2, "the second attempt is queued"
    with pytest.raises(Conflict, match="no wrap-up"):
        do(home, supervising.finish_wrap_up, home.tasks()[0].id)


def test_a_status_is_set_with_a_reason_but_not_during_a_call(night):
    home = waiting(night)
    home.available("Ann")
    home.accept("Ann")
    do(home, supervising.set_status, operator_id(home, "Ben"), "break", reason="training")
    assert home.presence("Ben") == "break"
    with pytest.raises(Conflict):
        do(home, supervising.set_status, operator_id(home, "Ann"), "offline")
    with pytest.raises(InvalidInput, match="say why"):
        do(home, supervising.set_status, operator_id(home, "Ben"), "break", reason="")
    assert notes(home) == [("status_set", "training")]


def test_an_operator_is_no_supervisor_and_a_stranger_sees_no_call(night):
    home = waiting(night)
    task = home.tasks()[0].id
    with pytest.raises(Forbidden):
        do(home, supervising.take_back, task, viewer=chief(home, Role.OPERATOR))
    with pytest.raises(NotFound):
        do(home, supervising.take_back, task, viewer=Viewer(name="stranger"))
