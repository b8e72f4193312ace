"""The desk in Chromium: a night without a mouse, two after one call, nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from callassist.models import NoteDraft
from tests.web.browser.live_page import Site, live_site
from tests.web.pages.stage import ANN, BEN, OWNER, Stage

pytestmark = pytest.mark.browser

GUEST = "Robin <b>Example</b>"


@pytest.fixture
def site(stage: Stage) -> Iterator[Site]:
    with live_site(stage) as made:
        yield made


def at_the_desk(browser: Browser, site: Site, email: str, path: str = "/desk") -> Page:
    """A window of its own in which somebody is signed in."""
    context = browser.new_context(base_url=site.address, timezone_id="Europe/Paris")
    page = context.new_page()
    page.goto(f"/sign-in/link/{site.stage.link(email)}")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(path)
    return page


def a_call(site: Site) -> str:
    """The host asks for a call; its task."""
    site.stage.call_about_home(site.stage.sign_in(OWNER))
    return site.stage.task().public_id


def ready(page: Page) -> None:
    """Until the page's keys work."""
    expect(page.locator("#desk[data-ready]")).to_be_attached()


def is_live(page: Page) -> None:
    ready(page)
    expect(page.locator("#live-state")).to_have_attribute("data-state", "live")


def until_the_call_has_ended(site: Site) -> None:
    site.stage.world.run()
    for _ in range(40):
        if site.stage.task().state == "wrapping_up":
            return
        site.stage.world.pass_time(seconds=15)
    raise AssertionError("the call did not end")


def drafts(site: Site) -> list[str]:
    with site.stage.world.service.sessions.read() as session:
        return list(session.scalars(select(NoteDraft.text)))


def kept(page: Page) -> None:
    expect(page.get_by_text("Kept on the server.")).to_be_visible()


