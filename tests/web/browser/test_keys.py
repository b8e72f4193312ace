"""The portal's keys in Chromium: they lead to pages, and never while somebody types."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browser.live_page import Site, live_site
from tests.web.browser.test_desk import at_the_desk
from tests.web.pages.stage import OWNER, Stage

pytestmark = pytest.mark.browser


@pytest.fixture
def site(stage: Stage) -> Iterator[Site]:
    with live_site(stage) as made:
        yield made


@pytest.fixture
def page(browser: Browser, site: Site) -> Page:
    return at_the_desk(browser, site, OWNER, "/account")


def where(page: Page, path: str) -> None:
    page.wait_for_url(f"**{path}", wait_until="load")


def test_keys_lead_to_the_pages_they_are_listed_with(page: Page) -> None:
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(dialog).to_be_visible()  # a dialog keeps its keys to itself
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    for key, path in (("p", "/homes"), ("i", "/incidents"), ("h", "/")):
        page.keyboard.press("g")
        page.keyboard.press(key)
        where(page, path)


def test_keys_rest_while_somebody_types_and_with_other_keys_held(page: Page) -> None:
    name = page.get_by_label("Name", exact=False).first
    name.fill("")
    name.press_sequentially("gp?")
    expect(name).to_have_value("gp?")
    expect(page.locator("#portal-keys")).to_be_hidden()
    name.blur()
    page.keyboard.press("Control+g")
    page.keyboard.press("p")
    page.keyboard.press("g")
    page.keyboard.press("x")
    page.keyboard.press("p")
    assert page.url.endswith("/account")


def test_keys_that_are_switched_off_do_nothing_until_they_are_switched_on(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_role("button", name="Switch keys off").click()
    expect(page.get_by_text("Keys are off.").first).to_be_visible()
    page.wait_for_load_state("load")
    page.keyboard.press("?")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page.locator("#portal-keys")).to_be_hidden()
    page.locator("summary", has=page.locator(".avatar")).click()
    page.get_by_role("button", name="Keys", exact=True).click()
    page.get_by_role("button", name="Switch keys on").click()
    expect(page.get_by_text("Keys are on.").first).to_be_visible()
    page.wait_for_load_state("load")
    page.keyboard.press("g")
    page.keyboard.press("p")
    where(page, "/homes")


def test_every_home_of_the_page_is_picked_by_one_button(page: Page, site: Site) -> None:
    site.stage.more_homes(2)
    page.goto("/homes")
    page.get_by_role("button", name="Pick all on this page").click()
    expect(page.locator("input[name=home]:checked")).to_have_count(3)
    page.get_by_role("button", name="See what changes").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("for 3 homes")
