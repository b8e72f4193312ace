"""Every screen in Chromium: accessible, nothing wider than the window, nothing in the console.

Three views of each: a desk screen, a phone in French and in the dark, and the narrowest window;
`scripts/prove screens` looks at all twelve. What several people see alike is looked at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page

from callassist.clock import ManualClock
from tests.databases import SqliteDatabases
from tests.web.browser.live_page import live_site
from tests.web.browser.looking import DESKTOP, NARROW, PHONE, Looker, View, faults_of, look
from tests.web.full_stage import SEATS, FullStage, furnished
from tests.web.pages.stage import Stage
from tests.web.world import World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

# A ringing desk asks for a gesture else.
CHROMIUM_FLAGS = ("--autoplay-policy=no-user-gesture-required",)
VIEWS = (
    View(language="en", theme="light", widths=(DESKTOP, NARROW), axe_at=(DESKTOP,)),
    View(language="fr", theme="dark", widths=(PHONE,), axe_at=(PHONE,)),
)
EVENING = datetime(2026, 6, 13, 20, tzinfo=UTC)


@dataclass(frozen=True)
class Shown:
    """A furnished stage behind a port, and which screens of it each person looks at."""

    full: FullStage
    screens: dict[str, dict[str, str]]
    address: str


@pytest.fixture(scope="module")
def shown(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shown]:
    """Made once: looking changes nothing."""
    folder = tmp_path_factory.mktemp("screens")
    world = World(sqlite_databases.create(folder), folder, ManualClock(EVENING))
    stage = Stage(world)
    with live_site(stage) as site:
        full = furnished(stage)
        yield Shown(full, full.screens_once(), site.address)
    world.close()


@pytest.mark.parametrize("who", SEATS)
def test_every_screen_can_be_used_by_everybody(shown: Shown, browser: Browser, who: str) -> None:
    assert shown.screens[who]
    assert [
        fault
        for number, view in enumerate(VIEWS)
        for fault in look(
            Looker(browser=browser, address=shown.address, **shown.full.way_in(who, number)),
            view,
            shown.screens[who],
        )
    ] == []


def test_the_check_finds_what_is_wrong(browser: Browser) -> None:
    """A page with planted faults: the check of the test above can fail."""
    page: Page = browser.new_page(viewport={"width": NARROW, "height": 700})
    page.set_content(
        '<html lang="en"><head><title>Planted</title></head><body><main><h1>Planted</h1>'
        '<img src="data:,"><button></button><p style="color:#bbb;background:#fff">pale</p>'
        '<div style="width:900px">wide</div></main></body></html>'
    )
    found = " ".join(faults_of(page, "planted", with_axe=True))
    for planted in ("image-alt", "button-name", "color-contrast", "wider than the window"):
        assert planted in found
