"""Push as a check at the start of a shift: asked for by a click, proved by a test that arrives."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.notifications.servers import LocalService
from tests.notifications.test_web_push import Browser as Device
from tests.web.browser.test_push import (
    SLOWLY,
    WITH_PUSH,
    address,
    near,
    push_service,
    registration,
)
from tests.web.pages.stage import ANN, Stage

__all__ = ["address", "near", "push_service"]
pytestmark = pytest.mark.browser


def ann_at_the_checks(
    browser: Browser, stage: Stage, address: str, script: str = "", *, allowed: bool = True
) -> tuple[BrowserContext, Page]:
    """Ann's start of shift in a browser of her own."""
    context = browser.new_context(base_url=address)
    if allowed:
        context.grant_permissions(["notifications"], origin=address)
    page = context.new_page()
    if script:
        page.add_init_script(script)
    page.goto(f"/sign-in/link/{stage.link(ANN)}")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto("/desk/start")
    expect(page.locator("[data-push][data-ready]")).to_be_attached(timeout=SLOWLY)
    return context, page


def check(page: Page) -> Locator:
    return page.locator('[data-check="notify"]')


def test_a_test_that_arrives_proves_push_on_this_device(
    browser: Browser, near: Stage, address: str, push_service: LocalService
) -> None:
    device = Device(f"{push_service.url}send/secret")
    script = f"({WITH_PUSH})({json.dumps(device.subscription)})"
    context, page = ann_at_the_checks(browser, near, address, script)
    assert page.evaluate("window.asked") == 0  # nothing is asked on load
    page.get_by_role("button", name="Notify this device").focus()
    page.keyboard.press("Enter")
    expect(check(page)).to_contain_text("A test is on its way", timeout=SLOWLY)
    assert page.url.endswith("/desk/start")
    near.world.run()
    [request] = push_service.requests
    message = device.open(request.body)
    cdp, registration_id = registration(context, page)
    deliver = {"origin": address, "registrationId": registration_id, "data": json.dumps(message)}
    cdp.send("ServiceWorker.deliverPushMessage", deliver)
    expect(check(page)).to_contain_text("A test arrived on this device", timeout=SLOWLY)
    page.reload()
    expect(check(page)).to_contain_text("A test arrived on this device")  # remembered here
    context.close()


def test_a_browser_without_a_push_service_is_answered_and_the_shift_goes_on(
    browser: Browser, near: Stage, address: str
) -> None:
    context, page = ann_at_the_checks(browser, near, address)
    page.get_by_role("button", name="Notify this device").click()
    says = page.locator("[data-push-says]")
    expect(says).to_contain_text("push service does not answer", timeout=SLOWLY)
    expect(check(page)).to_contain_text("offers are shown all the same")
    context.close()


def test_a_browser_that_never_answers_is_not_waited_for(
    browser: Browser, near: Stage, address: str
) -> None:
    never = "Notification.requestPermission = () => new Promise(() => {});"
    never += "Object.defineProperty(Notification, 'permission', { get: () => 'default' });"
    context, page = ann_at_the_checks(browser, near, address, never, allowed=False)
    page.clock.install()
    page.get_by_role("button", name="Notify this device").click()
    expect(page.locator("[data-push-says]")).to_contain_text("Choose “Allow”")
    page.clock.fast_forward(8_500)
    expect(page.locator("[data-push-says]")).to_contain_text("has not answered yet")
    context.close()


def test_push_can_be_left_out_and_taken_up_again(
    browser: Browser, near: Stage, address: str
) -> None:
    context, page = ann_at_the_checks(browser, near, address)
    page.get_by_role("button", name="Not on this device").click()
    expect(check(page)).to_contain_text("Left out on this device.")
    page.reload()
    expect(check(page)).to_contain_text("Left out on this device.")
    expect(page.get_by_role("button", name="Notify this device")).to_be_enabled()
    context.close()


def test_a_blocked_browser_is_told_how_to_allow_it(
    browser: Browser, near: Stage, address: str
) -> None:
    context, page = ann_at_the_checks(browser, near, address, allowed=False)
    page.get_by_role("button", name="Notify this device").click()
    expect(page.get_by_text("Notifications are blocked in this browser.")).to_be_visible()
    expect(check(page)).to_contain_text("Not switched on here.")
    context.close()
