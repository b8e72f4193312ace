"""Every screen in Chromium: accessible, nothing wider than the window, nothing in the console.

Three views of each: a desk screen, a phone in French and in the dark, and the narrowest window.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.web.browser.live_page import live_site
from tests.web.browser.looking import DESKTOP, NARROW, PHONE, View, faults_of, look
from tests.web.pages import browser as plain
from tests.web.pages.stage import Stage
from tests.web.screens import people, played, screens

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

ROLES = ("owner", "operator", "supervisor", "administrator", "visitor")
# A ringing desk asks for a gesture else.
CHROMIUM_FLAGS = ("--autoplay-policy=no-user-gesture-required",)
VIEWS = (
    View(language="en", theme="light", width=DESKTOP),
    View(language="fr", theme="dark", width=PHONE),
    View(language="en", theme="light", width=NARROW, with_axe=False),
)


@pytest.mark.parametrize("who", ROLES)
def test_every_screen_can_be_used_by_everybody(stage: Stage, browser: Browser, who: str) -> None:
    with live_site(stage) as site:
        email, starts = list(people(played(stage)).items())[ROLES.index(who)]
        finder = stage.sign_in(email) if email else plain.Browser(stage.world.app)
        found = screens(stage.world.app, finder, starts)
        assert len(found) >= len(starts) - 1
        seen = [
            fault
            for view in VIEWS
            for fault in look(
                browser, site.address, view, found, stage.link(email) if email else None
            )
        ]
    assert seen == []


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
