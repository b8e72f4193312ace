"""No screen asks the database once per row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from callassist.accounts.properties import properties
from callassist.escalation import facts_of_many
from callassist.escalation.coverage import coverage_tonight
from callassist.escalation.coverage_of_many import coverages_tonight
from tests.web.pages.browser import Browser
from tests.web.pages.stage import ADMIN, ANN, CHIEF, OWNER, Stage


@contextmanager
def counting(stage: Stage) -> Iterator[list[str]]:
    """The statements that the service's database gets meanwhile."""
    seen: list[str] = []

    def note(connection, cursor, statement, *rest) -> None:
        seen.append(statement)

    engine = stage.world.service.sessions.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def statements(stage: Stage, browser: Browser, path: str) -> int:
    """How many it takes when it was asked just now; what is noted once in a while is left out."""
    return min(_counted(stage, browser, path) for _ in range(3))


def _counted(stage: Stage, browser: Browser, path: str) -> int:
    with counting(stage) as seen:
        browser.page(path)
    return len(seen)


def test_lists_cost_as_much_for_twelve_homes_as_for_three(stage: Stage) -> None:
    people = {email: stage.sign_in(email) for email in (OWNER, ANN, CHIEF)}
    paths = (
        *((OWNER, path) for path in ("/", "/tonight", "/homes", "/rules", "/sensors")),
        (OWNER, "/incidents"),
        (OWNER, "/account/notifications"),
        (ANN, "/desk"),
    )
    stage.more_homes(2, calls=True)
    people[ANN].page("/desk")  # a sign of life is written when the last one is some seconds old
    before = [statements(stage, people[email], path) for email, path in paths]
    stage.more_homes(9, calls=True)
    people[ANN].page("/desk")
    after = [statements(stage, people[email], path) for email, path in paths]
    assert after == before


def test_the_bar_of_a_call_asks_for_what_it_shows_and_not_for_the_page(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    stage.available(ann)
    stage.call_about_home(stage.sign_in(OWNER))
    page = f"/desk/tasks/{stage.task().public_id}"
    for _ in range(2):  # offered, then taken
        bar = ann.page(f"{page}/call")
        assert bar in ann.page(page)
        assert statements(stage, ann, f"{page}/call") <= statements(stage, ann, page) - 5
        ann.post(f"{page}/accept")


@pytest.mark.parametrize("many", [0, 50], ids=["asked for by account", "asked for one by one"])
def test_coverage_of_a_list_says_what_each_home_says(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(facts_of_many, "_MANY", many)
    stage.hears(50)
    stage.pair()
    stage.more_homes(3)
    world = stage.world
    for hours in (0, 5, 30, 100):
        now = world.clock.now() + timedelta(hours=hours)
        with world.service.sessions.read() as session:
            homes = properties(session, ADMIN)
            around = world.service.surroundings
            found = coverages_tonight(session, ADMIN, homes[1:], around, now)
            each = {
                home.id: coverage_tonight(session, ADMIN, home, around, now) for home in homes[1:]
            }
        assert found == each
