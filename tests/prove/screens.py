"""Every screen of everybody in every view, in Chromium: both languages, light and dark, each width.

With `--pictures FOLDER` a picture of each is kept there, in a folder for each person.
"""

from __future__ import annotations

import argparse
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
            left_out = sorted(missing(world.app, _names(full)) | unknown(world.app))
            faults = list(_all(full, browser, site.address, arguments))
        world.close()
    for fault in [*(f"{name}: nobody looks at it" for name in left_out), *faults]:
        print(f"  BAD  {fault}")
    good = not (left_out or faults)
    print(f"screens {time.monotonic() - began:.0f} s {'PASS' if good else 'FAIL'}")
    return good


def _names(full: FullStage) -> set[str]:
    return {name for of_one in full.screens().values() for name in of_one}


def _all(
    full: FullStage, browser: Browser, address: str, arguments: argparse.Namespace
) -> Iterator[str]:
    """Everybody in turn, each in a browser of their own for each view."""
    for who, of_one in full.screens().items():
        if arguments.who and who not in arguments.who:
            continue
        views = GUEST_VIEWS if who == "guest" else VIEWS
        for number, view in enumerate(views):
            looker = Looker(
                browser=browser,
                address=address,
                pictures=_folder(arguments.pictures, who),
                **full.way_in(who, number),
            )
            yield from (f"{who}: {fault}" for fault in look(looker, view, of_one))
        print(f"  {who}: {len(of_one)} screens in {len(views) * len(WIDTHS)} views", flush=True)


def _folder(pictures: Path | None, who: str) -> Path | None:
    if pictures is None:
        return None
    folder = pictures / who
    folder.mkdir(parents=True, exist_ok=True)
    return folder
