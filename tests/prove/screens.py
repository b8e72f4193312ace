"""Every screen of everybody in every view, in Chromium: both languages, light and dark, each width.

With `--pictures FOLDER` a picture of each is kept there, in a folder for each person.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser

from callassist.clock import ManualClock
from tests.databases import SqliteDatabases
from tests.web.browser.chromium import chromium, chromium_path
from tests.web.browser.live_page import live_site
from tests.web.browser.looking import DESKTOP, NARROW, PHONE, Looker, View, look
from tests.web.full_stage import FullStage, furnished
from tests.web.pages.stage import Stage
from tests.web.screens import missing, unknown
from tests.web.world import World

WIDTHS = (DESKTOP, PHONE, NARROW)
VIEWS = tuple(
    View(language=language, theme=theme, widths=WIDTHS, axe_at=WIDTHS)
    for language in ("en", "fr")
    for theme in ("light", "dark")
)
# The guest's own page speaks more languages than the rest.
GUEST_VIEWS = VIEWS + tuple(
    View(language=language, theme="light", widths=WIDTHS, axe_at=WIDTHS)
    for language in ("de", "it", "es", "pl")
)
EVENING = datetime(2026, 6, 13, 20, tzinfo=UTC)


def main(arguments: argparse.Namespace) -> bool:
    """Look at all of them and print what is wrong with each."""
    path = chromium_path()
    if path is None:
        print("screens: there is no Chromium: apt-get install chromium")
        return False
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="callassist-prove-") as folder:
        directory = Path(folder)
        made = SqliteDatabases(directory).create(directory)
        world = World(made, directory, ManualClock(EVENING))
        stage = Stage(world)
        with (
            live_site(stage) as site,
            chromium(path, "--autoplay-policy=no-user-gesture-required") as browser,
        ):
            full = furnished(stage)
            found = full.screens()
            left_out = sorted(missing(world.app, _names(found)) | unknown(world.app))
            faults = [
                fault
                for who, of_one in found.items()
                if not arguments.who or who in arguments.who
                for fault in _looked_at(
                    full, browser, site.address, who, of_one, arguments.pictures
                )
            ]
        world.close()
    for name in left_out:
        print(f"  BAD  {name}: nobody looks at it")
    good = not (left_out or faults)
    print(f"screens {time.monotonic() - began:.0f} s {'PASS' if good else 'FAIL'}")
    return good


def _names(found: dict[str, dict[str, str]]) -> set[str]:
    return {name for of_one in found.values() for name in of_one}


def _looked_at(
    full: FullStage,
    browser: Browser,
    address: str,
    who: str,
    screens: dict[str, str],
    pictures: Path | None,
) -> Iterator[str]:
    """One person's screens, in a browser of its own for each view."""
    views = GUEST_VIEWS if who == "guest" else VIEWS
    for number, view in enumerate(views):
        way_in = full.way_in(who, number)
        folder = _folder(pictures, who)
        looker = Looker(browser=browser, address=address, pictures=folder, **way_in)
        for fault in look(looker, view, screens):
            print(f"  BAD  {who}: {fault}", flush=True)
            yield fault
    print(f"  {who}: {len(screens)} screens in {len(views) * len(WIDTHS)} views", flush=True)


def _folder(pictures: Path | None, who: str) -> Path | None:
    if pictures is None:
        return None
    folder = pictures / who
    folder.mkdir(parents=True, exist_ok=True)
    return folder
