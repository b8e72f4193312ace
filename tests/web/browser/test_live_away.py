"""Live pages in Chromium while the server is away and something in front answers for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.web.browser.live_page import Site, live_site
from tests.web.browser.test_live import POLLING, sign_in, state_of
from tests.web.pages.stage import Stage

pytestmark = pytest.mark.browser


@pytest.fixture
def site(stage: Stage) -> Iterator[Site]:
    with live_site(stage) as made:
        yield made


class Front:
    """A page of a server that is away: what is in front answers each question by 503."""

    def __init__(self, browser: Browser, site: Site, *, with_clock: bool = False) -> None:
        site.fault = "503"
        context = browser.new_context(base_url=site.address)
        sign_in(context, site.stage)
        self.asked = 0
        self.page: Page = context.new_page()
        if with_clock:
            self.page.clock.install()
        self.page.route("**/try/part", self._refuse)
        self.page.goto("/try")

    def _refuse(self, route: Route) -> None:
        self.asked += 1
        route.fulfill(status=503)


def test_a_server_in_front_is_not_taken_for_ours(browser: Browser, site: Site) -> None:
    page = Front(browser, site).page
    expect(state_of(page)).to_contain_text("Offline since")
    expect(page.locator("#save")).to_have_attribute("aria-disabled", "true")
    page.unroute("**/try/part")
    expect(state_of(page)).to_have_text(POLLING)
    expect(page.locator("#save")).not_to_have_attribute("aria-disabled", "true")


def test_a_server_that_is_away_for_long_is_not_asked_more_and_more(
    browser: Browser, site: Site
) -> None:
    front = Front(browser, site, with_clock=True)
    expect(state_of(front.page)).to_contain_text("Offline since")
    pass_minutes(front.page, 4)
    before = front.asked
    pass_minutes(front.page, 1)
    assert 4 <= front.asked - before <= 15


def pass_minutes(page: Page, minutes: int) -> None:
    """In steps, so that answers come in between."""
    for _ in range(minutes * 30):
        page.clock.run_for(2000)
