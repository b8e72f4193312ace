"""Calling from the browser, in Chromium: the simulated line, Twilio's script, and what fails."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from callassist.models import Presence
from tests.telephony.twilio.twilio_stage import CALLER_ID, PUBLIC_URL, TwilioStage
from tests.twilio_server.softphone import may_be_rung
from tests.web.browser.live_page import Site, live_site
from tests.web.browser.on_twilio import with_the_call_in_hand
from tests.web.browser.test_desk import a_call, at_the_desk, is_live, until_the_call_has_ended
from tests.web.pages.stage import ANN, Stage

pytestmark = pytest.mark.browser

GUEST = "+12025550102"
CHROMIUM_FLAGS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")

# Twilio's script, played by the test: the same words, and no wire
PLAYED = """
window.Twilio = { Device: class {
  constructor(token) { this.token = token; this.heard = {}; window.device = this; }
  on(kind, what) { this.heard[kind] = what; }
  async register() {
    const answer = await fetch("/played/register", { method: "POST", body: this.token });
    if (!answer.ok) throw new Error("no");
    this.isRegistered = true;
    this.heard.registered();
  }
  ring() {
    const heard = {};
    this.heard.incoming({ on: (kind, what) => (heard[kind] ??= []).push(what), mute() {},
      accept: () => heard.accept.forEach((what) => what()),
      reject: () => heard.reject.forEach((what) => what()),
      disconnect: () => heard.disconnect.forEach((what) => what()) });
    this.end = () => heard.disconnect.forEach((what) => what());
  }
  async connect({ params }) {
    const answer = await fetch("/played/connect", { method: "POST",
      body: JSON.stringify({ token: this.token, params }) });
    if (!answer.ok) throw Object.assign(new Error("no"), { code: Number(await answer.text()) });
    const heard = {};
    const call = { on: (kind, what) => (heard[kind] = what), mute() {},
      disconnect: () => fetch("/played/hang-up", { method: "POST" }) };
    setTimeout(() => heard.accept?.());
    return call;
  }
  destroy() { this.isDestroyed = true; }
  updateToken() {}
} };
"""


@pytest.fixture
def site(stage: Stage) -> Iterator[Site]:
    with live_site(stage) as made:
        yield made


def plays_twilio(page: Page, night: TwilioStage, refused_with: int = 0) -> list[dict[str, str]]:
    """Twilio's script is ours, and its wire leads to the server; what browsers asked for."""
    asked: list[dict[str, str]] = []

    def connect(route: Route) -> None:
        sent = json.loads(route.request.post_data or "{}")
        asked.append(sent["params"])
        if refused_with:
            route.fulfill(status=403, body=str(refused_with))
            return
        night.server.browser_call(sent["token"], sent["params"])
        route.fulfill(body="{}")

    page.route(
        re.compile("twilio.min.js"),
        lambda route: route.fulfill(content_type="text/javascript", body=PLAYED),
    )

    def register(route: Route) -> None:
        allowed = may_be_rung(route.request.post_data or "", night.server.account)
        route.fulfill(status=200 if allowed else 403, body="")

    page.route("**/played/register", register)
    page.route("**/played/connect", connect)
    page.route("**/played/hang-up", lambda route: route.fulfill(body="{}"))
    return asked


def test_the_desk_on_the_simulated_line_from_call_to_result(browser: Browser, site: Site) -> None:
    page = at_the_desk(browser, site, ANN)
    page.get_by_role("button", name="Go available").first.click()
    page.goto(f"/desk/tasks/{a_call(site)}")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("button", name="Call the guest")).to_be_visible()
    is_live(page)
    expect(page.locator("#own-line")).to_be_hidden()
    page.get_by_role("button", name="Call the guest").click()
    expect(page.get_by_text("Your line is open (simulated).")).to_be_visible()
    is_live(page)
    mute = page.get_by_role("button", name="Mute my microphone")
    mute.click()
    expect(mute).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#desk-say")).to_have_text("You are muted.")
    until_the_call_has_ended(site)
    expect(page.get_by_role("group", name="How did it go?")).to_be_visible()
    expect(page.locator("#own-line")).to_be_hidden()


def test_a_call_from_the_browser_names_an_attempt_and_never_a_number(
    browser: Browser, twilio_site: Site, night: TwilioStage
) -> None:
    night.guest_is("answers", talk=60)
    page = with_the_call_in_hand(browser, twilio_site, night)
    asked = plays_twilio(page, night)
    page.get_by_role("button", name="Call the guest").click()
    expect(page.get_by_text("Your line is open.")).to_be_visible()
    assert asked == [{"attempt": night.attempt().public_id}]
    is_live(page)
    night.world.pass_time(seconds=20)
    expect(page.get_by_text("You are talking.")).to_be_visible()
    night.until_ended()
    expect(page.get_by_role("group", name="How did it go?")).to_be_visible()
    expect(page.locator("#own-line")).to_be_hidden()
    assert night.attempt().outcome == "answered"