def test_a_call_from_sign_in_to_the_saved_result_without_a_mouse(
    browser: Browser, site: Site
) -> None:
    context = browser.new_context(base_url=site.address)
    page = context.new_page()
    page.goto(f"/sign-in/link/{site.stage.link(ANN)}")
    page.get_by_role("button", name="Sign in", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("sign-in"))
    page.goto("/desk")
    ready(page)
    page.keyboard.press("b")
    expect(page.get_by_text("All quiet for you.")).to_be_visible()
    is_live(page)
    a_call(site)
    expect(page.get_by_text("A call for you")).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    expect(page.locator("#desk-say")).to_have_text("1 new call, English")
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", name=GUEST, level=1)
    expect(heading).to_be_focused()
    ready(page)
    page.keyboard.press("f")
    expect(page.locator('[data-script="fr"] .script').first).to_be_visible()
    expect(page.locator('[data-script="en"]')).to_be_hidden()
    page.keyboard.press("e")
    is_live(page)
    page.keyboard.press("c")
    expect(page.get_by_text("Dialling …")).to_be_visible()
    is_live(page)
    until_the_call_has_ended(site)
    expect(page.get_by_role("group", name="How did it go?")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("n")
    page.keyboard.type("1 window is shut; 2 more follow")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Saved: Agreed to turn it down.")).to_be_visible()
    assert site.stage.task().result == "guest_agreed"
    assert site.stage.task().note == "1 window is shut; 2 more follow"


def test_two_take_the_same_call_and_one_is_told_kindly(browser: Browser, site: Site) -> None:
    site.stage.more_homes(1, calls=True)
    ann, ben = at_the_desk(browser, site, ANN), at_the_desk(browser, site, BEN)
    # the hand-out waits for the loop, which this test does not run: both see the call in the queue
    for page in (ann, ben):
        page.get_by_role("button", name="Go available").first.click()
    take = re.compile("Take the call to Guest")
    expect(ann.get_by_role("button", name=take)).to_be_visible()
    expect(ben.get_by_role("button", name=take)).to_be_visible()
    ann.get_by_role("button", name=take).click()
    expect(ann.get_by_role("heading", level=1)).to_contain_text("Guest")
    if ben.get_by_role("button", name=take).count():
        ben.get_by_role("button", name=take).click()
        expect(ben.get_by_text("Already taken by Ann.")).to_be_visible()
    expect(ben.get_by_text("with Ann")).to_be_visible()
    expect(ben.get_by_role("button", name=take)).to_have_count(0)


def test_note_and_caret_stay_while_the_queue_changes(browser: Browser, site: Site) -> None:
    page = at_the_desk(browser, site, ANN)
    page.get_by_role("button", name="Go available").first.click()
    task = a_call(site)
    page.goto(f"/desk/tasks/{task}")
    page.get_by_role("button", name="Accept").click()
    is_live(page)
    note = page.get_by_label("Note for the host")
    note.click()
    page.keyboard.type("They will ")
    for n in range(1, 5):
        site.stage.more_homes(1, calls=True)
        expect(page.locator("#queue .desk-row")).to_have_count(n)
        page.keyboard.type("x")
        page.keyboard.press("ArrowLeft")
    expect(note).to_be_focused()
    expect(note).to_have_value("They will xxxx")
    assert page.evaluate("document.activeElement.selectionStart") == len("They will ")


def test_digits_choose_a_result_but_not_while_typing(browser: Browser, site: Site) -> None:
    page = at_the_desk(browser, site, ANN)
    page.get_by_role("button", name="Go available").first.click()
    task = a_call(site)
    page.goto(f"/desk/tasks/{task}")
    ready(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    ready(page)
    page.keyboard.press("c")
    expect(page.get_by_text("Dialling …")).to_be_visible()
    until_the_call_has_ended(site)
    page.reload()
    ready(page)
    page.keyboard.press("2")
    refused = page.locator('input[value="guest_refused"]')
    expect(refused).to_be_checked()
    expect(page.locator(".tile", has=refused)).to_contain_text("The host is told and called.")
    page.keyboard.press("n")
    page.keyboard.type("3 people")
    expect(refused).to_be_checked()
    page.keyboard.press("Escape")
    page.keyboard.press("9")
    expect(page.locator('input[value="language_barrier"]')).to_be_checked()
    expect(page.get_by_label("which one do they speak")).to_be_visible()
    page.get_by_label("Note for the host").fill("ring +33 6 39 98 01 02")
    expect(page.get_by_text("This looks like a phone number.")).to_be_visible()


def test_keys_can_be_switched_off(browser: Browser, site: Site) -> None:
    page = at_the_desk(browser, site, ANN)
    ready(page)
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("Hand the call over")
    keys.get_by_role("button", name="Switch keys off").click()
    page.goto("/desk")
    ready(page)
    page.keyboard.press("b")
    page.keyboard.press("?")
    expect(page.locator('[data-state="offline"]').first).to_be_attached()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_draft_survives_a_server_that_restarts_and_is_there_on_a_second_device(
    browser: Browser, site: Site
) -> None:
    page = at_the_desk(browser, site, ANN)
    page.get_by_role("button", name="Go available").first.click()
    task = a_call(site)
    page.goto(f"/desk/tasks/{task}")
    page.get_by_role("button", name="Accept").click()
    note = page.get_by_label("Note for the host")
    note.fill("before the restart")
    kept(page)
    assert drafts(site) == ["before the restart"]
    site.stop()
    note.fill("typed while the desk was away")
    expect(page.get_by_text("It is kept in this browser.")).to_be_visible()
    site.start()
    kept(page)
    assert drafts(site) == ["typed while the desk was away"]
    second = at_the_desk(browser, site, ANN, f"/desk/tasks/{task}")
    expect(second.get_by_label("Note for the host")).to_have_value("typed while the desk was away")


def test_the_checks_before_a_shift_are_real(browser: Browser, site: Site) -> None:
    page = at_the_desk(browser, site, ANN, "/desk/start")
    ready(page)
    sound = page.locator('[data-check="sound"]')
    expect(sound).not_to_have_class(re.compile("is-done"))
    page.get_by_role("button", name="Play the ring").click()
    page.get_by_role("button", name="I heard it").click()
    expect(sound).to_contain_text("Heard on this device")
    expect(page.locator('[data-check="line"]')).to_contain_text("The desk answered in")
    page.reload()
    expect(sound).to_contain_text("Heard on this device")  # remembered here
    site.stop()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator('[data-check="line"]')).to_contain_text("does not answer")
    site.start()


def test_a_new_operator_ends_a_training_call_by_keyboard(browser: Browser, site: Site) -> None:
    page = at_the_desk(browser, site, BEN)
    expect(page.get_by_role("link", name="Start the training call")).to_be_visible()
    ready(page)
    page.keyboard.press("Enter")
    for result in ("1", ""):
        expect(page.get_by_role("button", name="Accept")).to_be_visible()
        ready(page)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Call the guest")).to_be_visible()
        ready(page)
        page.keyboard.press("c")
        expect(page.get_by_role("button", name="Hang up")).to_be_visible()
        ready(page)
        page.keyboard.press("u")
        expect(page.get_by_role("group", name="How did it go?")).to_be_visible()
        ready(page)
        if result:
            page.keyboard.press(result)
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("You are trained.")).to_be_visible()
        if result:
            page.get_by_role("link", name="One more: nobody answers").press("Enter")
    ready(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Start of shift", level=1)).to_be_visible()


def test_a_word_about_the_sound_moves_nothing_on_the_page(browser: Browser, site: Site) -> None:
    page = at_the_desk(browser, site, ANN)
    page.get_by_role("button", name="Go available").first.click()
    page.goto(f"/desk/tasks/{a_call(site)}")
    is_live(page)
    accept = page.get_by_role("button", name="Accept")
    line = page.locator("#desk-trouble")
    places = []
    for is_hidden in (True, False):
        line.evaluate('(line, hidden) => { line.append("Held"); line.hidden = hidden; }', is_hidden)
        places.append(accept.bounding_box())
    assert places[0] == places[1]
