"""One call a second for each account: who presses call at the same moment is dialled in turn."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from sqlalchemy import select

from callassist.models import CallAttempt
from tests.web.pages.browser import Browser, words_of
from tests.web.pages.stage import ANN, BEN, BOTH, OWNER, Stage
from tests.web.pages.test_board import chief

OPERATORS = {"Ann": ANN, "Ben": BEN, "Zoe": BOTH}


def test_three_who_press_call_at_once_are_dialled_second_by_second(stage: Stage) -> None:
    signed_in = {name: stage.sign_in(email) for name, email in OPERATORS.items()}
    everybody_presses_call(stage, signed_in)
    stage.world.pass_time(seconds=4, step=timedelta(seconds=0.25))
    with stage.world.service.sessions.read() as session:
        attempts = session.scalars(select(CallAttempt).order_by(CallAttempt.requested_at)).all()
    dialled = [one.dial_at for one in attempts if one.dial_at is not None]
    assert len(dialled) == len(attempts) == 3
    assert dialled == sorted(dialled)
    for earlier, later in pairwise(dialled):
        assert timedelta(seconds=1) <= later - earlier <= timedelta(seconds=1.5)


def test_who_waits_for_their_turn_sees_it_and_so_does_the_board(stage: Stage) -> None:
    signed_in = {name: stage.sign_in(email) for name, email in OPERATORS.items()}
    sue = chief(stage)
    tasks = everybody_presses_call(stage, signed_in)
    seen = {name: signed_in[name].page(f"/desk/tasks/{task}") for name, task in tasks.items()}
    assert ["Waiting for its turn" in page for page in seen.values()] == [False, True, True]
    assert words_of(sue.page("/board/now")).count("waits for its turn to be dialled") == 3
    stage.world.pass_time(seconds=4, step=timedelta(seconds=0.25))
    assert "Waiting for its turn" not in signed_in["Zoe"].page(f"/desk/tasks/{tasks['Zoe']}")
    assert "be dialled" not in words_of(sue.page("/board/now"))


def everybody_presses_call(stage: Stage, signed_in: dict[str, Browser]) -> dict[str, str]:
    """One after the other, within a moment; the call of each."""
    for browser in signed_in.values():
        stage.available(browser)
    stage.more_homes(2, calls=True)
    stage.call_about_home(stage.sign_in(OWNER))
    tasks = {name: stage.task_of(name).public_id for name in signed_in}
    for name, task in tasks.items():
        signed_in[name].post(f"/desk/tasks/{task}/accept")
        stage.world.clock.advance(seconds=0.01)
        signed_in[name].post(f"/desk/tasks/{task}/dial")
    return tasks