def test_a_refused_microphone_is_said_and_the_call_goes_back_at_once(
    browser: Browser, twilio_site: Site, night: TwilioStage
) -> None:
    page = with_the_call_in_hand(browser, twilio_site, night)
    plays_twilio(page, night, refused_with=31401)
    page.get_by_role("button", name="Call the guest").click()
    line = page.locator("#own-line")
    expect(line).to_contain_text("was not allowed to use the microphone")
    expect(line).to_be_visible()
    night.world.run()
    assert night.attempts()[0].outcome == "not_connected"
    assert len(night.server.calls) == 0


def test_a_line_that_mends_itself_ends_no_talk(
    browser: Browser, twilio_site: Site, night: TwilioStage
) -> None:
    night.guest_is("answers", talk=60)
    page = with_the_call_in_hand(browser, twilio_site, night)
    plays_twilio(page, night)
    page.get_by_role("button", name="Call the guest").click()
    expect(page.get_by_text("Your line is open.")).to_be_visible()
    page.evaluate("window.device.heard.error(Object.assign(new Error('gone'), { code: 31005 }))")
    night.world.pass_time(seconds=20)
    expect(page.get_by_text("You are talking.")).to_be_visible()
    expect(page.get_by_text("Your line is open.")).to_be_visible()
    assert page.evaluate("Boolean(window.device.isDestroyed)") is False
    night.until_ended()
    expect(page.get_by_role("group", name="How did it go?")).to_be_visible()
    assert night.attempt().outcome == "answered"


def test_a_network_that_never_answers_is_said_after_20_seconds(
    browser: Browser, twilio_site: Site, night: TwilioStage
) -> None:
    page = with_the_call_in_hand(browser, twilio_site, night)
    plays_twilio(page, night)
    page.route("**/played/connect", lambda route: None)  # a firewall that swallows it
    page.clock.install()
    page.get_by_role("button", name="Call the guest").click()
    expect(page.get_by_text("Your line comes up")).to_be_visible()
    page.clock.fast_forward(20_000)
    line = page.locator("#own-line")
    expect(line).to_contain_text("the phone network was not reached from here")
    expect(line.get_by_role("link", name="My phone")).to_be_visible()
    expect(page.locator("#call-now")).to_contain_text("Hanging up")
    night.world.run()
    expect(page.locator("#call-now")).to_contain_text("Nobody was dialled")
    assert night.attempts()[0].outcome == "not_connected"


def test_who_phones_back_rings_on_twilios_line_and_is_answered_without_a_number(
    browser: Browser, twilio_site: Site, night: TwilioStage
) -> None:
    night.guest_is("no-answer")
    page = with_the_call_in_hand(browser, twilio_site, night)
    plays_twilio(page, night)
    page.get_by_role("button", name="Call the guest").click()
    expect(page.get_by_text("Your line is open.")).to_be_visible()
    night.until_ended()
    expect(page.get_by_role("group", name="How did it go?")).to_be_visible()
    page.wait_for_function("window.device?.isRegistered")
    is_live(page)
    until_it_can_be_rung(page, night)
    rung = f"client:{night.identity}"
    night.server.far_end(rung, "answers", ring=6, talk=60)
    night.server.account.numbers[
        CALLER_ID
    ].voice_url = f"{PUBLIC_URL}/hooks/telephony/twilio/incoming"
    night.server.phone_rings_us(GUEST, CALLER_ID)
    expect(page.locator(".ring-bar")).to_contain_text("The guest phones back.")
    page.evaluate("window.device.ring()")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("Your line is open.")).to_be_visible()
    night.world.pass_time(seconds=10)
    expect(page.get_by_text("You are talking.")).to_be_visible()
    expect(page.get_by_text("Your line is open.")).to_be_visible()
    assert [one.from_ for one in night.server.calls if one.to == rung] == [CALLER_ID]
    assert GUEST[-4:] not in page.content()
    night.until_ended()
    page.evaluate("window.device.end()")
    expect(page.get_by_role("group", name="How did it go?")).to_be_visible()
    expect(page.locator("#own-line")).to_be_hidden()
    assert night.attempt().mode == "phoned_back"


def until_it_can_be_rung(page: Page, night: TwilioStage) -> None:
    for _ in range(100):
        with night.world.service.sessions.read() as session:
            if session.scalar(select(Presence.line_network)) == "twilio":
                return
        page.wait_for_timeout(100)
    raise AssertionError("the browser never said that it can be rung")


def test_the_microphone_is_tried_before_the_shift(
    browser: Browser, twilio_site: Site, night: TwilioStage
) -> None:
    page = at_the_desk(browser, twilio_site, ANN, "/desk/start")
    check = page.locator('[data-check="microphone"]')
    page.get_by_role("button", name="Try the microphone").click()
    expect(check).to_contain_text("The browser may use it.")
    page.get_by_label("I call by").select_option("own_phone")
    page.locator("#phone").get_by_role("button", name="Keep").click()
    expect(page.get_by_text("rings first; press 1")).to_be_visible()
    expect(check).to_have_count(0)
