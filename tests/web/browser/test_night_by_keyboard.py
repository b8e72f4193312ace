"""What a night asks for beside calls, without a mouse: declining, taking, handing over, its end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from callassist.models import ShiftNote
from tests.web.browser.live_page import Site, live_site
from tests.web.browser.test_desk import GUEST, a_call, at_the_desk, is_live, ready
from tests.web.pages.stage import ANN, Stage

pytestmark = pytest.mark.browser


@pytest.fixture
def site(stage: Stage) -> Iterator[Site]:
    with live_site(stage) as made:
        yield made


def notes(stage: Stage) -> list[str]:
    with stage.world.service.sessions.read() as session:
        return [note.text for note in session.query(ShiftNote)]


def test_offers_breaks_and_the_end_of_a_shift_without_a_mouse(browser: Browser, site: Site) -> None:
    page = at_the_desk(browser, site, ANN)
    ready(page)
    page.keyboard.press("b")
    is_live(page)
    a_call(site)
    expect(page.get_by_text("A call for you")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")  # on the first reason
    expect(page.get_by_text("Declined.")).to_be_visible()
    ready(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=GUEST, level=1)).to_be_focused()
    ready(page)
    page.keyboard.press("h")
    expect(page.get_by_label("To somebody who speaks")).to_be_focused()
    page.keyboard.press("f")  # French
    for _field in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Handed over: the call is in French now.")).to_be_visible()
    ready(page)
    page.keyboard.press("b")
    expect(page.get_by_text("You are on a break.")).to_be_visible()
    page.get_by_role("link", name="End of shift").press("Enter")
    note = page.get_by_label("What should the next person know?")
    expect(note).to_be_focused()
    page.keyboard.type("One call waits for French.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your shift has ended. Good night.")).to_be_visible()
    assert notes(site.stage) == ["One call waits for French."]
