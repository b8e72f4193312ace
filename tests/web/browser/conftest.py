"""The stage of the pages' tests and one Chromium for each module that looks at it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.web.browser.chromium import chromium, chromium_path
from tests.web.browser.on_twilio import night, twilio_site
from tests.web.pages.conftest import stage, staged, world

__all__ = ["browser", "night", "stage", "staged", "twilio_site", "world"]

expect.set_options(timeout=20_000)  # milliseconds: a busy machine is not a fault of a page


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """The system's Chromium; a module adds flags of its own in `CHROMIUM_FLAGS`."""
    path = chromium_path()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no Chromium: apt-get install chromium", pytrace=False)
        pytest.skip("there is no Chromium: apt-get install chromium")
    with chromium(path, *getattr(request.module, "CHROMIUM_FLAGS", ())) as started:
        yield started
