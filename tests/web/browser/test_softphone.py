"""Calling from the browser, in Chromium: the simulated line, Twilio's script, and what fails."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from callassist.clock import ManualClock
from callassist.models import Presence
from tests.databases import SqliteDatabases
from tests.telephony.twilio.twilio_stage import CALLER_ID, PUBLIC_URL, TwilioStage, TwilioWorld
from tests.twilio_server import twilio_server
from tests.twilio_server.softphone import may_be_rung
from tests.web.browser.live_page import Site, live_site
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
  destroy() {}
  updateToken() {}
} };
"""


@pytest.fixture
def site(stage: Stage) -> Iterator[Site]:
    with live_site(stage) as made:
        yield made


@pytest.fixture
def night(
    sqlite_databases: SqliteDatabases, tmp_path: Path, clock: ManualClock
) -> Iterator[TwilioStage]:
    with twilio_server(clock=clock) as server:
        world = TwilioWorld(sqlite_databases.create(tmp_path), tmp_path, clock, server)
        yield TwilioStage(world, "softphone")
        world.close()


@pytest.fixture
def twilio_site(night: TwilioStage) -> Iterator[Site]:
    with live_site(night.stage) as made:
        night.begin()
        yield made


def with_the_call_in_hand(browser: Browser, site: Site, night: TwilioStage) -> Page:
    page = at_the_desk(browser, site, ANN)
    task = night.stage.task_of("Ann").public_id
    page.goto(f"/desk/tasks/{task}")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("button", name="Call the guest")).to_be_visible()
    is_live(page)
    return page


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


def test_twilios_own_script_loads_under_our_policy_and_makes_a_device(
    browser: Browser, twilio_site: Site, night: TwilioStage
) -> None:
    page = at_the_desk(browser, twilio_site, ANN, "/desk/start")
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    bridge = night.world.service.telephony.bridge
    assert bridge is not None
    token = bridge.softphone_grant(night.identity).token
    address = night.ann.get("/desk/start").text
    base = re.search(r"/static/[0-9a-f]+/", address)
    assert base is not None
    page.add_script_tag(url=f"{base.group()}vendor/twilio-voice/twilio.min.js")
    made = page.evaluate(
        """token => {
          const device = new Twilio.Device(token, { logLevel: "silent" });
          return [device.state, device.identity, typeof device.connect];
        }""",
        token,
    )
    assert made[0] == "unregistered"
    assert made[2] == "function"
    assert not [each for each in complaints if "Content Security Policy" in each]
