"""One call a second for each account: who presses call at the same moment is dialled in turn."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from sqlalchemy import select

from callassist.models import CallAttempt
from tests.web.pages.stage import ANN, BEN, BOTH, OWNER, Stage


def test_three_who_press_call_at_once_are_dialled_second_by_second(stage: Stage) -> None:
    operators = {"Ann": ANN, "Ben": BEN, "Zoe": BOTH}
    signed_in = {name: stage.sign_in(email) for name, email in operators.items()}
    for browser in signed_in.values():
        stage.available(browser)
    stage.more_homes(2, calls=True)
    stage.call_about_home(stage.sign_in(OWNER))
    for name, browser in signed_in.items():
        task = stage.task_of(name).public_id
        browser.post(f"/desk/tasks/{task}/accept")
        stage.world.clock.advance(seconds=0.01)
        browser.post(f"/desk/tasks/{task}/dial")
    stage.world.pass_time(seconds=4, step=timedelta(seconds=0.25))
    with stage.world.service.sessions.read() as session:
        attempts = session.scalars(select(CallAttempt).order_by(CallAttempt.requested_at)).all()
    dialled = [one.dial_at for one in attempts if one.dial_at is not None]
    assert len(dialled) == len(attempts) == 3
    assert dialled == sorted(dialled)
    for earlier, later in pairwise(dialled):
        assert timedelta(seconds=1) <= later - earlier <= timedelta(seconds=1.5)
