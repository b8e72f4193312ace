"""Clocks on pages: drawn by the browser, which is told how far from UTC they are and how fast."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from callassist.accounts.people import add_person
from callassist.domain.viewer import Role
from tests.web.pages.browser import Browser
from tests.web.pages.stage import ANN, OWNER, Stage

_CLOCK = re.compile(r'datetime="([^"]+)" data-clock="(-?\d+)"(?: data-rate="([\d.]+)")?>')


def clocks(page: str) -> list[tuple[str, ...]]:
    return _CLOCK.findall(page)


def test_a_home_shows_the_time_there(stage: Stage) -> None:
    ahead = stage.world.clock.now().astimezone(ZoneInfo("Europe/Paris")).utcoffset()
    assert ahead is not None
    [(_, shown, rate)] = clocks(stage.sign_in(OWNER).page(f"/homes/{stage.home_id}"))
    assert int(shown) == ahead.total_seconds() / 60
    assert rate == ""  # the stream of the page says it


def test_an_operator_is_not_told_where_the_clock_stands(stage: Stage) -> None:
    ann = stage.sign_in(ANN)
    stage.available(ann)
    stage.call_about_home(stage.sign_in(OWNER))
    page = ann.page(f"/desk/tasks/{stage.task().public_id}")
    assert len(clocks(page)) == 1
    assert "Europe/" not in page


def test_the_wallboard_says_how_fast_its_clock_runs_with_each_look(stage: Stage) -> None:
    now = stage.world.clock.now()
    with stage.world.service.sessions.write() as session:
        add_person(
            session, "sue@example.com", Role.SUPERVISOR, now=now, desk=stage.desk, name="Sue"
        )
    chief = stage.sign_in("sue@example.com")
    made = chief.post("/board/links", kind="wall").text
    found = re.search(r"/wall/[\w-]+", made)
    assert found is not None
    for browser, path in ((chief, "/board/wall"), (Browser(stage.world.app), found[0])):
        for part in (path, f"{path}/now"):
            [(at, _, rate)] = clocks(browser.page(part))
            assert at == stage.world.clock.now().isoformat()
            assert float(rate) == 1
    assert "live.js" in chief.page("/board/wall")  # another pace is told at once
    assert "live.js" not in Browser(stage.world.app).page(found[0])
