"""Live pages in Chromium: what is typed stays, and no fault of the line goes unnoticed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.browser.chromium import FLAGS, chromium_path
from tests.web.browser.live_page import Site, live_site
from tests.web.pages.stage import ANN, Stage

pytestmark = pytest.mark.browser

LIVE, RECONNECTING, POLLING = "Live", "Reconnecting …", "Every 10 seconds"
NOTE = '<p id="line">{n} calls</p><form action="/x"><textarea name="note">old</textarea></form>'


@pytest.fixture
def site(stage: Stage) -> Iterator[Site]:
    with live_site(stage) as made:
        yield made


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=site.address)
    sign_in(made, site.stage)
    yield made
    made.close()


def sign_in(context: BrowserContext, stage: Stage) -> None:
    page = context.new_page()
    page.goto(f"/sign-in/link/{stage.link(ANN)}")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/password")
    page.goto("about:blank")  # Chromium can hang on closing a page whose stream is just opening


def opened(context: BrowserContext, *, state: str = LIVE) -> Page:
    page = context.new_page()
    page.goto("/try")
    expect(state_of(page)).to_have_text(state)
    return page


def state_of(page: Page):
    return page.locator("#live-state")


def line(page: Page):
    return page.locator("#line")


def listen(page: Page) -> None:
    """Keep what the page's other scripts would hear."""
    page.evaluate(
        "() => { window.heard = []; document.addEventListener('callassist:nudge',"
        " (event) => window.heard.push(event.detail)); }"
    )


def heard(page: Page) -> list[dict[str, str]]:
    found: list[dict[str, str]] = page.evaluate("() => window.heard")
    return found


def test_a_change_is_shown_and_told_to_other_scripts(context: BrowserContext, site: Site) -> None:
    page = opened(context)
    listen(page)
    site.change("<p id='line'>1 call</p>")
    expect(line(page)).to_have_text("1 call")
    assert heard(page) == [{"kind": "queue", "id": "abc"}]


def test_a_change_that_could_not_be_fetched_is_fetched_later(
    context: BrowserContext, site: Site
) -> None:
    page = opened(context)
    page.route("**/try/part", lambda route: route.fulfill(status=503), times=1)
    site.change("<p id='line'>1 call</p>")
    expect(line(page)).to_have_text("1 call", timeout=10_000)


def test_note_and_caret_are_kept_under_20_events(context: BrowserContext, site: Site) -> None:
    site.part.html = NOTE.format(n=0)
    page = opened(context)
    note = page.locator("#queue textarea")
    note.click()
    page.keyboard.press("Control+End")
    for n in range(1, 21):
        page.keyboard.type("a")
        page.keyboard.press("ArrowLeft")
        site.change(NOTE.format(n=n))
        expect(line(page)).to_have_text(f"{n} calls")
    expect(note).to_be_focused()
    expect(note).to_have_value("old" + "a" * 20)
    caret = page.evaluate("() => document.activeElement.selectionStart")
    assert caret == len("old"), "each letter was typed in front of the one before"
    expect(page.get_by_text("This changed in the meantime.")).to_have_count(0)


def test_an_edited_form_that_changed_is_offered_anew_not_replaced(
    context: BrowserContext, site: Site
) -> None:
    site.part.html = NOTE.format(n=0)
    page = opened(context)
    note = page.locator("#queue textarea")
    note.fill("mine")
    page.locator("#outside").fill("elsewhere")
    site.change(NOTE.format(n=1).replace("old", "theirs"))
    expect(line(page)).to_have_text("1 calls")
    expect(note).to_have_value("mine")
    expect(page.get_by_text("This changed in the meantime.")).to_be_visible()
    page.get_by_role("button", name="Show the new version").click()
    expect(note).to_have_value("theirs")
    expect(page.get_by_text("This changed in the meantime.")).to_have_count(0)
    expect(page.locator("#outside")).to_have_value("elsewhere")


def test_an_open_dialog_and_what_is_unfolded_stay_open(context: BrowserContext, site: Site) -> None:
    html = (
        "<p id='line'>{n}</p><details><summary>More</summary><p>{n}</p></details>"
        "<dialog id='ask'><p>Sure?</p></dialog>"
    )
    site.part.html = html.format(n=0)
    page = opened(context)
    page.get_by_text("More").nth(-1).click()
    page.evaluate("() => document.getElementById('ask').showModal()")
    site.change(html.format(n=1))
    expect(line(page)).to_have_text("1")
    expect(page.locator("#ask")).to_be_visible()
    assert page.evaluate("() => document.querySelector('#queue details').open")
    expect(page.locator("#queue details p")).to_have_text("1")


def test_the_keyboard_goes_on_in_the_part_when_the_focused_button_vanishes(
    context: BrowserContext, site: Site
) -> None:
    site.part.html = "<p id='line'>1</p><button id='take'>Take</button>"
    page = opened(context)
    page.locator("#take").focus()
    site.change("<p id='line'>0</p>")
    expect(line(page)).to_have_text("0")
    expect(page.locator("#queue")).to_be_focused()


