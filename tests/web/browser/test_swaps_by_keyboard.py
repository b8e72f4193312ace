"""A shift changes hands without a mouse: asked, agreed and confirmed in three windows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.web.browser.live_page import Site, live_site
from tests.web.browser.test_desk import at_the_desk, is_live
from tests.web.pages.stage import ANN, BEN, Stage
from tests.web.pages.swapping import shift, works
from tests.web.pages.test_board import SUE, chief

pytestmark = pytest.mark.browser


@pytest.fixture
def site(stage: Stage) -> Iterator[Site]:
    with live_site(stage) as made:
        yield made


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """By keyboard, on something that the keyboard reaches."""
    target.focus()
    expect(target).to_be_focused()
    page.keyboard.press(key)


def test_a_shift_changes_hands_without_a_mouse(browser: Browser, site: Site) -> None:
    chief(site.stage)
    mine, his = shift(site.stage, "Ann", 3), shift(site.stage, "Ben", 5)
    ben = at_the_desk(browser, site, BEN, "/desk/shift")
    is_live(ben)
    ann = at_the_desk(browser, site, ANN, "/desk/shift")
    press(ann, ann.get_by_role("link", name="Give away or swap"))
    press(ann, ann.get_by_role("link", name="Ben"))
    nothing = ann.get_by_role("radio").first
    nothing.focus()
    ann.keyboard.press("ArrowDown")  # the other choice: Ben's shift
    expect(ann.get_by_role("radio").nth(1)).to_be_checked()
    press(ann, ann.get_by_label("Why (if you like)"), "a")
    ann.keyboard.press("Enter")
    expect(ann.get_by_text("Ben is asked.")).to_be_visible()

    # Ben's page, open all the while, says so by itself
    agree = ben.get_by_role("button", name="I take the shift")
    expect(agree).to_be_visible()
    press(ben, agree)
    expect(ben.get_by_text("You agreed.")).to_be_visible()

    sue = at_the_desk(browser, site, SUE, "/board/shifts")
    press(sue, sue.get_by_role("button", name="Confirm"))
    if sue.get_by_role("dialog").count():
        sue.keyboard.press("Tab")
        sue.keyboard.press("Enter")
    expect(sue.get_by_text("The swap is on the roster; both are told.")).to_be_visible()
    assert (works(site.stage, mine), works(site.stage, his)) == ("Ben", "Ann")


def test_a_reason_that_is_being_typed_stays_when_the_page_changes(
    browser: Browser, site: Site
) -> None:
    mine = shift(site.stage, "Ann", 3)
    ann, ben = (at_the_desk(browser, site, email, "/desk/shift") for email in (ANN, BEN))
    ann.goto(f"/desk/swaps/of/{mine}")
    ann.get_by_role("link", name="Ben").click()
    ann.get_by_role("button", name="Ask Ben").click()
    decline = ben.locator("summary", has_text="I cannot")
    expect(decline).to_be_visible()
    decline.click()
    ben.get_by_label("Why (if you like; Ann reads it)").fill("I am away, ")
    shift(site.stage, "Ben", 9)  # the roster changes, and with it this part of the page
    expect(ben.get_by_text("Monday 22 June").first).to_be_visible()
    field = ben.get_by_label("Why (if you like; Ann reads it)")
    expect(field).to_have_value("I am away, ")
    field.press_sequentially("sorry")
    ben.get_by_role("button", name="Decline").click()
    expect(ben.get_by_text("Declined. Nothing changes for you.")).to_be_visible()
    expect(ann.get_by_text("I am away, sorry")).to_be_visible()
