"""Keys pressed after a page of the desk is there and before its scripts listen."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import func, select

from callassist.models import CallAttempt
from tests.web.browser.live_page import Site, live_site
from tests.web.browser.test_desk import a_call, at_the_desk, ready
from tests.web.pages.stage import ANN, Stage

pytestmark = pytest.mark.browser


@pytest.fixture
def site(stage: Stage) -> Iterator[Site]:
    with live_site(stage) as made:
        yield made


class Slow:
    """A call that Ann has just accepted, on a line over which the desk's script takes its time."""

    def __init__(self, browser: Browser, site: Site, *, unseen: bool = False) -> None:
        self._held: list[Route] = []
        self._is_slow = True
        self.page = at_the_desk(browser, site, ANN)
        self.page.get_by_role("button", name="Go available").first.click()
        if unseen:
            self.page.add_init_script("performance.getEntriesByType = () => []")
        self.page.goto(f"/desk/tasks/{a_call(site)}")
        ready(self.page)
        self.page.route(re.compile(r"/js/desk\.js$"), self._hold)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("button", name="Call the guest")).to_be_visible()
        if not unseen:
            self.page.wait_for_function("performance.getEntriesByType('paint').length")

    def press(self, *keys: str) -> Page:
        """Press keys while nobody listens, then let the script come."""
        for key in keys:
            self.page.keyboard.press(key)
        expect(self.page.locator("#desk[data-ready]")).to_have_count(0)
        self._is_slow = False
        for route in self._held:
            route.continue_()
        return self.page

    def _hold(self, route: Route) -> None:
        if self._is_slow:
            self._held.append(route)
        else:
            route.continue_()


def dials(site: Site) -> int:
    with site.stage.world.service.sessions.read() as session:
        return session.scalar(select(func.count(CallAttempt.id))) or 0


def test_a_key_pressed_too_early_is_not_lost(browser: Browser, site: Site) -> None:
    page = Slow(browser, site).press("f", "c")
    expect(page.get_by_text("Dialling …")).to_be_visible()


def test_the_script_is_in_the_language_asked_for_too_early(browser: Browser, site: Site) -> None:
    page = Slow(browser, site).press("f")
    expect(page.locator('[data-script="fr"] .script').first).to_be_visible()
    expect(page.locator('[data-script="en"]')).to_be_hidden()


def test_a_key_pressed_before_the_page_was_seen_calls_nobody(browser: Browser, site: Site) -> None:
    page = Slow(browser, site, unseen=True).press("c", "f")
    ready(page)
    expect(page.locator('[data-script="fr"] .script').first).to_be_visible()
    assert dials(site) == 0


def test_what_is_typed_after_going_to_the_note_is_no_key(browser: Browser, site: Site) -> None:
    page = Slow(browser, site).press("n", "c", "Enter")
    expect(page.get_by_label("Note for the host")).to_be_focused()
    ready(page)
    assert dials(site) == 0
