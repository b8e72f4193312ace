"""Breaks: noted, counted against what is allowed, planned by supervisors, seen by them."""

from __future__ import annotations

from sqlalchemy import select

from callassist.models import BreakTaken, PlannedBreak, Shift
from tests.web.pages.browser import words_of
from tests.web.pages.stage import ANN, Stage, local
from tests.web.pages.test_board import chief, operator, rows


def shift_of(stage: Stage, name: str) -> Shift:
    with stage.world.service.sessions.read() as session:
        query = select(Shift).where(Shift.operator_id == operator(stage, name).id)
        return session.scalars(query).one()


def is_planned(stage: Stage) -> bool:
    with stage.world.service.sessions.read() as session:
        return session.scalars(select(PlannedBreak)).first() is not None


def test_a_break_is_counted_and_its_rest_is_shown(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    stage.available(ann)
    ann.post("/desk/presence", state="break")
    stage.world.pass_time(seconds=50)
    assert "Left of your break:" in ann.page("/desk")
    assert "Left of your break:" in ann.page("/desk/break")
    ann.post("/desk/presence", state="available")
    taken = rows(stage, BreakTaken)
    assert len(taken) == 1
    assert taken[0].ends_at is not None
    assert "Left of your break:" not in ann.page("/desk")
    # 21 hours of shift: half an hour in each begun six
    assert "119 min left of 120 min" in words_of(ann.page("/desk/shift"))


def test_an_operator_who_vanishes_in_a_break_ends_it(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    ann.post("/desk/presence", state="break")
    stage.world.pass_time(minutes=3)
    assert [one.ends_at is None for one in rows(stage, BreakTaken)] == [False]


def test_a_supervisor_plans_a_break_and_the_operator_sees_it(stage: Stage) -> None:
    sue, ann, shift = chief(stage), stage.sign_in(ANN), shift_of(stage, "Ann")
    path = f"/board/shifts/{shift.public_id}"
    fields = {"starts_at": local(shift.starts_at), "ends_at": local(shift.ends_at)}
    answer = sue.post(path, **fields, break_at="2026-06-14T02:00", break_minutes="45")
    assert answer.status_code == 302, answer.text
    page = words_of(ann.page("/desk/shift"))
    assert "Planned: 02:00 – 02:45" in page
    assert "45 min left of 45 min" in page
    assert 'value="2026-06-14T02:00"' in sue.page(path)
    sue.post(path, **fields, break_at="", break_minutes="45")
    assert not is_planned(stage)


def test_a_planned_break_outside_the_shift_is_refused_and_kept_in_the_form(stage: Stage) -> None:
    sue, shift = chief(stage), shift_of(stage, "Ann")
    path = f"/board/shifts/{shift.public_id}"
    fields = {"starts_at": local(shift.starts_at), "ends_at": local(shift.ends_at)}
    for typed in ({"break_at": "2026-06-20T02:00"}, {"break_at": local(shift.starts_at)}):
        answer = sue.post(path, **fields, **typed, break_minutes="500")
        assert answer.status_code == 422
        assert f'value="{typed["break_at"]}"' in answer.text
    assert not is_planned(stage)


def test_a_supervisor_sees_who_is_on_a_break_and_since_when(stage: Stage) -> None:
    sue, ann = chief(stage), stage.sign_in(ANN)
    ann.post("/desk/presence", state="break")
    assert "on a break since 22:00" in words_of(sue.page("/board"))
