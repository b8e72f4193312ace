"""Twilio's own script in Chromium: under our policy, with no network, and with a played one."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute, expect

from tests.telephony.twilio.twilio_stage import TwilioStage
from tests.web.browser.live_page import Site
from tests.web.browser.on_twilio import with_the_call_in_hand
from tests.web.browser.test_desk import at_the_desk
from tests.web.pages.stage import ANN

pytestmark = pytest.mark.browser

# nothing here reaches Twilio itself, wherever the test is run
CHROMIUM_FLAGS = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--host-resolver-rules=MAP *.twilio.com ~NOTFOUND",
)
CONNECTED = {"region": "US_EAST_VIRGINIA", "edge": "ashburn", "home": "us1"}


def plays_the_wire(page: Page, refuses: int = 0, *, rings: bool = False) -> list[str]:
    """Twilio's end of the line: lets a browser in; its call rings, is refused, or breaks."""
    heard: list[str] = []

    def wire(line: WebSocketRoute) -> None:
        def answers(said: str | bytes) -> None:
            if not str(said).strip():
                return
            told = json.loads(said)
            heard.append(told["type"])

            def tell(kind: str, payload: dict[str, Any]) -> None:
                line.send(json.dumps({"type": kind, "payload": payload, "version": "1.6"}))

            if told["type"] == "listen":
                tell("connected", {**CONNECTED, "token": {"identity": "x", "ttl": 3600}})
            elif told["type"] == "register":
                tell("ready", {})
            elif told["type"] == "invite" and rings:
                tell("ringing", {"callsid": told["payload"]["callsid"]})
            elif told["type"] == "invite" and not refuses:
                line.close(code=1012)
            elif told["type"] == "invite":
                error = {"code": refuses, "message": "no"}
                tell("hangup", {"callsid": told["payload"]["callsid"], "error": error})

        line.on_message(answers)

    page.route_web_socket(re.compile(r"voice-js\.roaming\.twilio\.com"), wire)
    return heard


def complaints_of(page: Page) -> list[str]:
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    return complaints


def test_a_browser_without_a_way_to_twilio_is_told_so(
    browser: Browser, twilio_site: Site, night: TwilioStage
) -> None:
    page = with_the_call_in_hand(browser, twilio_site, night)
    page.get_by_role("button", name="Call the guest").click()
    expect(page.locator("#own-line")).to_contain_text("the phone network was not reached from here")


def test_a_line_is_open_as_soon_as_it_rings_there(
    browser: Browser, twilio_site: Site, night: TwilioStage
) -> None:
    page = with_the_call_in_hand(browser, twilio_site, night)
    plays_the_wire(page, rings=True)
    page.get_by_role("button", name="Call the guest").click()
    expect(page.get_by_text("Your line is open.")).to_be_visible()
    expect(page.get_by_role("button", name="Mute my microphone")).to_be_visible()


def test_a_line_that_breaks_before_anybody_picks_up_is_told(
    browser: Browser, twilio_site: Site, night: TwilioStage
) -> None:
    page = with_the_call_in_hand(browser, twilio_site, night)
    plays_the_wire(page)
    page.get_by_role("button", name="Call the guest").click()
    expect(page.locator("#own-line")).to_contain_text("The line broke")


@pytest.mark.parametrize("code", [31001, 31202])
def test_a_refused_key_or_application_is_no_fault_of_the_operators_network(
    browser: Browser, twilio_site: Site, night: TwilioStage, code: int
) -> None:
    page = with_the_call_in_hand(browser, twilio_site, night)
    plays_the_wire(page, refuses=code)
    page.get_by_role("button", name="Call the guest").click()
    expect(page.locator("#own-line")).to_contain_text("This browser was not given a line.")


def test_a_microphone_that_is_refused_is_said_and_the_call_goes_back_at_once(
    browser: Browser, twilio_site: Site, night: TwilioStage
) -> None:
    page = with_the_call_in_hand(browser, twilio_site, night)
    plays_the_wire(page)
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    page.get_by_role("button", name="Call the guest").click()
    line = page.locator("#own-line")
    expect(line).to_contain_text("was not allowed to use the microphone. Nobody was dialled.")
    expect(page.locator("#call-now")).to_contain_text("Hanging up")
    night.world.run()
    assert night.attempts()[0].outcome == "not_connected"


def test_twilios_script_says_that_a_browser_can_be_rung_and_breaks_no_policy(
    browser: Browser, twilio_site: Site, night: TwilioStage
) -> None:
    page = with_the_call_in_hand(browser, twilio_site, night)
    complaints = complaints_of(page)
    heard = plays_the_wire(page, refuses=31001)
    page.reload()
    for _ in range(100):
        if "register" in heard:
            break
        page.wait_for_timeout(100)
    assert heard[:2] == ["listen", "register"]
    page.get_by_role("button", name="Call the guest").click()
    expect(page.locator("#own-line")).to_contain_text("This browser was not given a line.")
    assert not [each for each in complaints if "Content Security Policy" in each]


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
