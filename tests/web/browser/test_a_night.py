"""A night in Chromium: a host sets up a home, an operator makes the call. No JavaScript is ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from callassist.models import Account
from tests.web.browser.live_page import live_site
from tests.web.pages.stage import ANN, OWNER, Stage, local

pytestmark = pytest.mark.browser


@pytest.fixture
def address(stage: Stage) -> Iterator[str]:
    with live_site(stage) as site:
        yield site.address


# A ringing desk asks for a gesture else, and complains.
CHROMIUM_FLAGS = ("--autoplay-policy=no-user-gesture-required",)
REFUSED = 422  # a form that asks to be corrected; Chromium calls that an error too


class Complaints:
    """What Chromium complains about: scripts, policies, missing files."""

    def __init__(self, context: BrowserContext) -> None:
        self.heard: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self.heard.append(str(error.error)))
        context.on("response", lambda answer: self._answer(answer.status, answer.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and f"status of {REFUSED}" not in message.text:
            self.heard.append(message.text)

    def _answer(self, status: int, url: str) -> None:
        if status >= 400 and status != REFUSED:
            self.heard.append(f"{status} {url}")


def signed_in(browser: Browser, stage: Stage, address: str, email: str) -> tuple[Page, Complaints]:
    """A new window in which somebody signs in by link."""
    context = browser.new_context(base_url=address, timezone_id="Europe/Paris")
    complaints = Complaints(context)
    page = context.new_page()
    page.goto(f"/sign-in/link/{stage.link(email)}")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Go on without a password").click()
    return page, complaints


def test_a_host_adds_a_home_and_an_operator_makes_the_call(
    browser: Browser, stage: Stage, address: str
) -> None:
    host, host_complaints = signed_in(browser, stage, address, OWNER)
    add_home(host)
    home = host.url.partition("?")[0]
    enter_stay(host, stage)
    operator, operator_complaints = signed_in(browser, stage, address, ANN)
    expect(operator).to_have_url(re.compile("/desk$"))
    operator.get_by_role("button", name="Go available").first.click()
    host.goto(f"{home}/call")
    ask_for_call(host, stage)
    operator.goto("/desk")
    expect(operator.get_by_text("A call for you")).to_be_visible()
    make_call(operator, stage)
    host.reload()
    expect(host.get_by_text("We watch until")).to_be_visible()
    expect(host.get_by_text("Will close the windows")).to_be_visible()
    assert host_complaints.heard == []
    assert operator_complaints.heard == []


def add_home(host: Page) -> None:
    host.get_by_role("link", name="Add a home").click()
    host.get_by_label("Name (needed)").fill("Lighthouse")
    host.locator("summary", has_text="Europe/Paris").click()  # as the browser proposes
    expect(host.get_by_label("Time zone")).to_have_value("Europe/Paris")
    host.get_by_label("Country").select_option("FR")
    host.get_by_text("More, now or later").click()
    host.get_by_label("Your name, as operators say it").fill("Maria")
    host.get_by_role("button", name="Save").click()
    expect(host.get_by_role("heading", name="Lighthouse", level=1)).to_be_visible()


def enter_stay(host: Page, stage: Stage) -> None:
    now = stage.world.clock.now()
    host.get_by_role("link", name="Enter a stay").click()
    host.get_by_label("Arrives").fill(local(now - timedelta(hours=5)))
    host.get_by_label("Leaves").fill(local(now + timedelta(days=3)))
    host.get_by_label("Guest", exact=True).fill("Kim Example")
    host.get_by_label("Phone number", exact=True).fill("12")
    host.get_by_role("button", name="Save").click()
    expect(host.get_by_role("alert")).to_contain_text("This number cannot exist")
    expect(host.get_by_label("Guest", exact=True)).to_have_value("Kim Example")
    host.get_by_label("Phone number", exact=True).fill("+1 202 555 0102")
    host.get_by_role("button", name="Save").click()
    expect(host.get_by_text("Kim Example").first).to_be_visible()


def ask_for_call(host: Page, stage: Stage) -> None:
    host.get_by_label("What happened").fill("A neighbour rang")
    host.get_by_role("button", name="Call now").click()
    expect(host.get_by_text("The call is requested.")).to_be_visible()
    stage.world.run()


def make_call(operator: Page, stage: Stage) -> None:
    operator.get_by_role("button", name="Accept").click()
    expect(operator.get_by_role("heading", name="Kim Example")).to_be_visible()
    expect(operator.locator(".script").first).to_contain_text("Hello, is this Kim Example?")
    operator.get_by_role("button", name="Call the guest").click()
    expect(operator.get_by_text("Dialling …")).to_be_visible()
    stage.world.run()
    for _ in range(40):
        if stage.task().state == "wrapping_up":
            break
        stage.world.pass_time(seconds=15)
        operator.goto(operator.url)
    operator.goto(operator.url)
    operator.get_by_text("Agreed to turn it down").click()
    operator.get_by_label("Note for the host").fill("Will close the windows")
    operator.get_by_role("button", name="Save and next").click()
    expect(operator.get_by_text("Saved: Agreed to turn it down.")).to_be_visible()
    stage.world.run()


@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_window_and_text_is_readable(
    browser: Browser, stage: Stage, address: str, width: int, scheme: str
) -> None:
    long_name = "Maison-de-vacances-avec-un-nom-beaucoup-trop-long-pour-un-telephone " * 3
    with stage.world.service.sessions.write() as session:
        session.get_one(Account, stage.account.id).name = long_name[:200]
    host, complaints = signed_in(browser, stage, address, OWNER)
    host.set_viewport_size({"width": width, "height": 844})
    host.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    home = f"/homes/{stage.home_id}"
    for path in ("/", home, f"{home}/stays/new", "/settings", "/incidents", "/connections/new"):
        host.goto(path)
        too_wide = host.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, path
        ink, paper = host.evaluate(
            "[getComputedStyle(document.body).color, "
            "getComputedStyle(document.body).backgroundColor]"
        )
        assert contrast(ink, paper) >= 4.5
    assert complaints.heard == []


def test_everything_is_reached_by_keyboard_and_focus_is_seen(
    browser: Browser, stage: Stage, address: str
) -> None:
    host, _ = signed_in(browser, stage, address, OWNER)
    host.goto("/")
    host.keyboard.press("Tab")
    expect(host.get_by_role("link", name="Skip to the content")).to_be_focused()
    host.keyboard.press("Enter")
    expect(host.locator("main")).to_be_focused()
    host.keyboard.press("Tab")
    link = host.get_by_role("link", name="Add a home")
    expect(link).to_be_focused()
    assert link.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two `rgb(r, g, b)` colours."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