def test_a_cut_stream_comes_back_and_shows_what_was_missed(
    context: BrowserContext, site: Site
) -> None:
    page = opened(context)
    page.locator("#outside").fill("typed")
    site.stop()
    expect(state_of(page)).to_have_text(RECONNECTING)
    site.part.html = "<p id='line'>missed</p>"
    site.start()
    expect(state_of(page)).to_have_text(LIVE)
    expect(line(page)).to_have_text("missed")
    expect(page.locator("#outside")).to_have_value("typed")


def test_a_network_that_goes_away_is_noticed_at_once(context: BrowserContext, site: Site) -> None:
    page = opened(context)
    context.set_offline(True)
    expect(state_of(page)).to_have_text(RECONNECTING)
    context.set_offline(False)
    expect(state_of(page)).to_have_text(LIVE)


def test_offline_is_said_with_its_time_and_buttons_wait(
    context: BrowserContext, site: Site
) -> None:
    page = opened(context)
    site.stop()
    expect(state_of(page)).to_contain_text("Offline since", timeout=30_000)
    save = page.locator("#save")
    expect(save).to_have_attribute("aria-disabled", "true")
    expect(save).to_have_attribute("title", "Not possible while offline")
    page.locator("#outside").fill("typed")
    save.click(force=True)
    expect(page.locator("#outside")).to_have_value("typed")
    site.start()
    expect(state_of(page)).to_have_text(LIVE, timeout=40_000)
    expect(save).not_to_have_attribute("aria-disabled", "true")


def test_a_line_that_is_open_but_silent_is_noticed(context: BrowserContext, site: Site) -> None:
    site.fault = "silent"
    page = opened(context)
    expect(state_of(page)).to_have_text(RECONNECTING)
    site.fault = ""
    expect(state_of(page)).to_have_text(LIVE)
    site.change("<p id='line'>heard again</p>")
    expect(line(page)).to_have_text("heard again")


def test_a_first_connect_that_is_refused_is_tried_again_and_polls_meanwhile(
    context: BrowserContext, site: Site
) -> None:
    site.fault = "503"
    page = opened(context, state=POLLING)
    asked = site.part.asked
    site.part.html = "<p id='line'>polled</p>"
    expect(line(page)).to_have_text("polled")
    assert site.part.asked > asked
    site.fault = ""
    expect(state_of(page)).to_have_text(LIVE, timeout=30_000)


def test_a_hidden_tab_hears_and_is_up_to_date(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    page.add_init_script(
        "Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });"
        "Object.defineProperty(document, 'hidden', { get: () => true });"
    )
    page.goto("/try")
    expect(state_of(page)).to_have_text(LIVE)
    listen(page)
    site.change("<p id='line'>1 call</p>")
    expect(line(page)).to_have_text("1 call")
    assert heard(page) == [{"kind": "queue", "id": "abc"}]


def test_nine_tabs_share_one_stream(context: BrowserContext, site: Site) -> None:
    pages = [opened(context) for _ in range(9)]
    assert site.hub.amount() == 1
    site.change("<p id='line'>to all</p>")
    for page in pages:
        expect(line(page)).to_have_text("to all")


def test_when_the_tab_with_the_stream_closes_another_takes_over(
    context: BrowserContext, site: Site
) -> None:
    first, second, third = (opened(context) for _ in range(3))
    first.close()
    site.change("<p id='line'>1</p>")
    for page in (second, third):
        expect(line(page)).to_have_text("1")
    second.goto("about:blank")
    site.change("<p id='line'>2</p>")
    expect(line(third)).to_have_text("2")
    assert site.hub.amount() == 1


def test_a_tab_that_is_gone_back_to_is_live_again(context: BrowserContext, site: Site) -> None:
    page = opened(context)
    page.goto("/password")
    page.go_back()
    expect(state_of(page)).to_have_text(LIVE)
    site.change("<p id='line'>back</p>")
    expect(line(page)).to_have_text("back")


def test_signed_out_elsewhere_the_page_stays_and_says_so(
    context: BrowserContext, site: Site
) -> None:
    page = opened(context)
    page.locator("#outside").fill("typed")
    other = context.new_page()
    other.goto("/try")
    other.evaluate(
        "() => { const form = document.querySelector('form[action$=\"/sign-out\"]');"
        " form.submit(); }"
    )
    expect(page.get_by_text("You are signed out")).to_be_visible()
    expect(page.locator("#outside")).to_have_value("typed")
    expect(state_of(page)).to_have_text("Signed out")
    sign_in(context, site.stage)
    expect(state_of(page)).to_have_text(LIVE, timeout=40_000)
    expect(page.get_by_text("You are signed out")).to_have_count(0)


def test_without_a_secure_context_the_tab_has_its_own_stream(browser: Browser, site: Site) -> None:
    own = browser.browser_type.launch(
        executable_path=chromium_path(),
        args=[*FLAGS, "--host-resolver-rules=MAP calls.test 127.0.0.1"],
    )
    context = own.new_context(base_url=f"http://calls.test:{site.port}")
    sign_in(context, site.stage)
    pages = [opened(context) for _ in range(2)]
    assert not pages[0].evaluate("() => window.isSecureContext")
    assert site.hub.amount() == 2
    site.change("<p id='line'>plain</p>")
    for page in pages:
        expect(line(page)).to_have_text("plain")
    own.close()
