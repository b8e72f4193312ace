"""Who phones back rings in Chromium: on the simulated line, over page changes, in one window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from callassist.escalation import presence
from callassist.models import CallAttempt, IncomingCall, Operator, Presence
from tests.telephony.nights.lines import SIMULATED_URL
from tests.web.browser.live_page import Site, live_site
from tests.web.browser.test_desk import a_call, at_the_desk, is_live
from tests.web.pages.stage import ANN, Stage

pytestmark = pytest.mark.browser
GUEST = "+12025550102"


@pytest.fixture
def site(stage: Stage) -> Iterator[Site]:
    with live_site(stage) as made:
        yield made


@pytest.fixture
def card(browser: Browser, site: Site) -> Page:
    """Ann's call has ended; she has not said yet how it went."""
    page = at_the_desk(browser, site, ANN)
    page.get_by_role("button", name="Go available").first.click()
    page.goto(f"/desk/tasks/{a_call(site)}")
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("button", name="Call the guest").click()
    expect(page.get_by_text("Dialling …")).to_be_visible()
    time_passes(site, 150)
    expect(page.get_by_role("group", name="How did it go?")).to_be_visible()
    can_be_rung(page, site)
    return page


def time_passes(site: Site, seconds: int) -> None:
    """Ann's page beats by real time, which stands still here."""
    world = site.stage.world
    for _ in range(seconds // 15):
        world.pass_time(seconds=15)
        with world.service.sessions.write() as session:
            ann = session.scalars(select(Operator).where(Operator.desk_name == "Ann")).one()
            presence.beat(session, world.service.escalation, ann.id, world.clock.now())


def line(site: Site) -> str | None:
    with site.stage.world.service.sessions.read() as session:
        return session.scalar(select(Presence.line).where(Presence.line.is_not(None)))


def can_be_rung(page: Page, site: Site, *, besides: str | None = None) -> None:
    for _ in range(100):
        if line(site) not in (None, besides):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the browser never said that it can be rung")


def guest_phones(site: Site) -> None:
    world = site.stage.world
    assert world.network is not None
    url = f"{SIMULATED_URL}/hooks/telephony/simulated/incoming"
    world.network.phone_in(GUEST, url, "1")
    world.run()


def incoming(site: Site) -> IncomingCall:
    with site.stage.world.service.sessions.read() as session:
        return session.scalars(select(IncomingCall).order_by(IncomingCall.id.desc())).one()


def test_a_guest_who_phones_back_rings_over_a_reload_and_is_answered_by_a_key(
    browser: Browser, site: Site, card: Page
) -> None:
    is_live(card)
    queue = card.context.new_page()
    queue.goto("/desk")
    is_live(queue)
    guest_phones(site)
    for page in (card, queue):
        expect(page.locator(".ring-bar")).to_contain_text("The guest phones back.")
        expect(page.locator(".ring-bar")).to_contain_text("Robin")
        assert GUEST[-4:] not in page.locator(".ring-bar").inner_text()
    assert incoming(site).line == line(site)
    card.reload()
    is_live(card)
    site.stage.world.run()
    expect(card.locator(".ring-bar")).to_be_visible()
    with card.expect_navigation():
        card.keyboard.press("Enter")
    site.stage.world.pass_time(seconds=1)
    expect(card.get_by_text("You are talking.")).to_be_visible()
    expect(card.get_by_text("Your line is open (simulated).")).to_be_visible()
    expect(queue.locator(".ring-bar")).to_have_count(0)
    time_passes(site, 150)
    expect(card.get_by_role("group", name="How did it go?")).to_be_visible()
    with site.stage.world.service.sessions.read() as session:
        modes = session.scalars(select(CallAttempt.mode).order_by(CallAttempt.id)).all()
    assert modes == ["server", "phoned_back"]


def test_who_declines_by_a_key_goes_on_writing_and_the_guest_waits_in_the_queue(
    site: Site, card: Page
) -> None:
    is_live(card)
    guest_phones(site)
    expect(card.locator(".ring-bar")).to_be_visible()
    card.get_by_label("Note for the host").fill("Will turn it down")
    card.keyboard.press("Escape")  # leaves the field
    card.keyboard.press("Escape")
    expect(card.locator(".ring-bar")).to_have_count(0)
    for _ in range(8):  # the network hears of it a moment after the page
        site.stage.world.pass_time(seconds=5)
    assert incoming(site).state == "queued"
    expect(card.get_by_label("Note for the host")).to_have_value("Will turn it down")


def test_a_window_that_is_closed_is_rung_no_more(site: Site, card: Page) -> None:
    card.close()
    for _ in range(100):
        if line(site) is None:
            break
        site.stage.world.run()
    assert line(site) is None
