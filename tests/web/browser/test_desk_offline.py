"""The desk while it cannot be reached: what is typed and chosen stays, and the page says so."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browser.live_page import Site, live_site
from tests.web.browser.test_desk import (
    a_call,
    at_the_desk,
    is_live,
    ready,
    until_the_call_has_ended,
)
from tests.web.pages.stage import ANN, Stage

pytestmark = pytest.mark.browser

NO_GESTURE_YET = """
Object.defineProperty(navigator, "userActivation", { value: { hasBeenActive: false } });
"""
SLOWLY = 40_000  # milliseconds until three tries to come back have failed


@pytest.fixture
def site(stage: Stage) -> Iterator[Site]:
    with live_site(stage) as made:
        yield made


def with_a_call(browser: Browser, site: Site) -> Page:
    """Ann has taken a call."""
    page = at_the_desk(browser, site, ANN)
    page.get_by_role("button", name="Go available").first.click()
    page.goto(f"/desk/tasks/{a_call(site)}")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("button", name="Call the guest")).to_be_visible()
    ready(page)
    return page


def in_a_call(browser: Browser, site: Site) -> Page:
    """Ann has taken a call and dials."""
    page = with_a_call(browser, site)
    page.get_by_role("button", name="Call the guest").click()
    expect(page.get_by_text("Dialling …")).to_be_visible()
    return page


def after_the_call(browser: Browser, site: Site) -> Page:
    page = in_a_call(browser, site)
    until_the_call_has_ended(site)
    page.reload()
    ready(page)
    is_live(page)
    return page


def kept(page: Page) -> list[str]:
    """What this browser keeps of calls."""
    found: list[str] = page.evaluate(
        "Object.keys(sessionStorage).filter((key) => /^call-assist\\.(note|result)/.test(key))"
    )
    return found


def test_a_result_saved_while_the_desk_is_away_is_sent_when_it_is_back(
    browser: Browser, site: Site
) -> None:
    page = after_the_call(browser, site)
    site.stop()
    page.keyboard.press("1")
    page.keyboard.press("n")
    page.keyboard.type("window shut")
    page.keyboard.press("Control+Enter")
    waiting = page.locator("[data-result-state]")
    expect(waiting).to_contain_text("“Agreed to turn it down” and your note are kept")
    expect(page.get_by_text("What to say")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("2")  # a second thought
    expect(waiting).to_contain_text("“Refused”")
    page.keyboard.press("1")
    site.start()
    expect(page.get_by_text("Saved: Agreed to turn it down.")).to_be_visible(timeout=SLOWLY)
    task = site.stage.task()
    assert (task.result, task.note) == ("guest_agreed", "window shut")
    ready(page)
    assert kept(page) == []


def test_a_result_is_there_again_after_a_page_that_did_not_load(
    browser: Browser, site: Site
) -> None:
    page = after_the_call(browser, site)
    site.stop()
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-result-state]")).to_be_visible()
    site.start()
    page.reload()
    ready(page)
    assert site.stage.task().state in ("wrapping_up", "completed")
    if site.stage.task().state == "wrapping_up":
        expect(page.locator('input[value="guest_refused"]')).to_be_checked()


def test_buttons_that_need_the_desk_wait_kindly_and_the_script_stays(
    browser: Browser, site: Site
) -> None:
    page = in_a_call(browser, site)
    is_live(page)
    site.stop()
    expect(page.locator("#live-state")).to_have_attribute("data-state", "offline", timeout=SLOWLY)
    expect(page.get_by_text("The desk cannot be reached. The script stays.")).to_be_visible()
    button = page.locator(".call-bar button[data-needs-server]").first
    expect(button).to_have_attribute("aria-disabled", "true")
    here = page.url
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#desk-say")).to_have_text("Not possible while offline")
    expect(button).to_be_focused()
    assert page.url == here
    page.get_by_text("Won’t listen").or_(page.locator(".branch summary").first).first.click()
    expect(page.locator(".branch[open] .branch-words").first).to_be_visible()
    site.start()
    expect(button).not_to_have_attribute("aria-disabled", "true", timeout=SLOWLY)
    expect(page.locator("#desk-trouble")).to_be_hidden()


def test_to_call_while_the_desk_is_away_says_so_and_leaves_the_page_as_it_is(
    browser: Browser, site: Site
) -> None:
    page = with_a_call(browser, site)
    is_live(page)
    site.stop()
    page.keyboard.press("c")
    expect(page.get_by_text("The desk cannot be reached. The script stays.")).to_be_visible()
    expect(page.get_by_text("What to say")).to_be_visible()
    site.start()
    is_live(page)
    expect(page.locator("#desk-trouble")).to_be_hidden()
    page.keyboard.press("c")
    expect(page.get_by_text("Dialling …")).to_be_visible()


def test_a_result_chosen_from_a_card_is_told_before_the_call_has_ended(
    browser: Browser, site: Site
) -> None:
    page = in_a_call(browser, site)
    page.locator(".branch summary", has_text=re.compile("Voicemail")).first.click()
    page.get_by_role("button", name="Result: Voicemail").first.click()
    expect(page.get_by_text("“Voicemail” is chosen as soon as the call has ended.")).to_be_visible()


def test_the_first_click_is_heard_though_the_hint_about_sound_goes_away_with_it(
    browser: Browser, site: Site
) -> None:
    page = at_the_desk(browser, site, ANN)
    # what drives the browser counts as a gesture now and then, each time it asks the page
    page.add_init_script(NO_GESTURE_YET)
    page.goto("/desk")
    ready(page)
    hint = page.locator("#desk-trouble")
    expect(hint).to_be_hidden()  # nothing rings for who is offline
    page.get_by_role("button", name="Go available").click()
    ready(page)
    page.evaluate("sessionStorage.clear()")  # that click is forgotten, as in a new tab
    page.goto("/desk")
    ready(page)
    expect(hint).to_be_visible()
    page.get_by_role("link", name="Checks").click()
    expect(page).to_have_url(re.compile("/desk/start$"))
