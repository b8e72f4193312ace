"""A night on a Twilio-shaped network, seen in Chromium by an operator who calls from there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from callassist.clock import ManualClock
from tests.databases import SqliteDatabases
from tests.telephony.twilio.twilio_stage import TwilioStage, TwilioWorld
from tests.twilio_server import twilio_server
from tests.web.browser.live_page import Site, live_site
from tests.web.browser.test_desk import at_the_desk, is_live
from tests.web.pages.stage import ANN


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
