"""Push from the click to the screen: a local push service, and the real service worker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from py_vapid import Vapid02
from sqlalchemy import update

from callassist.clock import ManualClock
from callassist.models import Person
from tests.databases import SqliteDatabases
from tests.notifications.servers import LocalService, local_service
from tests.notifications.test_web_push import Browser as Device
from tests.web.browser.chromium import serving
from tests.web.pages.stage import OWNER, Stage
from tests.web.world import World

pytestmark = pytest.mark.browser
SLOWLY = 20_000  # milliseconds; a shared machine may be busy
# a browser that has a push service, and counts how often it asks the person
WITH_PUSH = """(subscription) => {
  window.asked = 0;
  const ask = Notification.requestPermission.bind(Notification);
  Notification.requestPermission = () => { window.asked += 1; return ask(); };
  PushManager.prototype.getSubscription = async () => null;
  PushManager.prototype.subscribe = async () => ({ toJSON: () => JSON.parse(subscription) });
}"""
SHOWN = """() => navigator.serviceWorker.ready.then((one) => one.getNotifications()).then((all) =>
  all.map((n) => ({ title: n.title, body: n.body, lang: n.lang, tag: n.tag, url: n.data.url })))"""
CLICKED = """async () => {
  const opened = [];
  Clients.prototype.openWindow = async (url) => { opened.push(url); };
  Clients.prototype.matchAll = async () => [];
  const [shown] = await self.registration.getNotifications();
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification: shown }));
  await new Promise((done) => setTimeout(done, 300));
  return opened;
}"""


class NearWorld(World):
    """A service that may push to this machine."""

    allow_loopback = True


@pytest.fixture
def near(sqlite_databases: SqliteDatabases, tmp_path: Path, clock: ManualClock) -> Iterator[Stage]:
    """The stage of a service that may push to this machine."""
    world = NearWorld(sqlite_databases.create(tmp_path), tmp_path, clock)
    stage = Stage(world)
    world.service.uptime.beat()
    yield stage
    world.close()


@pytest.fixture
def push_service() -> Iterator[LocalService]:
    with local_service() as service:
        yield service


@pytest.fixture
def address(near: Stage) -> Iterator[str]:
    with serving(near.world.app) as url:
        yield url


def french_owner(
    browser: Browser, stage: Stage, address: str, *, allowed: bool = True
) -> tuple[BrowserContext, Page]:
    """The owner's notifications in a new French browser."""
    with stage.world.service.sessions.write() as session:
        session.execute(update(Person).where(Person.email == OWNER).values(language="fr"))
    context = browser.new_context(base_url=address, locale="fr-FR")
    if allowed:
        context.grant_permissions(["notifications"], origin=address)
    page = context.new_page()
    page.goto(f"/sign-in/link/{stage.link(OWNER)}")
    page.locator("main form button").first.click()
    page.wait_for_url("**/password")
    return context, page


def switch_on(page: Page) -> None:
    page.goto("/account/notifications")
    page.get_by_role("button", name="Notifier cet appareil").click()


def says(page: Page, text: str) -> None:
    expect(page.locator("[data-push-says]")).to_contain_text(text, timeout=SLOWLY)


def registration(context: BrowserContext, page: Page) -> tuple[Any, str]:
    """A line to Chromium's service workers, and the id of ours there."""
    found: list[dict[str, Any]] = []
    cdp = context.new_cdp_session(page)
    cdp.on("ServiceWorker.workerRegistrationUpdated", lambda e: found.extend(e["registrations"]))
    cdp.send("ServiceWorker.enable")
    page.wait_for_timeout(500)
    return cdp, str(found[-1]["registrationId"])


def test_a_click_a_subscription_a_push_and_a_message_on_the_screen(
    browser: Browser, near: Stage, address: str, push_service: LocalService
) -> None:
    device = Device(f"{push_service.url}send/secret")
    context, page = french_owner(browser, near, address)
    page.add_init_script(f"({WITH_PUSH})({json.dumps(device.subscription)})")
    page.goto("/account/notifications")
    assert page.evaluate("window.asked") == 0  # nothing is asked on load
    page.get_by_role("button", name="Notifier cet appareil").click()
    page.wait_for_url("**/account/tests/*", timeout=SLOWLY)
    near.world.run()
    expect(page.get_by_text("Remis à 22")).to_be_visible(timeout=SLOWLY)

    [request] = push_service.requests
    assert Vapid02.verify(request.headers["authorization"])
    assert request.headers["content-encoding"] == "aes128gcm"
    message = device.open(request.body)
    assert message["lang"] == "fr"

    cdp, registration_id = registration(context, page)
    deliver = {"origin": address, "registrationId": registration_id, "data": json.dumps(message)}
    cdp.send("ServiceWorker.deliverPushMessage", deliver)
    page.wait_for_timeout(1000)
    [shown] = page.evaluate(SHOWN)
    assert shown == {name: message[name] for name in ("title", "body", "lang", "tag", "url")}
    context.close()


def test_a_click_on_a_message_opens_its_page_and_no_other_site(
    browser: Browser, near: Stage, address: str
) -> None:
    context, page = french_owner(browser, near, address)
    page.goto("/account/notifications")
    page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => 0)")
    page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    cdp, registration_id = registration(context, page)
    for url, opened in (
        (f"{address}/incidents/abc", f"{address}/incidents/abc"),
        ("https://evil.example/incidents", f"{address}/"),
        (None, f"{address}/"),
    ):
        data = json.dumps({"title": "Loft", "body": "", "lang": "fr", "tag": "one", "url": url})
        deliver = {"origin": address, "registrationId": registration_id, "data": data}
        cdp.send("ServiceWorker.deliverPushMessage", deliver)
        page.wait_for_timeout(1000)
        assert context.service_workers[0].evaluate(CLICKED) == [opened]
    context.close()


def test_a_browser_whose_push_service_is_away_is_answered(
    browser: Browser, near: Stage, address: str
) -> None:
    context, page = french_owner(browser, near, address)
    switch_on(page)  # this Chromium has none, and says so
    says(page, "Le service de notification de ce navigateur ne répond pas.")
    context.close()


def test_a_browser_that_never_answers_is_not_waited_for(
    browser: Browser, near: Stage, address: str
) -> None:
    context, page = french_owner(browser, near, address)
    page.add_init_script("PushManager.prototype.subscribe = () => new Promise(() => {})")
    page.clock.install()
    switch_on(page)
    says(page, "Un instant")
    page.wait_for_timeout(2000)
    page.clock.fast_forward(8_500)
    says(page, "Le service de notification de ce navigateur ne répond pas.")
    expect(page.get_by_role("button", name="Notifier cet appareil")).to_be_enabled()
    context.close()


def test_blocked_and_missing_push_are_explained(
    browser: Browser, near: Stage, address: str
) -> None:
    context, page = french_owner(browser, near, address, allowed=False)
    switch_on(page)
    says(page, "Les notifications sont bloquées dans ce navigateur.")
    page.add_init_script("delete window.PushManager")
    switch_on(page)
    says(page, "Ce navigateur ne peut pas afficher de notifications.")
    context.close()
