"""The desk goes away in mid-call: the result is chosen without it and saved once it is back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import func, select

from callassist.domain.log_action import LogAction
from callassist.models import IncidentLogEntry
from tests.web.browser.live_page import Site, live_site
from tests.web.browser.test_desk import is_live, ready, until_the_call_has_ended
from tests.web.browser.test_desk_offline import SLOWLY, in_a_call, kept
from tests.web.pages.stage import Stage

pytestmark = pytest.mark.browser


@pytest.fixture
def site(stage: Stage) -> Iterator[Site]:
    with live_site(stage) as made:
        yield made


def cut_off(browser: Browser, site: Site) -> Page:
    """Ann is in a call, and the desk went away; pressing Hang up finds out."""
    page = in_a_call(browser, site)
    ready(page)
    is_live(page)
    site.stop()
    page.get_by_role("button", name="Hang up").click()
    expect(page.get_by_role("group", name="How did it go?")).to_be_visible()
    return page


def choose(page: Page, digit: str, note: str) -> None:
    page.keyboard.press(digit)
    page.keyboard.press("n")
    page.keyboard.type(note)
    page.keyboard.press("Control+Enter")


def saved_results(site: Site) -> int:
    with site.stage.world.service.sessions.read() as session:
        query = select(func.count()).where(IncidentLogEntry.action == LogAction.RESULT_SAVED)
        return session.scalar(query) or 0


def test_a_call_that_ends_while_the_desk_is_away_is_finished_without_it(
    browser: Browser, site: Site
) -> None:
    page = cut_off(browser, site)
    here = page.url
    expect(page.get_by_text("it is sent as soon as the desk is back")).to_be_visible()
    choose(page, "1", "window shut")
    expect(page.locator("[data-result-state]")).to_contain_text("“Agreed to turn it down”")
    assert page.url.partition("#")[0] == here.partition("#")[0]
    until_the_call_has_ended(site)
    site.start()
    expect(page.get_by_text("Saved: Agreed to turn it down.")).to_be_visible(timeout=SLOWLY)
    task = site.stage.task()
    assert (task.result, task.note) == ("guest_agreed", "window shut")
    assert saved_results(site) == 1
    ready(page)
    assert kept(page) == []


def test_a_result_waits_for_a_call_that_goes_on_after_all(browser: Browser, site: Site) -> None:
    page = cut_off(browser, site)
    choose(page, "1", "window shut")
    site.start()
    waiting = page.locator("[data-result-state]")
    expect(waiting).to_contain_text("as soon as the desk knows that the call", timeout=SLOWLY)
    assert site.stage.task().state == "assigned"
    is_live(page)
    until_the_call_has_ended(site)
    expect(page.get_by_text("Saved: Agreed to turn it down.")).to_be_visible(timeout=SLOWLY)
    assert site.stage.task().note == "window shut"


def test_a_result_that_does_not_fit_is_refused_kindly_and_the_note_stays(
    browser: Browser, site: Site
) -> None:
    page = cut_off(browser, site)
    choose(page, "9", "they spoke something else")
    until_the_call_has_ended(site)
    site.start()
    summary = page.locator("[data-summary]")
    expect(summary).to_contain_text("Say which language the guest speaks", timeout=SLOWLY)
    expect(page.get_by_label("Note for the host")).to_have_value("they spoke something else")
    expect(page.locator('input[value="language_barrier"]')).to_be_checked()


def test_the_page_asks_again_what_fits_when_the_desk_is_back_in_time(
    browser: Browser, site: Site
) -> None:
    page = cut_off(browser, site)
    page.keyboard.press("2")
    until_the_call_has_ended(site)
    site.start()
    tile = page.locator(".tile", has=page.locator('input[value="guest_refused"]'))
    expect(tile).to_contain_text("The host is told and called.", timeout=SLOWLY)
    expect(page.locator('input[value="guest_refused"]')).to_be_checked()
    expect(page.get_by_text("it is sent as soon as the desk is back")).to_have_count(0)


def test_nothing_is_kept_of_a_result_whose_answer_got_lost(browser: Browser, site: Site) -> None:
    page = cut_off(browser, site)
    until_the_call_has_ended(site)
    site.start()
    expect(page.get_by_role("group", name="How did it go?")).to_contain_text(
        "The host is told and called.", timeout=SLOWLY
    )
    ready(page)

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.route(re.compile("/result$"), lose, times=1)
    task = page.url
    choose(page, "1", "window shut")
    expect(page).not_to_have_url(re.compile("/desk/"), timeout=SLOWLY)
    page.goto(task.partition("#")[0])
    expect(page.get_by_text("Saved: Agreed to turn it down.").first).to_be_visible()
    expect(page.locator("#desk-left")).to_be_hidden()
    ready(page)
    assert kept(page) == []
    assert site.stage.task().note == "window shut"
